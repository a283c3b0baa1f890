"""How good the churn and value models are, on real shops and on simulated ones.

    OMP_NUM_THREADS=1 python benchmarks/quality.py > benchmarks/quality.md

runs the pipeline's own stages in temporary folders, with default parameters but for the horizon and the days
to test at, and judges what they write to `data/scored/backtest.parquet`: each origin was predicted as it
would have been that day. `--shop CDNOW` runs only the shops with that in their name. `--folder DIR` keeps the
folders, and repeats no stage but `churn` where a folder is there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from shops import ORDERS_CSV, PROJECT, SEED, SHOPS, SHOWN, Aim, Shop, draw_orders, written

from pipeline.btyd import BGNBD, GammaGamma, StoredFit, lifetime_value
from pipeline.churn.worth import tied_clv
from pipeline.evaluation.bootstrap import Measured, measure
from pipeline.evaluation.contest import contest, with_rules
from pipeline.evaluation.grade import MODEL
from pipeline.evaluation.kinds import CHURN, VALUE, Kind
from pipeline.features import amounts_between
from pipeline.stages import files
from pipeline.tables import io

PREPARING = ("ingest", "preflight", "snapshots", "lifetime_value")
RESAMPLES = 500
DEFAULT_HORIZON_DAYS = 91
YEAR_DAYS = 365
HEAD = """# How good the predictions are

Made by `OMP_NUM_THREADS=1 python benchmarks/quality.py`. Means over the cutoffs, each predicted by what was
known then; in brackets 95 % intervals from resampling customers, the same for all: differences are paired.
`p_no_order` of the lifetime model is the member btyd of churn, its orders times order value that of value.
`bgnbd_gammagamma` is BG/NBD times Gamma-Gamma as packages have it, fitted at each cutoff.
Members and settings of the blend were chosen with some of these windows in view (docs/decisions/0017, 0018,
0020): expect a little less of it elsewhere.
"""


def prepare(shop: Shop, folder: Path) -> None:
    """Set up a project folder for a shop and run the stages before `churn`."""
    params = yaml.safe_load((PROJECT / "params.yaml").read_text())
    for key, value in shop.params.items():
        *sections, last = key.split(".")
        section = params
        for name in sections:
            section = section.setdefault(name, {})
        section[last] = value
    folder.joinpath("data/raw").mkdir(parents=True)
    folder.joinpath("params.yaml").write_text(yaml.safe_dump(params))
    if shop.truth:
        draw_orders(shop.truth).to_csv(folder / ORDERS_CSV, index=False)
    for stage in PREPARING:
        run_stage(stage, folder)


def run_stage(stage: str, folder: Path) -> None:
    """Run a stage of the pipeline in a folder."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    subprocess.run(
        [sys.executable, "-m", f"pipeline.stages.{stage}"],
        cwd=folder,
        env=environment,
        check=True,
        stdout=sys.stderr,
    )


def judge(shop: Shop, folder: Path) -> tuple[str, list[str]]:
    """Run the churn stage and judge its backtest; give the shop's section, and a row for each of its aims."""
    run_stage("churn", folder)
    backtest = io.read_parquet(folder / files.BACKTEST)
    snapshots = io.read_parquet(folder / files.SNAPSHOTS)
    horizon_days = shop.params.get("churn.horizon_days", DEFAULT_HORIZON_DAYS)
    judged = np.sort(backtest["cutoff"].unique())[-shop.origins :]
    if shop.truth:
        seen = snapshots[snapshots["cutoff"].isin(judged)]
        oracle = seen[["customer_key", "cutoff"]].assign(p_oracle=shop.truth.p_no_order(seen, horizon_days))
        backtest = backtest.merge(oracle, on=["customer_key", "cutoff"])
    if not shop.truth:
        backtest = with_peer(backtest, snapshots, horizon_days)
    rows = with_rules(backtest[backtest["cutoff"].isin(judged)], snapshots, horizon_days=horizon_days)
    days = ", ".join(f"{day:%Y-%m-%d}" for day in pd.DatetimeIndex(judged))
    head = f"## {shop.name}\n\n{rows['customer_key'].nunique():,} customers, cutoffs {days}.\n"
    kinds = [CHURN] if shop.truth else [CHURN, VALUE]
    found = {kind.name: compared(rows, kind) for kind in kinds}
    parts = [head, *(section(found[kind.name], kind) for kind in kinds)]
    if not shop.truth:
        parts.append(after_horizon(backtest, snapshots, folder, horizon_days))
    return "\n".join(parts), [aimed(shop, aim, found[aim.kind]) for aim in shop.aims]


def aimed(shop: Shop, aim: Aim, found: Measured) -> str:
    """Say in a row of the table how an aim stands."""
    figure, is_reached = aim.judged(found)
    return f"| {shop.name} | {aim.words()} | {figure} | {'reached' if is_reached else '**missed**'} |"


def with_peer(backtest: pd.DataFrame, snapshots: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """Put beside the members what packages for lifetime values expect: BG/NBD times Gamma-Gamma."""
    found = []
    for day, said in backtest.groupby("cutoff"):
        summary = snapshots[snapshots["cutoff"] == day].set_index("customer_key").loc[said["customer_key"]]
        orders = BGNBD().fit(summary).expected_orders(summary, horizon_days)
        spend = orders * GammaGamma().fit(summary).expected_order_value(summary)
        found.append(said.assign(spend_bgnbd_gammagamma=spend.to_numpy()))
    return pd.concat(found)


def compared(rows: pd.DataFrame, kind: Kind) -> Measured:
    """Compare blend, members and rules in means over the origins."""
    table, members = contest(rows, kind)
    names = [MODEL, *(name for name in members if table[name].notna().all()), *kind.rules]
    metrics = {name: kind.metrics[name] for name in SHOWN[kind.name]}
    return measure(table, kind.actual, names, metrics, seed=SEED, resamples=RESAMPLES)


def section(found: Measured, kind: Kind) -> str:
    """Write the comparison with intervals and paired differences."""
    titles = [*SHOWN[kind.name].values(), f"{SHOWN[kind.name][kind.main]}, blend less this one"]
    lines = [f"| {kind.name} | {' | '.join(titles)} |", "|---" * (len(titles) + 1) + "|"]
    for name in found.predictions:
        cells = [written(found.estimate(name, metric)) for metric in SHOWN[kind.name]]
        difference = "" if name == MODEL else written(found.difference(MODEL, name, kind.main))
        title = "**blend**" if name == MODEL else f"rule: {name}" if name in kind.rules else name
        lines.append(f"| {title} | {' | '.join(cells)} | {difference} |")
    return "\n".join([*lines, by_origin(found, kind)])


def after_horizon(backtest: pd.DataFrame, snapshots: pd.DataFrame, folder: Path, horizon_days: int) -> str:
    """Compare the CLV that follows the blend with the lifetime model's own, from the horizon's end on."""
    days = io.read_parquet(folder / files.CUSTOMER_DAYS)
    saved = io.read_json(folder / files.LIFETIME_VALUE_MODELS)["fits"]
    fits = {fit.cutoff: fit for fit in map(StoredFit.from_dict, saved)}
    end, tables = days["day"].max().date() + timedelta(days=1), []
    for day, said in backtest.dropna(subset="churn_probability").groupby("cutoff"):
        assert isinstance(day, pd.Timestamp)
        cutoff, keys = day.date(), said["customer_key"]
        clv_days = min(YEAR_DAYS, (end - cutoff).days)
        if clv_days < 2 * horizon_days:
            continue
        fit = fits[cutoff]
        summary = snapshots[snapshots["cutoff"] == day].set_index("customer_key").loc[keys]
        soon_days, exposed_days = (fit.clock.horizon(cutoff, length) for length in (horizon_days, clv_days))
        exposed = fit.clock.summary(fit.paid(summary), cutoff)
        own = lifetime_value(fit.orders, fit.spend, exposed, soon_days, exposed_days, 0.0, 1.0)
        soon, tied = tied_clv(own, said["expected_spend"].to_numpy())
        spent = amounts_between(
            days, cutoff + timedelta(days=horizon_days), cutoff + timedelta(days=clv_days)
        )
        later = pd.DataFrame({"own": own["clv"] - own["clv_in_horizon"], "tied": tied - soon})
        by_customer = spent["amount"].astype("float64").groupby(spent["customer_key"]).sum()
        actual = by_customer.reindex(keys, fill_value=0.0).to_numpy()
        tables.append(later.reset_index().assign(cutoff=day, actual=actual))
    if not tables:
        return ""
    metrics = {name: VALUE.metrics[name] for name in SHOWN["value"]}
    found = measure(
        pd.concat(tables, ignore_index=True),
        "actual",
        ("own", "tied"),
        metrics,
        seed=SEED,
        resamples=RESAMPLES,
    )
    lines = [
        f"From the horizon's end to a year after the cutoff, as far as it is known: {len(tables)} cutoffs.\n",
        f"| CLV after the horizon | {' | '.join(SHOWN['value'].values())} |",
        "|---" * (len(metrics) + 1) + "|",
    ]
    for name, title in (("tied", "following the blend"), ("own", "the lifetime model's own")):
        cells = [written(found.estimate(name, metric)) for metric in metrics]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join([*lines, f"\nMAE, tied less own: {written(found.difference('tied', 'own', 'mae'))}.\n"])


def by_origin(found: Measured, kind: Kind) -> str:
    """Give the blend's figures origin by origin."""
    cells = [
        f"{day:%Y-%m-%d} "
        + " / ".join(f"{found.estimate(MODEL, metric, day).value:.4g}" for metric in SHOWN[kind.name])
        for day in found.origins
    ]
    return f"\nBlend by origin: {'; '.join(cells)}.\n"


def main() -> None:
    """Print the sections of the shops that are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shop", default="")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    sections, aims = [], ["| shop | aim | figure | |", "|---" * 4 + "|"]
    with tempfile.TemporaryDirectory() as temporary:
        for shop in SHOPS:
            if asked.shop in shop.name:
                folder = (asked.folder or Path(temporary)) / shop.name.replace(" ", "").replace("/", "")
                if not folder.joinpath(files.LIFETIME_VALUE).exists():
                    prepare(shop, folder)
                text, rows = judge(shop, folder)
                sections.append(text)
                aims += rows
    print("\n".join([HEAD, *aims, "", *sections]))


if __name__ == "__main__":
    main()
