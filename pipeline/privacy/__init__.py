"""Consent, pseudonyms, and how many people a figure has to be about."""
