from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from pipeline.crm.dialects import machine_csv
from pipeline.crm.export import export_table
from pipeline.crm.fields import FIELDS

Make = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]


def word(key: str, purpose: str, status: str) -> dict[str, object]:
    return {
        "customer_key": key,
        "purpose": purpose,
        "status": status,
        "changed_at": pd.Timestamp("2023-01-01"),
    }


@pytest.fixture
def table(make: Make) -> pd.DataFrame:
    words = [
        word("k0", "email", "granted"),
        word("k1", "email", "objected"),
        word("k2", "email", "withdrawn"),
        word("k2", "post", "denied"),
        word("k4", "email", "granted"),
        word("k4", "profiling", "denied"),
        word("nobody in the scores", "email", "objected"),
    ]
    table = export_table(*make("0", "1", "2", "3", "4"), pd.DataFrame(words), "en")
    return table.set_index("customer_id")


def test_who_has_granted_no_channel_gets_no_contact_action(table: pd.DataFrame):
    assert table["suppressed"].tolist() == [False, True, True, True, True]
    assert table["next_action"].tolist() == ["win_back", *["do_not_contact"] * 4]
    assert table["suppress_reason"].tolist()[1:4] == [
        "Objected to marketing",
        "Withdrew the consent to marketing",
        "Never consented to marketing",
    ]
    assert pd.isna(table.loc["0", "suppress_reason"])
    assert table.loc["0", "contact_channels"] == "email"
    assert table["contact_channels"].isna().tolist() == [False, True, True, True, True]


def test_who_refuses_profiling_leaves_without_a_profile(table: pd.DataFrame):
    one = table.loc["4"].dropna()
    assert one.to_dict() == {
        "as_of": pd.Timestamp("1998-07-01"),
        "score_status": "objected",
        "segment": "not_scored",
        "next_action": "do_not_contact",
        "suppressed": True,
        "suppress_reason": "Refuses profiling: not scored",
    }
    assert table.loc["1", "churn_probability"] == 0.7312


def test_without_a_table_of_consents_nothing_is_said_of_them(make: Make):
    table = export_table(*make("0"), None, "en")
    row = table.iloc[0]
    assert row[["suppressed", "suppress_reason", "contact_channels"]].isna().all()
    assert b"win_back,,,," in machine_csv(table)
    assert row["next_action"] == "win_back"


def test_an_empty_table_of_consents_allows_nobody(make: Make):
    nothing = pd.DataFrame([word("k0", "email", "granted")]).iloc[:0]
    assert export_table(*make("0"), nothing, "en")["suppressed"].all()


def test_reasons_are_german_where_the_report_is(make: Make):
    words = pd.DataFrame([word("k0", "email", "objected")])
    row = export_table(*make("0"), words, "de").iloc[0]
    assert row["suppress_reason"] == "Hat der Werbung widersprochen"
    assert [field.name for field in FIELDS] == list(row.index)
