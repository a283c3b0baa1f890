"""From a shop's file to the CRM, stage by stage, as DVC runs them."""

import hashlib
import json
import re

import pandas as pd
import pytest

from tests.conftest import ROOT, SAID, STAGES, Workspace, make_workspace, run_before_track

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
FIRST_DAY = pd.Timestamp(2023, 11, 2)
"""Of the last horizon of 60 days whose outcome is in the log."""


def test_every_customer_is_scored_once_with_sane_numbers(scored, log):
    customers = pd.read_parquet(scored.path / "data/scored/customers.parquet")
    assert customers["customer_key"].is_unique
    assert len(customers) == log["kunde"].nunique()
    assert customers["churn_probability"].between(0, 1).all()
    assert (customers[["expected_orders", "expected_spend", "clv"]] >= 0).all(axis=None)
    assert customers.drop(columns="overdue").notna().all(axis=None)


def test_every_total_is_the_sum_of_the_customers_and_a_year_is_worth_more_than_the_horizon(scored):
    customers = pd.read_parquet(scored.path / "data/scored/customers.parquet")
    forecast = scored.json("metrics/forecast.json")
    for kind in ("orders", "spend"):
        total = customers[f"expected_{kind}"].sum()
        assert forecast[kind]["expected"] == pytest.approx(total, rel=1e-5)
        by_segment = sum(one[kind]["expected"] for one in forecast["segments"].values())
        assert by_segment == pytest.approx(total, rel=1e-5)
    # The margin is 1, and a year discounts the horizon by 10 % at most.
    assert (customers["clv"] >= customers["expected_spend"] / 1.1).all()


def test_the_export_has_the_shops_own_ids_and_the_manifest_vouches_for_it(scored, log):
    csv = (scored.path / "exports/customers.csv").read_bytes()
    manifest = scored.json("exports/manifest.json")
    exported = pd.read_csv(scored.path / "exports/customers.csv", dtype={"customer_id": "str"})
    assert set(exported["customer_id"]) == set(log["kunde"])
    assert manifest["rows"] == len(exported)
    assert manifest["files"]["customers.csv"]["sha256"] == hashlib.sha256(csv).hexdigest()
    assert (
        pd.read_parquet(scored.path / "exports/customers.parquet")["customer_id"].tolist()
        == exported["customer_id"].tolist()
    )


def test_an_objection_reaches_the_export_and_makes_it_another_one(scored, tmp_path):
    shop = scored.copy(tmp_path / "shop")
    identities = pd.read_parquet(shop.path / "data/vault/identities.parquet").sort_values("customer_id")
    consents = identities[["customer_key"]].assign(purpose="email", status="granted", changed_at="2023-01-01")
    consents["changed_at"] = pd.to_datetime(consents["changed_at"])
    consents.iloc[0, 2] = "objected"
    consents.to_parquet(shop.path / "data/interim/tables/consents.parquet")
    before = shop.json("exports/manifest.json")
    shop.run_here("report", "export")

    assert "under 10 customers of these" in (shop.path / "reports/index.html").read_text()
    exported = pd.read_parquet(shop.path / "exports/customers.parquet").set_index("customer_id")
    objector = identities["customer_id"].iloc[0]
    assert exported.index[exported["suppressed"]].tolist() == [objector]
    assert exported.loc[objector, "next_action"] == "do_not_contact"
    after = shop.json("exports/manifest.json")
    assert before["run_id"] != after["run_id"]


def test_customers_who_left_the_export_are_counted(scored, tmp_path, capsys):
    shop = scored.copy(tmp_path / "shop")
    before = (shop.path / "exports/manifest.json").read_bytes()
    segments = pd.read_parquet(shop.path / "data/scored/segments.parquet")
    segments.iloc[3:].to_parquet(shop.path / "data/scored/segments.parquet")
    shop.run_here("export")
    assert "3 customers of the last export not in this one: clear them in the CRM" in capsys.readouterr().out

    segments.to_parquet(shop.path / "data/scored/segments.parquet")
    shop.run_here("export")
    assert "not in this one" not in capsys.readouterr().out
    after = shop.json("exports/manifest.json")
    assert {**json.loads(before), "run_id": ""} == {**after, "run_id": ""}


def test_real_ids_are_in_the_export_and_the_vault_alone(scored, log):
    """No id of the shop, nor a part of one, is on the terminal or in a file that DVC caches or git keeps."""
    found = scored.files(*(folder for folder in RESULTS if folder != "exports"))
    found[SAID] = (scored.path / SAID).read_bytes()
    assert b"export: " in found[SAID]
    for name, content in found.items():
        text = content.decode("utf-8", errors="ignore")
        assert "Müller-" not in text, name
        assert "Groß-" not in text, name
        if name.endswith(".parquet"):
            columns = pd.read_parquet(scored.path / name).select_dtypes(["object", "string"])
            assert not columns.apply(lambda c: c.astype("str").str.contains("Müller|Groß").any()).any(), name


def test_private_files_are_for_their_owner(scored):
    for name in ("exports/customers.csv", "exports/customers.parquet", "data/vault/identities.parquet"):
        assert (scored.path / name).stat().st_mode & 0o077 == 0


def test_the_page_opens_from_disk(scored):
    page = (scored.path / "reports/index.html").read_text()
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert "<script" not in page


@pytest.mark.slow
def test_shuffled_rows_other_threads_and_a_second_run_give_the_same_bytes(scored, tmp_path, log):
    shuffled = run_before_track(tmp_path / "again", log.sample(frac=1, random_state=5), OMP_NUM_THREADS="1")
    first, second = scored.files(*RESULTS), shuffled.files(*RESULTS)
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.slow
def test_a_replay_of_a_past_day_sees_nothing_of_what_came_later(tmp_path, log):
    """`as_of` in the past on the whole log is the log that ended there."""
    day = f"{FIRST_DAY:%Y-%m-%d}"
    replayed = make_workspace(tmp_path / "replayed")
    replayed.write_log(log)
    replayed.set(as_of=day)
    lived = make_workspace(tmp_path / "lived")
    lived.write_log(log[log["datum"] < day])
    lived.set(as_of=day)
    through_score = STAGES[: STAGES.index("segments")]
    for workspace in (replayed, lived):
        assert workspace.run(*through_score).returncode == 0
    seen = ("data/snapshots", "data/scored", "models", "metrics/churn.json", "metrics/kpis.json")
    first, second = replayed.files(*seen), lived.files(*seen)
    assert [name for name in first if first[name] != second[name]] == []
    scores = pd.read_parquet(replayed.path / "data/scored/customers.parquet")
    assert scores["as_of"].eq(day).all()
    assert_who_is_said_to_leave_leaves(scores, replayed, log)


def assert_who_is_said_to_leave_leaves(scores: pd.DataFrame, shop: Workspace, log: pd.DataFrame) -> None:
    """Look into the log: of those called likely to leave more did not come back, and as many as was said."""
    identities = pd.read_parquet(shop.path / "data/vault/identities.parquet")
    scores = scores.merge(identities, on="customer_key", validate="one_to_one")
    day = pd.to_datetime(log["datum"])
    after = log[(day >= FIRST_DAY) & (day < FIRST_DAY + pd.Timedelta(days=60))]
    churned = ~scores["customer_id"].isin(after["kunde"])
    halves = pd.qcut(scores["churn_probability"].rank(method="first"), 2, labels=["stays", "leaves"])
    rate = churned.groupby(halves).mean()
    assert rate["leaves"] > rate["stays"] + 0.1
    assert abs(scores["churn_probability"].mean() - churned.mean()) < 0.1


def test_scores_rank_what_then_happened(scored, log):
    backtest = pd.read_parquet(scored.path / "data/scored/holdout.parquet")
    assert set(backtest["cutoff"]) == {FIRST_DAY}
    assert_who_is_said_to_leave_leaves(backtest, scored, log)


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
