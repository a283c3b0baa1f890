"""The tables: their contracts, the way from a source to typed rows, the quarantine, atomic writes.

- A source: `spec` says what it is, `sources` reads any into the one table of `raw`. Files: `files`,
  `remote`; text by `text`, `header` and `delimited`, which is `unquoted` or goes `records` by record;
  `jsonlines`, `excel`, `parquet`. Databases: `database`, `connections`, `addresses`.
- How a column is written, decided over all of it: `dates`, `amounts`.
- The order log: `ingest` leads the way, by the `policies` of the shop. When a row happened (`dated`), whose
  it is (`identity`, `numbers`, `reference`), in which currency (`currencies`), the first of the `rules` it
  breaks (`verdicts`), what comes twice (`duplicates`, `lines`); then orders (`purchases`) and `returns`.
  `parallel` uses all cores, `memory` says what becomes of what is let go.
- The optional tables: `optional` leads the way, by their `contracts`: `mapping`, `judge`, `fates`.
- What a shop is told: `accounting`, `signals`, `remarks`; before the first run `inspection`, `roles`,
  `doubts`, `events`, `signs`.
- Files of our own: `io`, and `history` for the scores of past runs.
"""
