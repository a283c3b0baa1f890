"""What customers allow, by their last word on each purpose."""

from __future__ import annotations

from typing import Any

import pandas as pd

# Of a purpose and of a status the contract in pipeline/tables/contracts allows these words.
CHANNELS = ("email", "sms", "push", "phone", "post")
"""The purposes that are ways to reach a customer; consent to ads or surveys allows no message."""
MARKETING = "marketing"
"""Advertising as a whole: whoever refuses it refuses every channel; granted, it names none."""
PROFILING = "profiling"
WORDS = ("granted", "denied", "withdrawn", "objected")
"""The weakest first: of two words at one moment the stronger counts."""


def permissions(consents: pd.DataFrame) -> pd.DataFrame:
    """Tell for each customer who is known to have said something what is allowed now.

    Parameters
    ----------
    consents : DataFrame
        `customer_key`, `purpose`, `status`, `changed_at`: every word of every customer. Also words from after
        the day of the scores: who objects today is not contacted tomorrow.

    Returns
    -------
    DataFrame
        By `customer_key`: `channels` (str, those granted with blanks between, in the order of `CHANNELS`),
        `channel_refusal` (str, the strongest of `WORDS` where no channel is granted, missing where one is or
        nothing was said about any) and `refuses_profiling` (bool).
    """
    words = consents[["customer_key", "purpose", "changed_at"]].assign(
        strength=consents["status"].astype("str").map(WORDS.index)
    )
    words = pd.concat([words, _of_every_channel(words)])
    last = words.sort_values(["changed_at", "strength"]).drop_duplicates(
        ["customer_key", "purpose"], keep="last"
    )
    granted, refused = last[last["strength"] == 0], last[last["strength"] > 0]
    said = pd.DataFrame(index=pd.Index(last["customer_key"].unique(), name="customer_key"))
    said["channels"] = _listed(granted, said.index)
    of_channels = refused[refused["purpose"].isin(CHANNELS)]
    strongest = of_channels.groupby("customer_key")["strength"].max().map(dict(enumerate(WORDS)))
    said["channel_refusal"] = strongest.reindex(said.index).where(said["channels"] == "")
    said["refuses_profiling"] = said.index.isin(refused.loc[refused["purpose"] == PROFILING, "customer_key"])
    return said


def _of_every_channel(words: pd.DataFrame) -> pd.DataFrame:
    """Say a refusal of advertising as a whole once for each channel."""
    refused = words[(words["purpose"] == MARKETING) & (words["strength"] > 0)]
    return refused.drop(columns="purpose").merge(pd.DataFrame({"purpose": CHANNELS}), how="cross")


def _listed(granted: pd.DataFrame, customers: pd.Index[Any]) -> pd.Series[str]:
    channels = pd.Series("", index=customers, dtype="str")
    for channel in CHANNELS:
        channels[granted.loc[granted["purpose"] == channel, "customer_key"]] += f" {channel}"
    return channels.str.strip()
