"""What customers are, from the customers table: off by default, for it is known as of today alone."""

from __future__ import annotations

from pipeline.features.feature import Feature, Topic

UNKNOWN = "where the table does not say"

ATTRIBUTES = {
    "age_group": "age bands",
    "income_group": "income bands",
    "home_ownership": "kinds of housing",
    "marital_status": "marital statuses",
    "household_size": "household sizes",
    "household_type": "kinds of household",
    "children": "numbers of children",
}
"""Texts of the customers table that say who somebody is, and what their values are."""

# No words: who somebody is must not be given as a reason.
DEMOGRAPHICS = Topic(
    "demographics",
    "Age, income and household as known today. Only with `features.demographics: true`.",
    "demographics",
    ("customers",),
    (
        Feature(
            "age_years", "year($cutoff) - max(birth_year)", "Age at the cutoff", "years", UNKNOWN, whole=True
        ),
        *(
            Feature(
                f"{name}_rank",
                f"max({name})",
                f"Place of the customer's among all {words}, by the first number in them, then by name",
                "",
                UNKNOWN,
                whole=True,
            )
            for name, words in ATTRIBUTES.items()
        ),
    ),
)
