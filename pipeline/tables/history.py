"""Score runs of the past, kept so that later runs can look back on them.

Every run overwrites the scores of the one before; here each day of scoring keeps its own, `<as_of>.parquet`,
and beside it `<as_of>.json`, the card that says which model made it and what its backtest had promised. The
folder is no output of DVC and not in git: docs/decisions/0012-score-history.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.tables import io


def remember(scores: pd.DataFrame, card: Mapping[str, Any], folder: Path) -> None:
    """Keep the scores of a day, in place of earlier ones of that day.

    Parameters
    ----------
    scores : DataFrame
        One row per customer, by pseudonym.
    card : mapping
        What is known of the run, JSON-ready, `as_of` (ISO date) among it.
    folder : Path
        Of the history.
    """
    io.write_parquet(scores, folder / f"{card['as_of']}.parquet")
    io.write_json(dict(card), folder / f"{card['as_of']}.json")


def cards(folder: Path, before: date) -> list[dict[str, Any]]:
    """List the cards of the runs as of earlier days, ascending; empty where there is no history."""
    found = [io.read_json(path) for path in sorted(folder.glob("*.json"))]
    return [card for card in found if date.fromisoformat(card["as_of"]) < before]


def scores_of(card: Mapping[str, Any], folder: Path) -> pd.DataFrame:
    """Read the scores that a card describes."""
    return io.read_parquet(folder / f"{card['as_of']}.parquet")


def forget(card: Mapping[str, Any], folder: Path) -> None:
    """Remove a run: its scores and its card."""
    for ending in ("parquet", "json"):
        io.remove(folder / f"{card['as_of']}.{ending}")


def erase(card: Mapping[str, Any], gone: pd.Series[str], folder: Path) -> None:
    """Take customers out of a run's scores for good; its card says how many it has lost.

    Parameters
    ----------
    card : mapping
        Of the run, as from `cards`.
    gone : Series
        Their keys.
    folder : Path
        Of the history.
    """
    scores = scores_of(card, folder)
    is_gone = scores["customer_key"].isin(gone)
    remember(scores[~is_gone], {**card, "erased": card.get("erased", 0) + int(is_gone.sum())}, folder)
