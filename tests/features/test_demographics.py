from datetime import date

import pandas as pd

from pipeline.features import customer_days, snapshot
from pipeline.features.catalogue import DEMOGRAPHICS
from pipeline.tables.contracts import OPTIONAL

BANDS = {
    "a": ("under 18", "Unknown"),
    "b": ("18-25", "500-999"),
    "c": ("26-35", "1,000-1,999"),
    "d": ("100+", "$20,000+"),
    "e": (None, "10.000-19.999"),
}


def ranks(cutoff: date) -> pd.DataFrame:
    """Take snapshots of customers of whom b opened an account in June 2023, the others long before."""
    keys = list(BANDS)
    columns = [column.written for column in OPTIONAL["customers"].columns if column.is_written]
    table = pd.DataFrame({name: pd.Series(None, range(len(keys)), "str") for name in columns})
    table["customer_key"] = pd.Series(keys, dtype="str")
    table["created_at"] = pd.Timestamp("2020-01-01")
    table.loc[1, "created_at"] = pd.Timestamp("2023-06-01")
    table["birth_year"] = 1980
    table["age_group"], table["income_group"] = zip(*BANDS.values(), strict=True)
    orders = pd.DataFrame(
        {"customer_key": keys, "ordered_at": pd.Timestamp("2022-01-01"), "amount": 5, "lines": 1}
    )
    taken = snapshot(
        customer_days(orders),
        cutoff,
        horizon_days=30,
        as_of=date(2024, 6, 1),
        tables=dict.fromkeys(DEMOGRAPHICS.tables, table),
    )
    return taken.set_index("customer_key")[["age_group_rank", "income_group_rank"]]


def test_bands_are_numbered_by_what_they_say():
    found = ranks(date(2024, 1, 1))
    assert found["age_group_rank"].tolist()[:4] == [1, 2, 3, 4]
    assert pd.isna(found["age_group_rank"]["e"])
    assert found["income_group_rank"].tolist() == [1, 2, 3, 5, 4]


def test_a_band_has_one_number_at_all_cutoffs():
    before, after = ranks(date(2023, 1, 1)), ranks(date(2024, 1, 1))
    assert before["age_group_rank"].drop("b").equals(after["age_group_rank"].drop("b"))
