"""The page people read: charts, texts in two languages, one HTML file.

- What is shown: `data`; the whole: `page`.
- Sections: `views`, `tiles`, `groups`, `quality`, `backtest`, `portraits`, `explanations`, `reasons`,
  `fairness`, `reality`, `tables`, `table_kpis`; `measures` lays figures out.
- Charts: `charts` for the page, `figures` for notebooks.
- Language: `formats`, `texts`, `words`, `words_doubts`, and the `sentences_*` by subject.
"""
