"""Runs the SQL: DuckDB behind one small seam."""
