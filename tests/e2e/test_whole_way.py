"""From a shop's file to the CRM, stage by stage, as DVC runs them."""

import hashlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ROOT, STAGES, Workspace, make_workspace, shop_log

RESULTS = (
    "data/interim",
    "data/snapshots",
    "data/scored",
    "data/history",
    "models",
    "metrics",
    "plots",
    "exports",
    "reports",
)
BEFORE_TRACK = [stage for stage in STAGES if stage != "track"]


def run_all(path: Path, log: pd.DataFrame, **env: str) -> Workspace:
    workspace = make_workspace(path)
    workspace.write_log(log)
    done = workspace.run(*BEFORE_TRACK, **env)
    assert done.returncode == 0, done.stderr
    return workspace


@pytest.fixture(scope="module")
def done(tmp_path_factory, log) -> Workspace:
    return run_all(tmp_path_factory.mktemp("whole") / "shop", log, OMP_NUM_THREADS="1")


def test_every_customer_is_scored_once_with_sane_numbers(done, log):
    scored = pd.read_parquet(done.path / "data/scored/customers.parquet")
    assert scored["customer_key"].is_unique
    assert len(scored) == log["kunde"].nunique()
    assert scored["churn_probability"].between(0, 1).all()
    assert (scored[["expected_orders", "expected_spend", "clv"]] >= 0).all(axis=None)
    assert scored.drop(columns="overdue").notna().all(axis=None)


def test_every_total_is_the_sum_of_the_customers_and_a_year_is_worth_more_than_the_horizon(done):
    scored = pd.read_parquet(done.path / "data/scored/customers.parquet")
    forecast = json.loads((done.path / "metrics/forecast.json").read_text())
    for kind in ("orders", "spend"):
        total = scored[f"expected_{kind}"].sum()
        assert forecast[kind]["expected"] == pytest.approx(total, rel=1e-5)
        by_segment = sum(one[kind]["expected"] for one in forecast["segments"].values())
        assert by_segment == pytest.approx(total, rel=1e-5)
    # The margin is 1, and a year discounts the horizon by 10 % at most.
    assert (scored["clv"] >= scored["expected_spend"] / 1.1).all()


def test_the_export_has_the_shops_own_ids_and_the_manifest_vouches_for_it(done, log):
    csv = (done.path / "exports/customers.csv").read_bytes()
    manifest = json.loads((done.path / "exports/manifest.json").read_text())
    exported = pd.read_csv(done.path / "exports/customers.csv", dtype={"customer_id": "str"})
    assert set(exported["customer_id"]) == set(log["kunde"])
    assert manifest["rows"] == len(exported)
    assert manifest["files"]["customers.csv"]["sha256"] == hashlib.sha256(csv).hexdigest()
    assert (
        pd.read_parquet(done.path / "exports/customers.parquet")["customer_id"].tolist()
        == exported["customer_id"].tolist()
    )


def test_real_ids_are_in_the_export_and_the_vault_alone(done, log):
    """No id of the shop, nor a part of one, is in any file that DVC caches or git keeps."""
    for name, content in done.files(*(folder for folder in RESULTS if folder != "exports")).items():
        text = content.decode("utf-8", errors="ignore")
        assert "Müller-" not in text, name
        assert "Groß-" not in text, name
        if name.endswith(".parquet"):
            columns = pd.read_parquet(done.path / name).select_dtypes(["object", "string"])
            assert not columns.apply(lambda c: c.astype("str").str.contains("Müller|Groß").any()).any(), name


def test_private_files_are_for_their_owner(done):
    for name in ("exports/customers.csv", "exports/customers.parquet", "data/vault/identities.parquet"):
        assert (done.path / name).stat().st_mode & 0o077 == 0


def test_the_page_opens_from_disk(done):
    page = (done.path / "reports/index.html").read_text()
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert "<script" not in page


@pytest.mark.slow
def test_shuffled_rows_other_threads_and_a_second_run_give_the_same_bytes(done, tmp_path, log):
    shuffled = run_all(tmp_path / "again", log.sample(frac=1, random_state=5), OMP_NUM_THREADS="2")
    first, second = done.files(*RESULTS), shuffled.files(*RESULTS)
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.slow
def test_a_replay_of_a_past_day_sees_nothing_of_what_came_later(tmp_path, log):
    """`as_of` in the past on the whole log is the log that ended there."""
    day = "2023-11-20"
    replayed = make_workspace(tmp_path / "replayed")
    replayed.write_log(log)
    replayed.set(as_of=day)
    lived = make_workspace(tmp_path / "lived")
    lived.write_log(log[log["datum"] < day])
    lived.set(as_of=day)
    through_score = BEFORE_TRACK[: BEFORE_TRACK.index("segments")]
    for workspace in (replayed, lived):
        assert workspace.run(*through_score).returncode == 0
    seen = ("data/snapshots", "data/scored", "models", "metrics/churn.json", "metrics/kpis.json")
    first, second = replayed.files(*seen), lived.files(*seen)
    assert [name for name in first if first[name] != second[name]] == []
    assert pd.read_parquet(replayed.path / "data/scored/customers.parquet")["as_of"].eq(day).all()


def test_scores_rank_what_then_happened(tmp_path):
    """Replay a past day, then look: those called likely to leave left more often."""
    log = shop_log(customers=900, seed=11)
    workspace = make_workspace(tmp_path / "shop")
    workspace.write_log(log)
    workspace.set(as_of="2023-11-01")
    assert workspace.run(*BEFORE_TRACK).returncode == 0
    exported = pd.read_csv(workspace.path / "exports/customers.csv").set_index("customer_id")
    after = log[log["datum"].between("2023-11-01", "2023-12-30 23:59:59")]
    churned = ~exported.index.isin(after["kunde"])
    halves = pd.qcut(exported["churn_probability"].rank(method="first"), 2, labels=["stays", "leaves"])
    rate = pd.Series(churned, index=exported.index).groupby(halves.to_numpy()).mean()
    assert rate["leaves"] > rate["stays"] + 0.1
    assert abs(exported["churn_probability"].mean() - churned.mean()) < 0.1


def test_the_committed_profile_names_only_keys_that_exist(tmp_path):
    from dvc.utils.hydra import apply_overrides

    from pipeline.params import load_params

    lines = (ROOT / "docs/profiles/complete-journey.params").read_text().splitlines()
    file = tmp_path / "params.yaml"
    file.write_text((ROOT / "params.yaml").read_text())
    apply_overrides(file, [line for line in lines if not line.startswith("#")])
    params = load_params(file)
    assert params.churn.horizon_days == 28
    assert set(params.sources.optional) == {
        "order_lines",
        "customers",
        "products",
        "campaigns",
        "campaign_members",
        "coupon_redemptions",
    }
