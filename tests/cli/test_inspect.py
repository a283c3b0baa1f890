from typer.testing import CliRunner

from pipeline.cli import app


def test_a_pattern_without_quotes_is_told_how_it_is_written():
    done = CliRunner().invoke(
        app, ["inspect", "data/raw/log-01.csv", "data/raw/log-02.csv", "data/raw/log-1.csv"]
    )
    assert done.exit_code == 2
    assert "the pattern in quotes" in done.output
