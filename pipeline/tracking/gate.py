"""May a new model take the champion's place? The rules, without MLflow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.counted import counted
from pipeline.tracking.versions import HOLDOUT, SCORING, ModelVersion

Interval = Sequence[float]
"""Value, low, high."""


@dataclass(frozen=True)
class Decision:
    """What becomes of the challenger, and the sentence that says why."""

    promoted: bool
    reason: str


def unseen_archive(champion: ModelVersion, holdout: date | None) -> str | None:
    """Choose which of the champion's models can be judged on a holdout without having learned from it.

    Parameters
    ----------
    champion : ModelVersion
    holdout : date or None
        The first day of the challenger's holdout; None where it has none.

    Returns
    -------
    str or None
        The scoring model where it had stopped learning before the holdout began, else the model tested on
        the champion's own holdout where that one had; None where both know more.
    """
    if holdout is None:
        return None
    if champion.as_of <= holdout:
        return SCORING
    return HOLDOUT if champion.holdout is not None and champion.holdout <= holdout else None


def first(challenger: ModelVersion) -> Decision:
    """Make the challenger the champion where there is none."""
    return Decision(True, f"version {challenger.number} is the champion: there was none before")


def settled(challenger: ModelVersion, champion: ModelVersion) -> Decision | None:
    """Decide what needs no comparison; None where the holdout has to tell."""
    if challenger.number == champion.number:
        return Decision(False, f"version {champion.number} is the champion already")
    if challenger.set_aside:
        return _stays(champion, f"version {challenger.number} was rolled back by hand")
    for what, theirs, ours in (
        ("experiment", champion.experiment, challenger.experiment),
        (
            "horizon",
            f"{counted(champion.horizon_days):day/days}",
            f"{counted(challenger.horizon_days):day/days}",
        ),
    ):
        if theirs != ours:
            return _stays(champion, f"it answers another question ({what} {theirs}, not {ours})")
    if challenger.as_of < champion.as_of:
        return _stays(champion, f"version {challenger.number} knows less, up to {challenger.as_of}")
    return None


def succeed(challenger: ModelVersion, champion: ModelVersion, problem: str) -> Decision:
    """Let the challenger follow a champion that cannot score anybody any more."""
    reason = f"version {champion.number} cannot score any more, {problem}"
    return Decision(True, f"version {challenger.number} is the champion: {reason}")


def decide(challenger: ModelVersion, champion: ModelVersion, difference: Interval | None) -> Decision:
    """Let the latest holdout tell whether the challenger becomes the champion.

    It does when it is better, or when it is not worse and knows later days: what customers do changes, and
    the newer of two equals has seen it. Of two that know the same days, the champion stays unless beaten.

    Parameters
    ----------
    challenger, champion : ModelVersion
        Two that `settled` does not tell apart.
    difference : sequence of float or None
        Value, low and high of the challenger's log loss minus the champion's on the same customers, none of
        whose outcomes either model has learned from. None, or not finite: there was nothing to compare on.

    Returns
    -------
    Decision
    """
    if difference is None or not all(map(math.isfinite, difference)):
        return _stays(champion, "there is no holdout that neither model has learned from")
    value, low, high = difference
    measured = f"log loss {value:+.4f} ({low:+.4f} to {high:+.4f})"
    crowned = f"version {challenger.number} is the champion:"
    if high < 0:
        return Decision(True, f"{crowned} better than version {champion.number}, {measured}")
    if low > 0:
        return _stays(champion, f"version {challenger.number} is worse, {measured}")
    if challenger.as_of > champion.as_of:
        return Decision(True, f"{crowned} newer and not worse than version {champion.number}, {measured}")
    return _stays(champion, f"version {challenger.number} is neither better nor newer, {measured}")


def _stays(champion: ModelVersion, reason: str) -> Decision:
    return Decision(False, f"version {champion.number} stays the champion: {reason}")
