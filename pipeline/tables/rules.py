"""The rules a row can break, each with the column it is about and its sentence; why rows are left out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A named rule.

    Attributes
    ----------
    name : str
    role : str or None
        Our name of the column at fault; None when it is the row as a whole.
    reason : str
        What is wrong with the row, with placeholders for what was decided over the whole column.
    """

    name: str
    role: str | None
    reason: str


# In the order in which a row is judged; sql/judged.sql and the readers decide, these explain.
RULES = (
    Rule("too_few_columns", None, "The row has fewer columns than the header."),
    Rule("too_many_columns", None, "The row has more columns than the header."),
    Rule("undecodable", None, "The row holds bytes that are not text in the file's encoding."),
    Rule("not_a_json_object", None, "The line is not a JSON object."),
    Rule("unreadable_date", "ordered_at", "Not a date in the format of the column, {date_format}."),
    Rule("date_too_old", "ordered_at", "A date before 1970, or its first day, as programs write for none."),
    Rule("future_date", "ordered_at", "Later than the time of the run."),
    Rule("missing_customer_id", "customer_id", "No customer."),
    Rule(
        "unreadable_quantity", "quantity", 'Not a number with "{decimal}" as the decimal sign of the column.'
    ),
    Rule("not_finite_amount", "amount", "An infinite amount, or not a number."),
    Rule("unreadable_amount", "amount", 'Not a number with "{decimal}" as the decimal sign of the column.'),
    Rule("amount_out_of_range", "amount", "An amount of 100 billion or more, either way."),
    Rule("below_zero_twice", "amount", "Price and quantity are both below zero: bought or given back?"),
    Rule("missing_currency", "currency", "No currency."),
    Rule("missing_exchange_rate", "currency", "No exchange rate of that currency on that day or before."),
    Rule("missing_order_id", "order_id", "No order id, and lines of one order cannot be summed without."),
    Rule("unreadable_flag", "is_test", "Neither yes nor no."),
)

FAULTS = tuple(rule for rule in RULES if rule.role is None)  # of rows that could not be split into columns

# Why rows are left out; sql/judged.sql and duplicates.py tell. Whole orders come later.
LEFT_OUT = ("empty_rows", "missing_customer_id", "cancelled", "test_accounts", "duplicates")
