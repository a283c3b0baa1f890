"""How many people a figure has to be about."""

MIN_GROUP = 10
"""A figure about fewer customers than these could point at one of them: it is not shown on its own."""
