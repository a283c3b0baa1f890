"""What a feature is: one expression with everything that has to be known about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Scale = Literal["log", "odds", "linear"]

PERIODS = {"<half horizon>": 0.5, "<horizon>": 1.0, "<2 horizons>": 2.0, "<4 horizons>": 4.0}


@dataclass(frozen=True)
class Words:
    """What a feature says of a customer, to people who know no features.

    In the sentences `{value}` is the feature's value, `{value:day/days}` the value with a noun for one and
    for many (`pipeline.counted`); other features may be named in its place. A part after a semicolon names
    the customer's own habit, and is left out where that is missing or tells the opposite. `<horizon>` and the
    other `PERIODS` are numbers of days.

    Attributes
    ----------
    english, german : str
    more_is : {"leaving", "staying"}, optional
        What more of it tells, as everybody would say; a reason to the contrary is never given, and boosting
        cannot learn it (`pipeline.churn.frame.DIRECTIONS`), but for features about when customers order: to
        change it is to change the model. None: either.
    more_says : {"leaving", "staying"}, optional
        As `more_is`, for what is told alone: the models may learn the contrary, nobody is told it.
    least : float, optional
        The least that is told: less says only that something has not happened yet.
    below : tuple of str, optional
        The sentences, English and German, where the value is below what it is compared with; by default the
        same.
    against_own : bool
        The value is a multiple of the customer's own habit: it is compared with 1, not with the average, and
        said as a share below it.
    fact : str, optional
        What it tells, where features of other topics tell it too: of these only one is given as a reason.
    fact_at : float, optional
        The only value at which it tells that: no order in the last 90 days is a silence, two are none. None:
        at any.
    """

    english: str
    german: str
    more_is: Literal["leaving", "staying"] | None = None
    more_says: Literal["leaving", "staying"] | None = None
    least: float | None = None
    below: tuple[str, str] | None = None
    against_own: bool = False
    fact: Literal["silence", "orders", "order_value", "basket"] | None = None
    fact_at: float | None = None

    def over(self, horizon_days: int) -> Words:
        """Put the days of a horizon into the sentences: nobody else knows how long one is."""

        def said(text: str, thousands: str) -> str:
            for period, horizons in PERIODS.items():
                days = f"{int(horizons * horizon_days):,}".replace(",", thousands)
                text = text.replace(period, days)
            return text

        def both(english: str, german: str) -> tuple[str, str]:
            return said(english, ","), said(german, ".")

        english, german = both(self.english, self.german)
        below = both(*self.below) if self.below else None
        return replace(self, english=english, german=german, below=below)


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
    turns_with_log : bool
        It asks something of the whole log, and on the day the answer changes it changes for everybody: no
        drift of the customers.
    words : Words, optional
        For the reasons in CRM and report; what has none is never given as one. A test asks every feature for
        them but those that say who somebody is, and those that it names as of no use to a reader.
    """

    name: str
    sql: str
    meaning: str
    unit: str
    missing: str = ""
    scale: Scale | None = None
    whole: bool = False
    turns_with_log: bool = False
    words: Words | None = None


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
