"""Who is not to be contacted, and why, as the export says it."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from pipeline.privacy.consent import permissions

DO_NOT_CONTACT = "do_not_contact"
OBJECTED = "objected"
REASONS: dict[str, tuple[str, str]] = {
    "profiling": ("Refuses profiling: not scored", "Lehnt Profiling ab: ohne Bewertung"),
    "objected": ("Objected to marketing", "Hat der Werbung widersprochen"),
    "withdrawn": ("Withdrew the consent to marketing", "Hat die Einwilligung in Werbung widerrufen"),
    "denied": ("Denied consent to marketing", "Hat die Einwilligung in Werbung abgelehnt"),
    "never": ("Never consented to marketing", "Hat nie in Werbung eingewilligt"),
}
WITHOUT_PROFILE = (
    "customer_key",
    "customer_id",
    "as_of",
    "score_status",
    "segment",
    "next_action",
    "suppressed",
    "suppress_reason",
    "contact_channels",
)
"""All that is exported of somebody who refuses profiling."""


def with_consent(
    customers: pd.DataFrame, consents: pd.DataFrame | None, language: Literal["en", "de"]
) -> pd.DataFrame:
    """Add `suppressed`, `suppress_reason` and `contact_channels`, and take back what is not allowed.

    Parameters
    ----------
    customers : DataFrame
        One row per customer with `customer_key`, `score_status`, `segment` and `next_action`.
    consents : DataFrame or None
        As in `permissions`. None where the shop has no such table: the three columns are missing then, and
        nothing else changes.
    language : {"en", "de"}
        Of the reasons.

    Returns
    -------
    DataFrame
        Who has granted no channel, or refuses profiling, is suppressed with the action `do_not_contact`: a
        consent nobody knows of is none. Of those who refuse profiling only `WITHOUT_PROFILE` is left.
    """
    if consents is None:
        return customers.assign(suppressed=None, suppress_reason=None, contact_channels=None)
    said = permissions(consents).reindex(customers["customer_key"])
    channels = said["channels"].fillna("").to_numpy()
    unprofiled = (said["refuses_profiling"] == True).to_numpy()  # noqa: E712, missing is False
    reason = said["channel_refusal"].fillna("never").mask(unprofiled, "profiling").to_numpy()
    suppressed = (channels == "") | unprofiled
    said_as = {name: words[language == "de"] for name, words in REASONS.items()}
    checked = customers.assign(
        suppressed=suppressed,
        suppress_reason=pd.Series(reason, index=customers.index).map(said_as).where(suppressed),
        contact_channels=pd.Series(channels, index=customers.index).where(~suppressed),
        next_action=customers["next_action"].mask(suppressed, DO_NOT_CONTACT),
        score_status=customers["score_status"].mask(unprofiled, OBJECTED),
        segment=customers["segment"].mask(unprofiled, "not_scored"),
    )
    rest = checked.columns.difference(list(WITHOUT_PROFILE), sort=False)
    return checked.assign(**{str(name): checked[name].mask(unprofiled) for name in rest})
