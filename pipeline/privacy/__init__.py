"""Consent, pseudonyms, erasure."""
