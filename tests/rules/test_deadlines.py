"""The two clocks of a case and what moves them: 条例 22, 23, 34; 民法典 201, 203."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.rules.calendar import ZONE, WorkingCalendar, end_of_day
from engine.rules.calendar_seed import seed_days
from engine.rules.deadlines import (
    DueRule,
    days_overdue,
    extend,
    remaining,
    shift_for_pause,
    statutory,
)

CALENDAR = WorkingCalendar(seed_days())

# hypothesis wants the bounds bare and adds the zone itself
moments = st.datetimes(datetime(2019, 10, 1), datetime(2021, 3, 1), timezones=st.just(ZONE))  # noqa: DTZ001


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZONE)


def test_the_traffic_police_were_seven_days_late_at_the_end_of_the_quarter() -> None:
    assert days_overdue(end_of_day(date(2020, 3, 24)), end_of_day(date(2020, 3, 31))) == 7


@pytest.mark.parametrize(("as_of", "days"), [(at(2020, 3, 24, 23), 0), (at(2020, 3, 25, 0), 1), (at(2020, 3, 1), 0)])
def test_lateness_is_told_in_calendar_days_from_the_day_after(as_of: datetime, days: int) -> None:
    assert days_overdue(end_of_day(date(2020, 3, 24)), as_of) == days


@pytest.mark.parametrize(
    ("now", "state", "working_days", "late_days"),
    [
        (at(2020, 3, 4), "ok", 3, 0),
        (at(2020, 3, 6), "soon", 1, 0),
        (at(2020, 3, 7), "soon", 1, 0),
        (at(2020, 3, 9, 23), "today", 0, 0),
        (at(2020, 3, 10, 0), "late", -1, 1),
        (at(2020, 3, 15), "late", -4, 6),
    ],
)
def test_a_deadline_on_a_monday_as_it_draws_near(now: datetime, state: str, working_days: int, late_days: int) -> None:
    left = remaining(end_of_day(date(2020, 3, 9)), now, CALENDAR)
    assert (left.state, left.working_days, left.late_days) == (state, working_days, late_days)


def test_an_urgent_limit_of_hours_is_late_on_its_own_day() -> None:
    left = remaining(at(2020, 3, 9, 11), at(2020, 3, 9, 12), CALENDAR)
    assert (left.state, left.late_days) == ("late", 0)


def test_a_due_time_explains_itself() -> None:
    told = extend(at(2020, 1, 22), 3, CALENDAR)
    assert told.due == end_of_day(date(2020, 2, 4))
    record = json.loads(json.dumps(told.as_record()))
    assert record["rule"] == "extension"
    assert record["counted"] == ["2020-01-23", "2020-02-03", "2020-02-04"]
    assert record["skipped"][0] == ["2020-01-24", "春节"]
    assert record["start"] == "2020-01-22T10:00:00+08:00"
    assert record["due"] == "2020-02-04T23:59:59+08:00"


def test_notice_of_acceptance_within_15_days_article_22() -> None:
    assert statutory(at(2020, 3, 2), 15, CALENDAR).due == end_of_day(date(2020, 3, 17))


def test_a_last_day_of_rest_gives_way_to_the_next_working_day() -> None:
    told = statutory(at(2020, 1, 10), 15, CALENDAR)
    assert told.due == end_of_day(date(2020, 2, 3))
    assert len(told.explanation.counted) == 15
    assert told.explanation.skipped[0] == (date(2020, 1, 25), "春节")
    assert told.explanation.skipped[-1] == (date(2020, 2, 2), "春节")


def test_conclusion_within_60_days_and_30_more_article_34() -> None:
    start = at(2020, 3, 2)
    assert statutory(start, 60, CALENDAR).due == end_of_day(date(2020, 5, 6))
    longer = statutory(start, 60 + 30, CALENDAR)
    assert longer.due == end_of_day(date(2020, 6, 1))


def test_a_statutory_limit_beyond_the_notices_is_marked_as_estimated() -> None:
    assert statutory(at(2026, 12, 20), 15, CALENDAR).explanation.estimated


def test_an_extension_counts_from_the_old_due_day() -> None:
    told = extend(end_of_day(date(2020, 3, 6)), 2, CALENDAR)
    assert (told.due, told.rule, told.days) == (end_of_day(date(2020, 3, 10)), DueRule.EXTENSION, 2)
    assert told.start == end_of_day(date(2020, 3, 6))


@pytest.mark.parametrize("days", [0, -3])
def test_a_limit_of_no_days_is_refused(days: int) -> None:
    for rule in (extend, statutory):
        with pytest.raises(InvalidInput):
            rule(at(2020, 3, 6), days, CALENDAR)


def test_a_pause_moves_the_deadline_by_the_working_days_it_lasted() -> None:
    told = shift_for_pause(end_of_day(date(2020, 3, 6)), at(2020, 3, 5), at(2020, 3, 10), CALENDAR)
    assert (told.due, told.days) == (end_of_day(date(2020, 3, 11)), 3)
    assert told.explanation.counted == (date(2020, 3, 6), date(2020, 3, 9), date(2020, 3, 10))


def test_a_pause_within_a_day_moves_nothing() -> None:
    due = at(2020, 3, 6, 15)
    assert shift_for_pause(due, at(2020, 3, 5, 9), at(2020, 3, 5, 17), CALENDAR).due == due


def test_a_pause_after_the_deadline_heals_nothing() -> None:
    due = end_of_day(date(2020, 3, 6))
    told = shift_for_pause(due, at(2020, 3, 9), at(2020, 3, 20), CALENDAR)
    assert (told.due, told.days) == (due, 0)


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput):
        shift_for_pause(at(2020, 3, 6), at(2020, 3, 5), at(2020, 3, 4), CALENDAR)


@given(moments, st.integers(1, 15), st.integers(0, 40))
def test_a_pause_never_costs_the_unit_working_days(start: datetime, limit: int, length: int) -> None:
    due = CALENDAR.add_working_days(start, limit)
    resumed = start + timedelta(days=length)
    left_before = CALENDAR.working_days_between(start, due)
    shifted = shift_for_pause(due, start, resumed, CALENDAR).due
    assert CALENDAR.working_days_between(resumed, shifted) == left_before


@given(moments, moments)
def test_nothing_is_late_before_it_is_due(due: datetime, now: datetime) -> None:
    left = remaining(due, now, CALENDAR)
    assert (left.state == "late") == (now > due)
    assert left.late_days == 0 or left.state == "late"
