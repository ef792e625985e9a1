"""The public lists, and the bulletin as data."""

from __future__ import annotations

import pytest

from tests.api.callers import Caller, answer, problem
from tests.api.conftest import Staff


def test_units_are_listed_towns_first(citizen: Caller) -> None:
    units = answer(citizen.get("/units"))
    assert units["total"] == 37
    assert [unit["group"] for unit in units["items"]] == ["town"] * 18 + ["department"] * 19
    assert (units["items"][0]["code"], units["items"][0]["name"]) == ("T01", "城关镇")


def test_categories_and_topics_are_listed(citizen: Caller) -> None:
    categories = answer(citizen.get("/categories"))
    assert categories["total"] == len(categories["items"])
    assert {"code": "travel", "name": "交通出行受阻", "topic_code": "epidemic"} in categories["items"]
    assert [topic["code"] for topic in answer(citizen.get("/topics"))["items"]] == ["epidemic"]


def test_the_bulletin_counts_a_period_as_known_at_the_end_of_a_day(staff: Staff, forwarded: str) -> None:
    quarter = {"from": "2020-01-01", "to": "2020-03-31"}
    bulletin = answer(staff("leader1").get("/reports/bulletin", quarter))
    assert (bulletin["period"], bulletin["as_of"]) == (quarter, "2020-03-31")
    assert bulletin["totals"]["all"] == {"letters": 1, "final_reviewed": 0, "closure_rate": "0.00"}
    town = next(row for row in bulletin["tables"]["towns"] if row["unit_code"] == "T01")
    assert (town["letters"], town["letter_numbers"]) == (1, [forwarded])
    [breach] = bulletin["breaches"]
    assert (breach["kind"], breach["number"]) == ("accept_overdue", forwarded)

    known_then = answer(staff("leader1").get("/reports/bulletin", {**quarter, "as_of": "2020-01-01"}))
    assert known_then["totals"]["all"]["letters"] == 0


@pytest.mark.parametrize("username", ["t01", "t01head", "editor1", "admin1"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_bulletin_names_cases_of_every_unit_and_is_not_for_one_of_them(staff: Staff, username: str) -> None:
    quarter = {"from": "2020-01-01", "to": "2020-03-31"}
    problem(staff(username).get("/reports/bulletin", quarter), 403, "forbidden")


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ({}, {"from": "请填写此项。", "to": "请填写此项。"}),
        ({"from": "2020-01-01", "to": "31.3.2020"}, {"to": "应为日期,例如 2020-03-31。"}),
        ({"from": "2020-03-31", "to": "2020-01-01"}, {"to": "结束日期早于开始日期。"}),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_period_that_is_none_is_refused_by_field(staff: Staff, query: dict[str, str], errors: dict[str, str]) -> None:
    refused = problem(staff("auditor1").get("/reports/bulletin", query), 422, "unprocessable_entity")
    assert refused["errors"] == errors
