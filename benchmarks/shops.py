"""The shops that `quality.py` tests on, real and drawn ones, and what was aimed at in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from pipeline.btyd import BGNBD, MBGCNBD, GammaGamma, ParetoNBD, simulate_orders
from pipeline.btyd.countmodel import CountModel
from pipeline.evaluation.bootstrap import Estimate, Measured
from pipeline.evaluation.grade import MODEL

PROJECT = Path(__file__).parents[1]
SEED = 7
SHOWN = {
    "churn": {"log_loss": "log loss", "roc_auc": "AUC"},
    "value": {"mae": "MAE", "normalised_gini": "Gini", "total_bias": "total bias"},
}

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


def written(estimate: Estimate) -> str:
    """Write a number with its interval, to four digits."""
    return f"{estimate.value:.4g} ({estimate.low:.4g} to {estimate.high:.4g})"
