"""The texts of the page in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.features.catalogue import TOPICS
from pipeline.report import (
    sentences_backtest,
    sentences_floors,
    sentences_kpis,
    sentences_models,
    sentences_portraits,
    sentences_reality,
    sentences_reasons,
    sentences_shop,
    sentences_tables,
    words,
    words_doubts,
)

SENTENCES = {
    **sentences_shop.SENTENCES,
    **sentences_models.SENTENCES,
    **sentences_portraits.SENTENCES,
    **sentences_backtest.SENTENCES,
    **sentences_floors.SENTENCES,
    **sentences_tables.SENTENCES,
    **sentences_kpis.SENTENCES,
    **{f"table_kpi.{name}": texts for name, texts in sentences_kpis.MADE_OF.items()},
    **sentences_reality.SENTENCES,
    **sentences_reasons.SENTENCES,
}
WORDS = {
    **words.WORDS,
    **sentences_tables.WORDS,
    "table_kpi": sentences_kpis.NAMES,
    "doubt": words_doubts.DOUBTS,
}
TOPIC_OF = {feature.name: topic.name for topic in TOPICS for feature in topic.features}


@dataclass(frozen=True)
class Texts:
    """The sentences and words of one language."""

    language: Literal["en", "de"]

    @property
    def _column(self) -> int:
        return ("en", "de").index(self.language)

    def __call__(self, key: str, **values: str) -> str:
        """Return a sentence with its placeholders filled."""
        return SENTENCES[key][self._column].format(**values)

    def word(self, kind: str, name: str) -> str:
        """Return what a segment, metric or feature is called; its own name where nobody has named it."""
        known = WORDS[kind].get(name)
        return known[self._column] if known else name.replace("_", " ")

    def topic(self, feature: str) -> str:
        """Return what an input of the churn model is about; what is no feature is the lifetime model's."""
        return self.word("feature", TOPIC_OF.get(feature, "lifetime_model"))
