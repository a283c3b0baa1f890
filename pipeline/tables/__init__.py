"""The tables: their contracts, the way from a source to typed rows, the quarantine, atomic writes."""
