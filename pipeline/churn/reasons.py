"""Which features are given as the reasons of a score, and for how many customers they are.

A reason is a topic of features: those of one topic say nearly the same, and share their credit at random. For
a customer at high risk the reasons are the topics that raise it most, for one at low risk those that hold the
customer; in between, those for what is likelier, or where nothing speaks for it, the others. A topic is told
by the feature of it that weighs most. One whose value tells the opposite, such as many orders as a reason to
leave, is never given, nor one that is about average. What one reason has told, no other tells again: of who
has not ordered for a year, that nothing was spent lately is no news. Where most customers leave, one can be
at high risk without much that says so: what says it most is given then, weak as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.churn.frame import TOPICS, WORDS
from pipeline.churn.shapley import Floats
from pipeline.features.feature import Words
from pipeline.privacy.groups import MIN_GROUP

CONSTANTS = ("base_value", "level_shift")
"""Columns of the explanations that are the same for everybody."""

MOST = 3
LEAST = 0.1
"""Log-odds below which a topic is no reason: a tenth moves a probability by two and a half points at most."""

DIFFERENT = 0.1
"""Share of the average that a value has to lie off it."""

BLOCK = 50_000
"""Customers that are looked at at once: of each, a dozen numbers per feature are held in memory."""

COLUMNS = tuple(f"reason_{number}" for number in range(1, MOST + 1))

FACTS = tuple(sorted({words.fact for _, words in WORDS.values() if words.fact}))
NO_FACT = -1

Indices = NDArray[np.intp]


def choose_reasons(
    explained: pd.DataFrame, values: pd.DataFrame, averages: pd.Series[float], risk: pd.Series[str]
) -> pd.DataFrame:
    """Choose up to three features for each customer, each of another topic.

    Parameters
    ----------
    explained : pandas.DataFrame
        In log-odds, `CONSTANTS` and a column per feature, which add up to the churn probability.
    values : pandas.DataFrame
        The features themselves, for the same customers in the same order; missing is NaN.
    averages : pandas.Series
        Mean of each feature over all customers.
    risk : pandas.Series
        "low", "medium", "high" or "unknown", likewise.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`: names of features, the strongest topic first, indexed as `explained`. Missing where
        there is no further reason of at least `LEAST`, and where the risk is unknown; at high risk the only
        one may be weaker. `reasons_for`: what
        they speak for, "leaving" or "staying"; missing without a reason.
    """
    blocks = [slice(start, start + BLOCK) for start in range(0, max(1, len(risk)), BLOCK)]
    return pd.concat(
        _choose_block(explained.iloc[rows], values.iloc[rows], averages, risk.iloc[rows]) for rows in blocks
    )


def _choose_block(
    explained: pd.DataFrame, values: pd.DataFrame, averages: pd.Series[float], risk: pd.Series[str]
) -> pd.DataFrame:
    """Choose for some customers, as `choose_reasons` does."""
    band = risk.to_numpy(dtype=object)
    will_stay = explained.to_numpy().sum(axis=1) < 0
    towards = np.where((band == "low") | ((band == "medium") & will_stay), -1.0, 1.0)
    contributions = explained.drop(columns=list(CONSTANTS), errors="ignore")
    chosen = _choose(contributions, values, averages, towards)
    chosen[band == "unknown"] = None
    if (bare := (band == "medium") & chosen["reasons_for"].isna().to_numpy()).any():
        chosen[bare] = _choose(contributions[bare], values[bare], averages, -towards[bare])
    if (bare := (band == "high") & chosen["reasons_for"].isna().to_numpy()).any():
        weak = _choose(contributions[bare], values[bare], averages, towards[bare], even_weak=True)
        chosen[bare] = weak.assign(**dict.fromkeys(COLUMNS[1:]))
    return chosen


def _choose(
    contributions: pd.DataFrame,
    values: pd.DataFrame,
    averages: pd.Series[float],
    side: Floats,
    even_weak: bool = False,
) -> pd.DataFrame:
    """Choose what pushes each customer to a side: 1 to leave, -1 to stay.

    Even a weak push counts by itself, whatever the rest of its topic says.
    """
    towards = side[:, None]
    pushes = contributions.to_numpy() * towards
    names = list(contributions.columns)
    topics = [[names.index(name) for name in features if name in names] for features in TOPICS.values()]
    kept = [columns for columns in topics if columns]
    if even_weak:
        kept = [[column] for columns in kept for column in columns]
    if not kept:
        return pd.DataFrame(index=contributions.index, columns=[*COLUMNS, "reasons_for"], dtype="str")
    may_tell = _may_tell(names, values, averages, towards) & (pushes > 0)
    chosen = _one_by_one(pushes, may_tell, _facts(names, values), kept, 0.0 if even_weak else LEAST)
    speak_for = np.where(side > 0, "leaving", "staying").astype(object)
    speak_for[chosen[:, 0] < 0] = None
    return pd.DataFrame(
        {
            column: np.where(codes >= 0, np.array([*names, None], dtype=object)[codes], None)
            for column, codes in zip(COLUMNS, chosen.T, strict=True)
        }
        | {"reasons_for": speak_for},
        index=contributions.index,
        dtype="str",
    )


def _one_by_one(
    pushes: Floats,
    may_tell: NDArray[np.bool_],
    facts: NDArray[np.int8],
    topics: Sequence[Sequence[int]],
    least: float,
) -> Indices:
    """Give the columns that tell the strongest topics, the strongest first; -1: there is no further reason.

    What is left of a topic when another has told part of it has to be a reason by itself.
    """
    pushes, may_tell = pushes.copy(), may_tell.copy()
    chosen = np.full((len(pushes), MOST), -1)
    row = np.arange(len(pushes))
    for place in range(MOST):
        strength = np.stack([pushes[:, columns].sum(axis=1) for columns in topics], axis=1)
        teller = np.stack([_strongest(pushes, may_tell, columns) for columns in topics], axis=1)
        strength[(teller < 0) | (strength < least)] = -np.inf
        topic = strength.argmax(axis=1)
        is_one = strength[row, topic] > -np.inf
        chosen[:, place] = np.where(is_one, teller[row, topic], -1)
        fact = np.where(is_one, facts[row, chosen[:, place]], NO_FACT)[:, None]
        is_told = (facts != NO_FACT) & (facts == fact)
        for number, columns in enumerate(topics):
            is_told[:, columns] |= (is_one & (topic == number))[:, None]
        pushes[is_told], may_tell[is_told] = 0.0, False
    return chosen


def _may_tell(
    names: list[str], values: pd.DataFrame, averages: pd.Series[float], towards: Floats
) -> NDArray[np.bool_]:
    """Tell whose value is known, unlike the usual, and not telling the opposite of what is to be said."""
    sides = {"leaving": 1.0, "staying": -1.0, None: 0.0}
    has_words = np.array([name in WORDS for name in names])
    words = [WORDS[name][1] if name in WORDS else Words("", "") for name in names]
    speaks_for = np.array([sides[said.more_is or said.more_says] for said in words])
    least = np.array([-np.inf if said.least is None else said.least for said in words])
    usual = np.array([_usual(name, averages) for name in names])
    known = values[names].to_numpy(dtype=np.float64)
    difference = known - usual
    agrees = (speaks_for == 0) | (speaks_for * difference * towards > 0)
    # Missing compares as false.
    is_unlike = (known >= least) & (np.abs(difference) > DIFFERENT * np.abs(usual))
    return np.asarray(has_words & agrees & is_unlike, dtype=bool)


def _facts(names: list[str], values: pd.DataFrame) -> NDArray[np.int8]:
    """Number what each value tells that others may tell too; `NO_FACT`: nothing."""
    known = values[names].to_numpy(dtype=np.float64)
    words = [WORDS[name][1] if name in WORDS else Words("", "") for name in names]
    numbers = np.array([NO_FACT if said.fact is None else FACTS.index(said.fact) for said in words], np.int8)
    only_at = np.array([np.nan if said.fact_at is None else said.fact_at for said in words])
    return np.where(np.isnan(only_at) | (known == only_at), numbers, np.int8(NO_FACT))


def _usual(name: str, averages: pd.Series[float]) -> float:
    """Give what a value is compared with: the average, or 1 where it is a multiple of the own habit."""
    return 1.0 if name in WORDS and WORDS[name][1].against_own else float(averages[name])


def _strongest(pushes: Floats, may_tell: NDArray[np.bool_], columns: Sequence[int]) -> Indices:
    """Give the column of a topic that pushes most of those that may tell it; -1: there is none."""
    candidates = np.where(may_tell[:, columns], pushes[:, columns], -np.inf)
    best = candidates.argmax(axis=1)
    found = np.asarray(columns)[best]
    return np.where(np.take_along_axis(candidates, best[:, None], axis=1)[:, 0] > -np.inf, found, -1)


def topics_of(reasons: pd.DataFrame) -> list[str]:
    """Name the topics of each customer's reasons, in their order, with blanks between."""
    topic = {name: topic for topic, names in TOPICS.items() for name in names}
    rows = reasons[list(COLUMNS)].to_numpy(dtype=object)
    return [" ".join(topic[name] for name in row if isinstance(name, str)) for row in rows]


def reason_counts(segments: pd.DataFrame) -> pd.DataFrame:
    """Count how often each topic is among the reasons, by churn risk.

    Parameters
    ----------
    segments : pandas.DataFrame
        `churn_risk`, `reasons_for` and `reason_topics`, as in data/scored/segments.parquet.

    Returns
    -------
    pandas.DataFrame
        `churn_risk`, `reasons_for`, `topic`, `customers`, `share` (of all customers at that risk): high risk
        first, then the most frequent. Combinations with fewer than `MIN_GROUP` customers are left out.
    """
    named = segments.assign(topic=segments["reason_topics"].str.split()).explode("topic")
    groups = named.dropna(subset="topic").groupby(["churn_risk", "reasons_for", "topic"])
    counts = groups.size().rename("customers").reset_index()
    counts = counts[counts["customers"] >= MIN_GROUP]
    everybody = segments["churn_risk"].value_counts()
    counts = counts.assign(
        share=counts["customers"] / counts["churn_risk"].map(everybody).astype("float64"),
        place=counts["churn_risk"].map({"high": 0, "medium": 1, "low": 2}),
    )
    counts = counts.sort_values(
        ["place", "customers", "reasons_for", "topic"], ascending=[True, False, True, True]
    )
    return counts.drop(columns="place").reset_index(drop=True)


def examples(explained: pd.DataFrame, risk: pd.Series[str]) -> pd.DataFrame:
    """Take the middle of high and of low risk apart by topic.

    Parameters
    ----------
    explained : pandas.DataFrame
        As in data/scored/explanations.parquet, by customer key.
    risk : pandas.Series
        The churn risk of the same customers.

    Returns
    -------
    pandas.DataFrame
        `churn_risk`, `topic` and `contribution` in log-odds: "base" first, then the topics. Of each risk the
        mean of the `MIN_GROUP` customers in the middle, by score; no row where fewer have it.
    """
    total = explained.sum(axis=1).rename("total").reset_index().sort_values(["total", "customer_key"])
    parts = []
    for band in ("high", "low"):
        of_band = total[total["customer_key"].map(risk) == band]["customer_key"]
        if len(of_band) >= MIN_GROUP:
            first = (len(of_band) - MIN_GROUP) // 2
            middle = explained.loc[of_band.iloc[first : first + MIN_GROUP]].mean()
            parts.append(_by_topic(middle).assign(churn_risk=band))
    columns = ["churn_risk", "topic", "contribution"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _by_topic(contributions: pd.Series[float]) -> pd.DataFrame:
    sums = {"base": sum(contributions[name] for name in CONSTANTS)}
    for topic, features in TOPICS.items():
        if known := [contributions[name] for name in features if name in contributions]:
            sums[topic] = sum(known)
    return pd.DataFrame({"topic": list(sums), "contribution": list(sums.values())})
