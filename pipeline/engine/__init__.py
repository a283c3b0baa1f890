"""Runs the SQL: DuckDB behind one small seam, `duck`; `quoting` writes names and texts into a statement."""
