"""From pseudonymous segments to the table for the CRM: the last step, and the only one with real ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pandas as pd

from pipeline.crm.consent import with_consent
from pipeline.crm.fields import FIELDS, Field
from pipeline.errors import UserError


def export_table(
    segments: pd.DataFrame,
    identities: pd.DataFrame,
    consents: pd.DataFrame | None,
    language: Literal["en", "de"],
) -> pd.DataFrame:
    """Replace the pseudonymous key by the shop's customer number and shape the columns as in `FIELDS`.

    Parameters
    ----------
    segments : DataFrame
        One row per customer with `customer_key` and the columns of `FIELDS` but those of consent; any order.
    identities : DataFrame
        `customer_key`, `customer_id`. Customers who are not in `segments` may be there too.
    consents, language
        As in `with_consent`.

    Returns
    -------
    DataFrame
        The columns of `FIELDS`, numbers rounded to their decimals, sorted by `customer_id`.

    Raises
    ------
    UserError
        A key occurs twice or has no identity, or a customer number is missing or belongs to two keys:
        nothing is exported, since a CRM would overwrite one customer with another.
    """
    _refuse(segments["customer_key"].duplicated(), "customers are scored twice", "customer_key")
    _refuse(identities["customer_key"].duplicated(), "keys stand for several customers", "customer_key")
    ids = segments["customer_key"].map(identities.set_index("customer_key")["customer_id"])
    _refuse(
        ~segments["customer_key"].isin(identities["customer_key"]),
        "customers have no identity",
        "customer_key",
    )
    _refuse(ids.isna() | (ids.astype("str").str.strip() == ""), "customer numbers are empty", "customer_id")
    _refuse(ids.astype("str").duplicated(), "customer numbers occur more than once", "customer_id")

    named = with_consent(segments.assign(customer_id=ids), consents, language)
    table = pd.DataFrame({field.name: _typed(named[field.name], field) for field in FIELDS})
    return table.sort_values("customer_id", ignore_index=True)


def missing_from(table: pd.DataFrame, last: pd.Series[str]) -> int:
    """Count the customers of the last export who are not in this one.

    Parameters
    ----------
    table : DataFrame
        From `export_table`.
    last : Series of str
        The `customer_id` of the last one.
    """
    return int((~last.isin(table["customer_id"])).sum())


def _refuse(bad: pd.Series[Any], problem: str, column: str) -> None:
    if bad.any():
        raise UserError(
            f"{int(bad.sum())} of {len(bad)} {problem}",
            where=f"export, column {column}",
            valid="every customer once, with one customer number",
        )


def _typed(values: pd.Series[Any], field: Field) -> pd.Series[Any]:
    as_type: dict[str, Callable[[], pd.Series[Any]]] = {
        "text": lambda: values.astype("str"),
        "date": lambda: pd.to_datetime(values).dt.normalize().astype("datetime64[us]"),
        "whole": lambda: values.astype("Int64"),
        "flag": lambda: values.astype("boolean"),
        # Adding zero turns -0.0 into 0.0.
        "number": lambda: values.astype("float64").round(field.decimals) + 0.0,
    }
    return as_type[field.kind]()
