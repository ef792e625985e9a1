"""Periods, as-of times and percentages (口径)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.rules.calendar import ZONE, end_of_day
from engine.rules.case_facts import CaseFact, Period, Tally, forwarded_in, known_on, percentage, tally
from engine.vocabulary import Result, Satisfaction

QUARTER = Period(date(2020, 1, 1), date(2020, 3, 31))
END = date(2020, 3, 31)


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2020, month, day, hour, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (596, 598, "99.67"),
        (5, 6, "83.33"),
        (4, 5, "80.00"),
        (449, 449, "100.00"),
        (0, 3, "0.00"),
        (1, 800, "0.13"),
        (1, 1600, "0.06"),
    ],
)
def test_percentages_have_two_decimals_half_up(part: int, whole: int, percent: str) -> None:
    assert str(percentage(part, whole)) == percent


def test_nothing_of_nothing_has_no_percentage() -> None:
    assert percentage(0, 0) is None


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_percentage_is_within_half_a_hundredth(part: int, whole: int) -> None:
    percent = percentage(part, whole)
    assert percent is not None
    assert abs(percent - Decimal(100 * part) / whole) <= Decimal("0.005")


def test_a_period_has_both_its_ends_in_the_countys_zone() -> None:
    assert QUARTER.covers(datetime(2019, 12, 31, 16, 0, tzinfo=UTC))
    assert not QUARTER.covers(datetime(2019, 12, 31, 15, 59, tzinfo=UTC))
    assert QUARTER.covers(end_of_day(END))
    assert not QUARTER.covers(at(4, 1, 0))


def test_a_period_lasts_from_its_first_moment_to_the_first_moment_after_it() -> None:
    assert QUARTER.begins == at(1, 1, 0)
    assert QUARTER.is_over == at(4, 1, 0)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput):
        Period(date(2020, 3, 31), date(2020, 1, 1))


def test_a_tally_keeps_its_cases_in_order() -> None:
    facts = [CaseFact(number=number, received_at=at(1, 2)) for number in ("B", "A")]
    assert tally(facts) == Tally(("A", "B"))
    assert tally(facts).value == 2


def test_what_came_after_the_as_of_day_is_not_known() -> None:
    later = at(4, 2)
    fact = CaseFact(
        number="A",
        received_at=at(3, 30),
        unit="jtj",
        forwarded_at=at(3, 30, 11),
        accept_due=at(3, 31),
        accepted_at=at(3, 30, 12),
        replied_at=later,
        final_reviewed_at=later,
        result=Result.REPLIED,
        closed_at=later,
        satisfaction=Satisfaction.SATISFIED,
        rated_at=later,
        extended_at=later,
        redone_at=later,
        returns=(("cgj", at(3, 30, 12)), ("zjj", later)),
    )
    (known,) = known_on([fact, CaseFact(number="B", received_at=later)], END)
    assert known == CaseFact(
        number="A",
        received_at=at(3, 30),
        unit="jtj",
        forwarded_at=at(3, 30, 11),
        accept_due=at(3, 31),
        accepted_at=at(3, 30, 12),
        returns=(("cgj", at(3, 30, 12)),),
    )
    assert known_on([fact], date(2020, 4, 2)) == [fact]


def test_letters_belong_to_the_period_they_were_forwarded_in() -> None:
    facts = [
        CaseFact(number="received before", received_at=at(1, 1), unit="jtj", forwarded_at=at(1, 2)),
        CaseFact(number="waiting", received_at=at(3, 31)),
        CaseFact(number="forwarded after", received_at=at(3, 31), unit="jtj", forwarded_at=at(4, 1)),
    ]
    assert [fact.number for fact in forwarded_in(facts, QUARTER, date(2020, 4, 30))] == ["received before"]
