"""How much history a prediction needs before it may be given, in one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pipeline.counted import counted

INSUFFICIENT_HISTORY = "insufficient_history"

Prediction = Literal["clv", "churn"]
PREDICTIONS: Mapping[Prediction, str] = {
    "clv": "expected orders, spend and CLV",
    "churn": "churn probability",
}


@dataclass(frozen=True)
class Facts:
    """What the floors are held against.

    Attributes
    ----------
    buyers : int
        Customers with an order of which something is left, without those who were there before `births_from`.
    frequent_buyers : int
        Of those, customers with such orders on three days or more.
    days_of_log : int
        Days from the first order, or `births_from`, to the day before `as_of`, both included.
    days_since_last_order : int
        Days from the last order of anybody to `as_of`.
    churned, retained : int
        Customers who did not, and who did, order in a horizon that has passed: the scarcer of those the
        classifier learns from and those it is tested on.
    """

    buyers: int
    frequent_buyers: int
    days_of_log: int
    days_since_last_order: int
    churned: int
    retained: int


@dataclass(frozen=True)
class Floor:
    """One floor and what was found.

    Attributes
    ----------
    switches_off : {"clv", "churn"}
        What is not given below the floor: expected orders, spend and CLV, or the churn probability.
    name : str
    found, needed : int
    at_most : bool
        The floor is a ceiling: more than needed is too much.
    comfortable : int, optional
        Below it there is a model, and a warning.
    """

    switches_off: Prediction
    name: str
    found: int
    needed: int
    at_most: bool = False
    comfortable: int | None = None

    @property
    def ok(self) -> bool:
        """Whether the floor is met."""
        return self.found <= self.needed if self.at_most else self.found >= self.needed

    @property
    def is_scarce(self) -> bool:
        """Whether it is met so narrowly that the model deserves a warning."""
        return self.ok and self.comfortable is not None and self.found < self.comfortable

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON has it, the verdict included."""
        return {**asdict(self), "ok": self.ok}


def floors(
    facts: Facts, *, horizon_days: int, min_history_days: int, has_births_from: bool = False
) -> list[Floor]:
    """Hold the facts against every floor; docs/preflight.md says where the numbers come from.

    Parameters
    ----------
    facts : Facts
    horizon_days, min_history_days : int
        `churn.horizon_days` and `snapshots.min_history_days`: a horizon to learn from, a horizon to test on,
        and the history before both.
    has_births_from : bool
        Whether customers from before a day are left out: then the floor is called by that.
    """
    history = 2 * horizon_days + min_history_days
    return [
        Floor("clv", "buyers_since" if has_births_from else "buyers", facts.buyers, 500),
        Floor("clv", "days_of_log", facts.days_of_log, 180),
        Floor("clv", "frequent_buyers", facts.frequent_buyers, 1),
        Floor("clv", "days_since_last_order", facts.days_since_last_order, 30, at_most=True),
        Floor("churn", "history_days", facts.days_of_log, history),
        Floor("churn", "churned_customers", facts.churned, 100, comfortable=500),
        Floor("churn", "retained_customers", facts.retained, 100, comfortable=500),
    ]


SENTENCES: Mapping[str, str] = {
    "buyers": "{found:customer has/customers have} bought, {needed:is/are} needed",
    "buyers_since": "{found:customer who has/customers who have} bought came since ingest.births_from, "
    "{needed:is/are} needed",
    "days_of_log": "the log covers {found:day/days}, {needed:is/are} needed",
    "frequent_buyers": "nobody has ordered on three different days",
    "days_since_last_order": "the last order is {found:day/days} old, at most {needed:is/are} bearable",
    "history_days": "the log covers {found:day/days}, two horizons and the history before them need {needed}",
    "churned_customers": "{found:customer has/customers have} churned in a past horizon, "
    "{needed:is/are} needed",
    "retained_customers": "{found:customer has/customers have} come back in a past horizon, "
    "{needed:is/are} needed",
}
"""What is missing, by the floor's name; the report has the same in its own languages."""


def unmet(report: Mapping[str, Any], switches_off: Prediction) -> list[Floor]:
    """Read the floors that a preflight report found unmet for one prediction."""
    return [floor for floor in read_floors(report) if floor.switches_off == switches_off and not floor.ok]


def read_floors(report: Mapping[str, Any]) -> list[Floor]:
    """Read the floors back from a preflight report."""
    return [Floor(**{key: value for key, value in one.items() if key != "ok"}) for one in report["floors"]]


def why(missed: Iterable[Floor]) -> str:
    """Say in one English sentence what is missing."""
    return "; ".join(
        SENTENCES[floor.name].format(found=counted(floor.found), needed=counted(floor.needed))
        for floor in missed
    )
