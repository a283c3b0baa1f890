"""What a feature is: one expression with everything that has to be known about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scale = Literal["log", "odds", "linear"]


@dataclass(frozen=True)
class Feature:
    """One number per customer and cutoff.

    Attributes
    ----------
    name : str
        The column in the snapshots.
    sql : str
        An expression over the rows of one customer, grouped by `customer_key`. It may use the features above
        it by name; outside the purchases' own topics any feature of a purchase, inside an aggregate.
        `$cutoff` and `$horizon_days` are bound. Sums must be exact (decimals, whole numbers) until the last
        step, so that no result depends on the order of rows.
    meaning : str
        In words, for the data dictionary.
    unit : str
        "currency" if it grows with the amounts; anything else must not.
    missing : str
        When it is NULL; empty: never.
    scale : {"log", "odds", "linear"}, optional
        How the logistic member takes it: log(1 + value), log-odds or as it is. None: it does not; the trees
        take every feature.
    whole : bool
        A whole number.
    """

    name: str
    sql: str
    meaning: str
    unit: str
    missing: str = ""
    scale: Scale | None = None
    whole: bool = False


@dataclass(frozen=True)
class Topic:
    """Features that say nearly the same: judged together in the importance, one reason for the CRM.

    Attributes
    ----------
    name : str
    meaning : str
    rows : str
        The rows the features aggregate: the file `sql/ROWS.sql`, which must hide what was not known on the
        evening before `$cutoff`.
    tables : tuple of str
        The optional tables without which there is no such topic; empty: made from the order log.
    features : tuple of Feature
    """

    name: str
    meaning: str
    rows: str
    tables: tuple[str, ...]
    features: tuple[Feature, ...]
