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
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from pipeline.btyd import (
    BGNBD,
    MBGCNBD,
    GammaGamma,
    ParetoNBD,
    StoredFit,
    lifetime_value,
    simulate_orders,
)
from pipeline.btyd.countmodel import CountModel
from pipeline.churn.worth import tied_clv
from pipeline.evaluation.bootstrap import Estimate, Measured, measure
from pipeline.evaluation.contest import contest, with_rules
from pipeline.evaluation.grade import MODEL
from pipeline.evaluation.kinds import CHURN, VALUE, Kind
from pipeline.features import amounts_between
from pipeline.stages import files
from pipeline.tables import io

PROJECT = Path(__file__).parents[1]
PREPARING = ("ingest", "preflight", "snapshots", "lifetime_value")
RESAMPLES = 500
SEED = 7
DEFAULT_HORIZON_DAYS = 91
YEAR_DAYS = 365
SHOWN = {
    "churn": {"log_loss": "log loss", "roc_auc": "AUC"},
    "value": {"mae": "MAE", "normalised_gini": "Gini", "total_bias": "total bias"},
}
HEAD = """# How good the predictions are

Made by `OMP_NUM_THREADS=1 python benchmarks/quality.py`. Means over the cutoffs, each predicted by what was
known then; in brackets 95 % intervals from resampling customers, the same for all: differences are paired.
`p_no_order` of the lifetime model is the member btyd of churn, its orders times order value that of value.
`bgnbd_gammagamma` is BG/NBD times Gamma-Gamma as packages have it, fitted at each cutoff.
Members and settings of the blend were chosen with some of these windows in view (docs/decisions/0017, 0018,
0020): expect a little less of it elsewhere.
"""

CUSTOMERS = 6_000
LOG_DAYS = 728
FIRST_DAY = np.datetime64("2023-01-01")
ORDERS_CSV = "data/raw/orders.csv"
SPEND = GammaGamma.from_parameters(p=6.25, q=3.74, gamma=15.44)
TRUE_MODELS: dict[str, CountModel] = {
    "BG/NBD": BGNBD.from_parameters(r=0.6, alpha=5.0, a=0.8, b=2.4),
    "Pareto/NBD": ParetoNBD.from_parameters(r=0.55, alpha=5.0, s=0.6, beta=12.0),
    "MBG/CNBD-2": MBGCNBD.from_parameters(k=2, r=0.8, alpha=3.0, a=0.8, b=2.4),
}


@dataclass(frozen=True)
class Aim:
    """What was aimed at: the blend's metric, or its difference to another prediction.

    Attributes
    ----------
    kind : str
        "churn" or "value".
    metric : str
    least, most : float
        Of the metric; of a difference, of the end of its interval that is in the blend's favour.
    beside : str or None
        The other prediction.
    share : bool
        Whether the difference counts in shares of the other's metric, without its interval.
    """

    kind: str
    metric: str
    least: float = -np.inf
    most: float = np.inf
    beside: str | None = None
    share: bool = False

    def words(self) -> str:
        """Say what it is."""
        title = f"{self.kind}: {SHOWN[self.kind][self.metric]}"
        if self.share:
            return f"{title} at most {self.most:.0%} above {self.beside}"
        if self.beside:
            return f"{title} no worse than {self.beside}, beyond the interval"
        sides = ((">=", self.least), ("<=", self.most))
        return f"{title} {' and '.join(f'{sign} {limit:g}' for sign, limit in sides if np.isfinite(limit))}"

    def judged(self, found: Measured) -> tuple[str, bool]:
        """Give the figure, and whether it is where it was to be."""
        estimate = found.estimate(MODEL, self.metric)
        if self.beside is None:
            return f"{estimate.value:.5g}", self.least <= estimate.value <= self.most
        difference = found.difference(MODEL, self.beside, self.metric)
        if not self.share:
            return written(difference), difference.low <= self.most
        share = difference.value / found.estimate(self.beside, self.metric).value
        return f"{share:+.2%}", share <= self.most


NO_WORSE_THAN_PEER = Aim("value", "mae", most=0.0, beside="bgnbd_gammagamma")


@dataclass(frozen=True)
class Shop:
    """A shop, how to test on it, and what was aimed at.

    Attributes
    ----------
    name : str
    params : mapping
        What differs from params.yaml, by dotted key.
    origins : int
        How many of the latest origins to judge; at one before them the first of them learns its weights.
    aims : tuple of Aim
    truth : CountModel or None
        What the orders were drawn from, where they were.
    """

    name: str
    params: Mapping[str, Any]
    origins: int
    aims: tuple[Aim, ...]
    truth: CountModel | None = None


def complete_journey() -> dict[str, Any]:
    """Read the profile of the Complete Journey, without its demographics."""
    lines = (PROJECT / "docs/profiles/complete-journey.params").read_text().splitlines()
    pairs = [line.lstrip("+").split("=", 1) for line in lines if line and not line.startswith("#")]
    # A mapping is written there as the command line takes it, without blanks after the colons.
    values = {
        key: yaml.safe_load(value.replace(":", ": ") if value.startswith("{") else value)
        for key, value in pairs
    }
    return {key: value for key, value in values.items() if not key.startswith("sources.customers")}


SHOPS = (
    Shop(
        "Complete Journey, H = 28",
        complete_journey() | {"as_of": "2018-01-01", "evaluate.origins": 5},
        4,
        (
            Aim("churn", "log_loss", most=0.311),
            Aim("churn", "roc_auc", least=0.883),
            Aim("value", "normalised_gini", least=0.837),
            Aim("value", "mae", most=66.5),
            Aim("value", "total_bias", least=-0.03, most=0.03),
        ),
    ),
    Shop(
        "CDNOW, H = 91",
        {},
        3,
        (
            Aim("churn", "log_loss", most=0.341),
            Aim("churn", "roc_auc", least=0.809),
            Aim("value", "normalised_gini", least=0.735),
            NO_WORSE_THAN_PEER,
        ),
    ),
    Shop(
        "CDNOW, H = 182",
        {"churn.horizon_days": 182},
        1,
        (
            Aim("churn", "log_loss", most=0.4135),
            Aim("churn", "roc_auc", least=0.806),
            Aim("value", "normalised_gini", least=0.758),
            NO_WORSE_THAN_PEER,
        ),
    ),
    *(
        Shop(
            f"simulated, {name}, H = 91",
            {"sources.orders.path": ORDERS_CSV},
            3,
            (Aim("churn", "log_loss", most=0.01, beside="oracle", share=True),),
            model,
        )
        for name, model in TRUE_MODELS.items()
    ),
)


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


def draw_orders(model: CountModel, seed: int = SEED) -> pd.DataFrame:
    """Draw two years of orders of customers born in the first year and a half, with amounts to the cent."""
    rng = np.random.default_rng(seed)
    born = rng.integers(0, LOG_DAYS * 3 // 4, CUSTOMERS)
    orders = simulate_orders(model, (LOG_DAYS - born).astype(np.float64), seed)
    p, q, gamma = SPEND.parameters.values()
    rate = rng.gamma(q, 1 / gamma, CUSTOMERS)[orders["customer"]]
    day = born[orders["customer"]] + np.floor(orders["day"].to_numpy()).astype(np.int64)
    return pd.DataFrame(
        {
            "customer_id": orders["customer"],
            "date": FIRST_DAY + day,
            "dollar_value": np.maximum(np.round(rng.gamma(p, 1 / rate), 2), 0.01),
        }
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


def written(estimate: Estimate) -> str:
    """Write a number with its interval, to four digits."""
    return f"{estimate.value:.4g} ({estimate.low:.4g} to {estimate.high:.4g})"


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
