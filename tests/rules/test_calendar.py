"""Working days: 民法典 201, 203 and the county's own table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.rules.calendar import WEEKEND, ZONE, DayRule, WorkingCalendar, end_of_day, local_date
from engine.rules.calendar_seed import seed_days

CALENDAR = WorkingCalendar(seed_days())

# hypothesis wants the bounds bare and adds the zone itself
moments = st.datetimes(datetime(2003, 6, 1), datetime(2028, 6, 1), timezones=st.just(ZONE))  # noqa: DTZ001


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZONE)


@pytest.mark.parametrize("day", [date(2020, 1, 24) + timedelta(days=offset) for offset in range(10)])
def test_spring_festival_of_2020_ran_to_the_second_of_february(day: date) -> None:
    assert CALENDAR.rule(day) == DayRule(working=False, name="春节")


def test_make_up_days_are_worked_though_they_are_weekends() -> None:
    assert CALENDAR.rule(date(2020, 1, 19)) == DayRule(working=True, name="春节调休上班")
    assert CALENDAR.is_working(date(2020, 4, 26))


def test_work_resumed_on_the_third_of_february_2020() -> None:
    assert CALENDAR.next_working_day(date(2020, 1, 23)) == date(2020, 2, 3)


def test_seed_covers_every_day_from_2004_to_2026_officially() -> None:
    days = seed_days()
    assert (min(days), max(days)) == (date(2004, 1, 1), date(2026, 12, 31))
    assert len(days) == (max(days) - min(days)).days + 1
    assert {rule.source for rule in days.values()} == {"official"}
    assert all(rule.name for rule in days.values() if not rule.working)


def test_years_without_a_notice_follow_the_week_and_say_so() -> None:
    assert CALENDAR.rule(date(2031, 10, 1)) == DayRule(working=True, source="estimated")
    assert CALENDAR.rule(date(2031, 10, 4)) == DayRule(working=False, name=WEEKEND, source="estimated")


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_the_starting_day_does_not_count_whatever_the_hour(hour: int) -> None:
    assert CALENDAR.add_working_days(at(2020, 3, 2, hour), 1) == datetime(2020, 3, 3, 23, 59, 59, tzinfo=ZONE)


def test_a_limit_passes_over_the_festival() -> None:
    assert CALENDAR.add_working_days(at(2020, 1, 22), 3) == end_of_day(date(2020, 2, 4))


def test_a_limit_counts_make_up_days() -> None:
    assert CALENDAR.add_working_days(at(2020, 1, 17), 2) == end_of_day(date(2020, 1, 20))


def test_a_limit_started_on_a_day_of_rest_counts_from_the_next_working_day() -> None:
    assert CALENDAR.add_working_days(at(2020, 1, 25), 1) == end_of_day(date(2020, 2, 3))


def test_no_days_end_today_or_on_the_next_working_day() -> None:
    assert CALENDAR.add_working_days(at(2020, 3, 6), 0) == end_of_day(date(2020, 3, 6))
    assert CALENDAR.add_working_days(at(2020, 3, 7), 0) == end_of_day(date(2020, 3, 9))


def test_negative_days_count_back() -> None:
    assert CALENDAR.add_working_days(end_of_day(date(2020, 2, 3)), -1) == end_of_day(date(2020, 1, 23))
    assert CALENDAR.add_working_days(at(2020, 3, 8), -1) == end_of_day(date(2020, 3, 6))


def test_the_day_is_the_countys_not_utcs() -> None:
    late_evening_in_london = datetime(2020, 3, 2, 17, 0, tzinfo=UTC)
    assert local_date(late_evening_in_london) == date(2020, 3, 3)
    assert CALENDAR.add_working_days(late_evening_in_london, 1) == end_of_day(date(2020, 3, 4))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        CALENDAR.add_working_days(datetime(2020, 3, 2, 9), 1)  # noqa: DTZ001 - the mistake under test
    assert refused.value.fields == {"value": "2020-03-02T09:00:00"}


@pytest.mark.parametrize("days", [10_000_000, -10_000_000])
def test_an_absurd_limit_is_refused(days: int) -> None:
    with pytest.raises(InvalidInput):
        CALENDAR.add_working_days(at(2020, 3, 2), days)


def test_an_override_changes_the_count() -> None:
    closed = WorkingCalendar({date(2020, 3, 3): DayRule(working=False, name="封控", source="override")})
    assert closed.add_working_days(at(2020, 3, 2), 1) == end_of_day(date(2020, 3, 4))
    opened = WorkingCalendar({date(2020, 3, 7): DayRule(working=True, name="值班", source="override")})
    assert opened.add_working_days(at(2020, 3, 6), 1) == end_of_day(date(2020, 3, 7))


def test_explanation_names_what_counted_and_what_was_passed_over() -> None:
    start = at(2020, 1, 22)
    told = CALENDAR.explain(start, CALENDAR.add_working_days(start, 2))
    assert told.counted == (date(2020, 1, 23), date(2020, 2, 3))
    assert told.skipped == tuple((date(2020, 1, 24) + timedelta(days=offset), "春节") for offset in range(10))
    assert not told.estimated
    assert CALENDAR.explain(at(2031, 1, 6), at(2031, 1, 7)).estimated


@given(moments, st.integers(1, 80))
def test_what_is_added_is_counted_and_explained(start: datetime, days: int) -> None:
    due = CALENDAR.add_working_days(start, days)
    assert CALENDAR.is_working(due.date())
    assert CALENDAR.working_days_between(start, due) == days
    assert CALENDAR.working_days_between(due, start) == -days
    assert len(CALENDAR.explain(start, due).counted) == days


@given(moments, st.integers(1, 80))
def test_counting_agrees_with_walking_day_by_day(start: datetime, days: int) -> None:
    for step in (1, -1):
        day, left = start.date(), days
        while left:
            day += timedelta(days=step)
            left -= CALENDAR.is_working(day)
        assert CALENDAR.add_working_days(start, step * days).date() == day


@given(moments, st.integers(1, 40))
def test_counting_back_undoes_counting_on_from_a_working_day(start: datetime, days: int) -> None:
    working = CALENDAR.add_working_days(start, 0)
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(working, days), -days) == working


@given(moments, moments, st.integers(0, 40))
def test_a_later_start_never_gives_an_earlier_end(one: datetime, other: datetime, days: int) -> None:
    first, second = sorted((one, other))
    assert CALENDAR.add_working_days(first, days) <= CALENDAR.add_working_days(second, days)
