from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.tracking import ModelVersion, decide, first, settled, succeed, unseen_archive

CHAMPION = ModelVersion(
    number=4,
    experiment="shop",
    horizon_days=90,
    as_of=date(2024, 6, 1),
    holdout=date(2024, 3, 3),
    log_loss="",
    data_fingerprint="da",
    git_revision="9f",
    is_champion=True,
    set_aside=False,
    decided="",
)
NEWER = replace(CHAMPION, number=7, is_champion=False, as_of=date(2024, 6, 2), holdout=date(2024, 3, 4))
SAME_DAY = replace(NEWER, as_of=CHAMPION.as_of, holdout=CHAMPION.holdout)


@pytest.mark.parametrize(
    ("challenger", "interval", "promoted", "why"),
    [
        (NEWER, (-0.02, -0.03, -0.01), True, "better than version 4"),
        (NEWER, (0.001, -0.01, 0.02), True, "newer and not worse"),
        (NEWER, (0.0, 0.0, 0.0), True, "newer and not worse"),
        (NEWER, (0.02, 0.01, 0.03), False, "version 7 is worse"),
        (SAME_DAY, (-0.02, -0.03, -0.01), True, "better than version 4"),
        (SAME_DAY, (-0.001, -0.01, 0.01), False, "neither better nor newer"),
        (NEWER, None, False, "no holdout"),
        (NEWER, (float("nan"),) * 3, False, "no holdout"),
    ],
)
def test_better_or_newer_and_not_worse(challenger, interval, promoted, why):
    decision = decide(challenger, CHAMPION, interval)
    assert decision.promoted is promoted
    assert why in decision.reason
    assert decision.reason.startswith(f"version {7 if promoted else 4} ")


def test_the_sentence_has_the_numbers():
    assert "log loss -0.0200 (-0.0300 to -0.0100)" in decide(NEWER, CHAMPION, (-0.02, -0.03, -0.01)).reason


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"number": 4}, "the champion already"),
        ({"set_aside": True}, "rolled back by hand"),
        ({"horizon_days": 60}, "another question (horizon 90 days, not 60 days)"),
        ({"experiment": "other"}, "another question (experiment shop, not other)"),
        ({"as_of": date(2024, 5, 31)}, "knows less"),
    ],
)
def test_the_champion_stays_without_a_comparison(changes, why):
    decision = settled(replace(NEWER, **changes), CHAMPION)
    assert decision is not None
    assert not decision.promoted
    assert why in decision.reason


def test_what_the_holdout_has_to_tell():
    assert settled(NEWER, CHAMPION) is None
    assert settled(SAME_DAY, CHAMPION) is None


def test_the_first_and_the_successor_are_promoted():
    assert first(NEWER).promoted
    succession = succeed(NEWER, CHAMPION, "it reads x")
    assert succession.promoted
    assert succession.reason.endswith("version 4 cannot score any more, it reads x")


@pytest.mark.parametrize(
    ("holdout", "archive"),
    [
        (date(2024, 6, 1), "churn.skops"),  # the scoring model learned from the days before it
        (date(2024, 5, 31), "churn_holdout.skops"),
        (date(2024, 3, 3), "churn_holdout.skops"),
        (date(2024, 3, 2), None),
        (None, None),
    ],
)
def test_no_model_is_judged_on_days_it_has_seen(holdout, archive):
    assert unseen_archive(CHAMPION, holdout) == archive


def test_an_untested_champion_has_only_its_scoring_model():
    untested = replace(CHAMPION, holdout=None)
    assert unseen_archive(untested, date(2024, 5, 1)) is None
    assert unseen_archive(untested, date(2024, 6, 1)) == "churn.skops"
