from __future__ import annotations

import base64
import hashlib
import hmac

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UserError
from pipeline.privacy.pseudonyms import DEMO_PEPPER, customer_keys, entity_keys, pepper_from

PEPPER = b"0123456789abcdef0123456789abcdef"


def by_definition(customer_id: str, pepper: bytes) -> str:
    digest = hmac.new(pepper, customer_id.encode(), hashlib.sha256).digest()
    return "c" + base64.b32encode(digest).decode().lower()[:26]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=20),
    st.sampled_from([PEPPER, PEPPER * 2, PEPPER * 2 + b"!"]),
)
def test_keys_are_the_definition(ids: list[str], pepper: bytes) -> None:
    keys = customer_keys(pd.Series(ids, dtype="str"), pepper)
    assert keys.tolist() == [by_definition(customer_id, pepper) for customer_id in ids]


def test_keys_keep_length_index_and_type() -> None:
    keys = customer_keys(pd.Series(["7", "07", "7"], index=[5, 3, 1]), PEPPER)
    assert keys.index.tolist() == [5, 3, 1]
    assert keys[5] == keys[1] != keys[3]
    assert keys.str.fullmatch("c[a-z2-7]{26}").all()
    assert str(keys.dtype) == "str"


def test_no_customers_no_keys() -> None:
    assert customer_keys(pd.Series([], dtype="str"), PEPPER).empty


def test_keys_are_the_same_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = pd.Series([str(n) for n in range(10)])
    whole = customer_keys(ids, PEPPER)
    monkeypatch.setattr("pipeline.privacy.pseudonyms.BLOCK", 3)
    assert customer_keys(ids, PEPPER).equals(whole)


def test_another_pepper_another_key() -> None:
    ids = pd.Series(["00001"])
    assert customer_keys(ids, PEPPER)[0] != customer_keys(ids, DEMO_PEPPER)[0]


def test_an_order_has_another_key_than_the_customer_of_the_same_number() -> None:
    ids = pd.Series(["00001"])
    customer, order = (entity_keys(ids, entity, PEPPER)[0] for entity in ("customer", "order"))
    assert customer == customer_keys(ids, PEPPER)[0]
    assert order[0] == "o"
    assert order[1:] != customer[1:]


def test_the_pepper_comes_from_the_environment() -> None:
    assert pepper_from({"CHURN_PEPPER": PEPPER.decode()}) == (PEPPER, False)
    assert pepper_from({}) == (DEMO_PEPPER, True)
    assert pepper_from({"CHURN_PEPPER": ""}) == (DEMO_PEPPER, True)


def test_a_short_pepper_is_refused_without_showing_it() -> None:
    with pytest.raises(UserError, match="CHURN_PEPPER: the pepper has 5 characters, at least 32") as raised:
        pepper_from({"CHURN_PEPPER": "salty"})
    assert "salty" not in str(raised.value)
