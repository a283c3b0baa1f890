"""One origin after the other: each learns from the rows of its past and from the tests before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from pipeline.churn.backtest import Backtested, Learned, Recipe, learn, predict
from pipeline.churn.frame import LABELS
from pipeline.churn.season import Window
from pipeline.errors import InsufficientHistory
from pipeline.features import Origin


class Lesson(NamedTuple):
    """What was learned, and from which rows."""

    learned: Learned
    rows: pd.DataFrame


@dataclass(frozen=True)
class Learner:
    """Learns at ascending origins; keeps the tests, which teach those that follow.

    Attributes
    ----------
    rows : callable
        Origin to the labelled rows to learn from, as from `pipeline.churn.frame.training_frame`.
    last_year : callable
        Origin to the same window a year earlier; None where it tells nothing.
    recipe : Recipe
    tested : list of Backtested
        The origins tested so far.
    """

    rows: Callable[[Origin], pd.DataFrame]
    last_year: Callable[[Origin], Window | None]
    recipe: Recipe
    tested: list[Backtested] = field(default_factory=list)

    def learn(self, origin: Origin, customers: pd.DataFrame) -> Lesson:
        """Learn at an origin.

        Parameters
        ----------
        origin : Origin
            Not before any that was tested.
        customers : pandas.DataFrame
            What is known of them at the origin. No label is read.

        Raises
        ------
        InsufficientHistory
            If no horizon to learn from has passed, or too few churned or stayed in it.
        """
        if not origin.training:
            raise InsufficientHistory("no horizon to learn from has passed")
        rows = self.rows(origin)
        return Lesson(learn(rows, customers, self.recipe, self.last_year(origin), self.tested), rows)

    def test(self, origin: Origin, customers: pd.DataFrame) -> Lesson:
        """Learn at a past origin, as it would have been, and predict what followed.

        Parameters
        ----------
        origin : Origin
            After those that were tested.
        customers : pandas.DataFrame
            Those known at the origin, with the labels of what followed.

        Raises
        ------
        InsufficientHistory
            As in `learn`; the origin is not among the tested ones then.
        """
        lesson = self.learn(origin, customers.drop(columns=list(LABELS)))
        self.tested.append(predict(lesson.learned, customers))
        return lesson
