from __future__ import annotations

import pandas as pd
import pytest

from pipeline.privacy.consent import permissions


def said(*words: tuple[str, str, str]) -> pd.Series:
    """What one customer allows who said these words: purpose, status, day."""
    consents = pd.DataFrame(words, columns=["purpose", "status", "changed_at"])
    consents["changed_at"] = pd.to_datetime(consents["changed_at"])
    there_too = pd.DataFrame([("other", "push", "granted", pd.Timestamp("2020-01-01"))])
    there_too.columns = ["customer_key", *consents.columns]
    found = permissions(pd.concat([there_too, consents.assign(customer_key="c")], ignore_index=True))
    pd.testing.assert_frame_equal(
        found,
        permissions(pd.concat([consents.iloc[::-1].assign(customer_key="c"), there_too])),
        check_like=True,
    )
    return found.loc["c"]


def test_the_last_word_on_each_purpose_counts():
    one = said(
        ("post", "granted", "2023-01-01"),
        ("email", "granted", "2023-01-01"),
        ("email", "withdrawn", "2023-05-01"),
        ("sms", "denied", "2023-01-01"),
        ("sms", "granted", "2023-02-01"),
    )
    assert one["channels"] == "sms post"
    assert pd.isna(one["channel_refusal"])
    assert not one["refuses_profiling"]


def test_a_refusal_counts_among_words_of_one_moment():
    one = said(("email", "objected", "2023-01-01"), ("email", "granted", "2023-01-01"))
    assert (one["channels"], one["channel_refusal"]) == ("", "objected")


def test_the_strongest_refusal_is_told():
    one = said(("email", "denied", "2023-03-01"), ("post", "objected", "2023-01-01"))
    assert one["channel_refusal"] == "objected"


@pytest.mark.parametrize("word", ["denied", "withdrawn", "objected"])
def test_each_word_of_refusal_is_told(word: str):
    one = said(("email", word, "2023-03-01"))
    assert (one["channels"], one["channel_refusal"]) == ("", word)


def test_whoever_objects_to_advertising_as_a_whole_takes_back_every_channel():
    one = said(
        ("email", "granted", "2023-01-01"),
        ("marketing", "objected", "2023-02-01"),
        ("sms", "granted", "2023-02-01"),
    )
    assert (one["channels"], one["channel_refusal"]) == ("", "objected")
    assert not one["refuses_profiling"]


def test_a_channel_granted_after_that_is_allowed_and_no_other():
    one = said(
        ("email", "granted", "2023-01-01"),
        ("post", "granted", "2023-01-01"),
        ("marketing", "withdrawn", "2023-02-01"),
        ("marketing", "granted", "2023-03-01"),
        ("email", "granted", "2023-03-01"),
    )
    assert one["channels"] == "email"


@pytest.mark.parametrize("purpose", ["marketing", "ads", "surveys", "profiling"])
def test_consent_to_something_else_allows_no_message(purpose: str):
    one = said((purpose, "granted", "2023-01-01"))
    assert one["channels"] == ""
    assert pd.isna(one["channel_refusal"])
    assert not one["refuses_profiling"]


def test_refused_profiling_stands_beside_the_channels():
    one = said(("profiling", "objected", "2023-01-01"), ("email", "granted", "2023-01-01"))
    assert one["refuses_profiling"]
    assert one["channels"] == "email"
