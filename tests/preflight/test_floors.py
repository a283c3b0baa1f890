import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.preflight.floors import Facts, Floor, floors, read_floors, unmet, why

ENOUGH = {
    "buyers": 500,
    "frequent_buyers": 1,
    "days_of_log": 272,
    "days_since_last_order": 30,
    "churned": 100,
    "retained": 100,
}


def missed(**changes: int) -> list[tuple[str, str]]:
    facts = Facts(**{**ENOUGH, **changes})
    held = floors(facts, horizon_days=91, min_history_days=90)
    return [(floor.switches_off, floor.name) for floor in held if not floor.ok]


def test_the_floors_are_met_at_their_very_numbers():
    assert missed() == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"buyers": 499}, [("clv", "buyers")]),
        ({"frequent_buyers": 0}, [("clv", "frequent_buyers")]),
        ({"days_since_last_order": 31}, [("clv", "days_since_last_order")]),
        ({"days_of_log": 271}, [("churn", "history_days")]),
        ({"days_of_log": 180}, [("churn", "history_days")]),
        ({"days_of_log": 179}, [("clv", "days_of_log"), ("churn", "history_days")]),
        ({"churned": 99}, [("churn", "churned_customers")]),
        ({"retained": 99}, [("churn", "retained_customers")]),
    ],
)
def test_one_less_is_below(change, expected):
    assert missed(**change) == expected


@given(churned=st.integers(0, 1000))
def test_between_the_floor_and_comfort_there_is_a_model_and_a_warning(churned):
    held = floors(Facts(**{**ENOUGH, "churned": churned}), horizon_days=91, min_history_days=90)
    floor = next(one for one in held if one.name == "churned_customers")
    assert floor.ok == (churned >= 100)
    assert floor.is_scarce == (100 <= churned < 500)


def test_a_report_gives_the_floors_back_after_json():
    held = floors(Facts(**{**ENOUGH, "buyers": 3}), horizon_days=91, min_history_days=90)
    report = json.loads(json.dumps({"floors": [floor.as_dict() for floor in held]}))
    assert read_floors(report) == held
    assert unmet(report, "clv") == [Floor("clv", "buyers", 3, 500)]
    assert unmet(report, "churn") == []


def test_why_says_what_is_there_and_what_is_needed():
    held = floors(Facts(0, 0, 0, 99, 0, 0), horizon_days=91, min_history_days=90)
    assert all(why([floor]) for floor in held)
    assert why(held[:1]) == "0 customers have bought, 500 are needed"
    assert why([]) == ""
