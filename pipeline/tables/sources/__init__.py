"""Sources: any file or database as one table of texts, every row with its place.

- `spec` says what a source is, `readers` reads any into the one table of `raw`.
- Files: `files`, `remote`. Text by `text`, `header` and `delimited`, which is `unquoted` or goes `records` by
  record; `jsonlines`, `excel`, `parquet`.
- Databases: `database`, `connections`, `addresses`; `transcoded` for the texts that a query of files reads.
"""
