"""Bad input ends in one screen with exit code 2, or in quarantine; the last good outputs stay.

Input that can be read but is too little for predictions is no error: test_floors.py.
"""

import pandas as pd
import pytest

from tests.conftest import STAGES

HEADER = "kunde,datum,betrag\n"
UNTIL_SCORES = STAGES[: STAGES.index("segments")]


def rows(*lines: str) -> bytes:
    return (HEADER + "".join(line + "\n" for line in lines)).encode()


def many(customers: int, line: str) -> bytes:
    return rows(*(line.format(n=number, day=1 + number % 28) for number in range(customers)))


BAD_FILES = {
    "empty file": (b"", "empty"),
    "header only": (HEADER.encode(), "no row"),
    "missing column": (b"kunde,tag,betrag\na,2023-01-01,10\n", "datum"),
    "binary file": (bytes(range(256)) * 40, "orders.csv"),
    "every amount broken": (many(50, "c{n},2023-01-{day:02d},nan"), "quarantine"),
    "every amount infinite": (many(50, "c{n},2023-01-{day:02d},inf"), "quarantine"),
    "dates in three formats": (
        rows(*(f"c{n},{day},10" for n in range(40) for day in ("2023-01-05", "17.02.2023", "20230325"))),
        "quarantine",
    ),
}


@pytest.mark.parametrize(("content", "word"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_an_error_for_people(workspace, content, word):
    workspace.write_log(content)
    done = workspace.run(*UNTIL_SCORES)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert word in done.stderr
    assert len(done.stderr.splitlines()) < 25


def test_a_file_that_disappeared_is_named(workspace):
    done = workspace.run("ingest")
    assert done.returncode == 2
    assert "data/raw/orders.csv" in done.stderr


def test_a_failing_run_leaves_the_last_outputs(scored, tmp_path):
    shop = scored.copy(tmp_path / "shop")
    before = shop.files("data/interim", "data/scored", "models", "metrics")
    shop.write_log(BAD_FILES["every amount broken"][0])
    assert shop.run(*UNTIL_SCORES).returncode == 2
    assert shop.files("data/interim", "data/scored", "models", "metrics") == before


def test_a_few_bad_rows_go_to_quarantine_with_line_column_and_reason(workspace, log):
    broken = pd.concat(
        [
            log,
            pd.DataFrame(
                {
                    "kunde": ["", "x", "y"],
                    "datum": ["2023-03-01", "soon", "2023-03-01"],
                    "betrag": [1, 2, "inf"],
                }
            ),
        ]
    )
    workspace.write_log(broken)
    assert workspace.run("ingest").returncode == 0
    quarantine = pd.read_parquet(workspace.path / "data/interim/quarantine.parquet")
    assert quarantine["line"].tolist() == [len(log) + 2, len(log) + 3, len(log) + 4]
    assert quarantine["column"].tolist() == ["kunde", "datum", "betrag"]
    assert quarantine["reason"].str.len().gt(10).all()
    assert (
        quarantine["source"].eq("orders.csv").all() or quarantine["source"].str.endswith("orders.csv").all()
    )


def test_a_horizon_too_long_for_the_log_is_told_the_longest_that_fits(workspace, log):
    workspace.write_log(log)
    workspace.set(churn__horizon_days=170)
    done = workspace.run("ingest", "preflight", "snapshots")
    assert done.returncode == 0
    longest = int(done.stderr.split("churn.horizon_days of up to ")[1].split()[0])
    for horizon, is_enough in ((longest, True), (longest + 1, False)):
        workspace.set(churn__horizon_days=horizon)
        assert ("churn.horizon_days" not in workspace.run("preflight").stderr) == is_enough


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("as_of", "2031-01-01", ["as_of", "valid"]),
        ("as_of", "2019-01-01", ["as_of", "valid"]),
        ("churn__horizon_days", -1, ["churn.horizon_days", "got -1"]),
        ("churn__horizont", 30, ["churn.horizont", "unknown key"]),
    ],
)
def test_a_parameter_outside_the_data_names_the_key_and_what_is_valid(workspace, log, key, value, words):
    workspace.write_log(log)
    workspace.set(**{key: value})
    done = workspace.run("ingest", "snapshots")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words)
