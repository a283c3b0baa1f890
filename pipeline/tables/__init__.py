"""The tables: their contracts, the way from a source to typed rows, the quarantine, atomic writes.

- `ingest` leads the order log from its source to the orders: `sources` reads any file or database, `orders`
  judges its rows and sums them to orders, `optional` reads the other tables by their `contracts`.
- How a column is written, decided over all of it: `dates`, `amounts`.
- The `rules` a row may break, by name; `parallel` uses all cores, `memory` keeps what is freed,
  `columns` shares what repeats.
- What a shop is told: `accounting`, `signals`, `remarks`; before the first run, `inspection`.
- Files of our own: `io`, and `history` for the scores of past runs.
"""
