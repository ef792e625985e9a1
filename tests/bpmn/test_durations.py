from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.durations import Duration, InvalidTimer, Repeat, add_duration, parse_duration, parse_timer
from engine.bpmn.expressions import InvalidExpression
from engine.clock import ZONE


class Weekdays:
    """A working calendar with nothing but weekends."""

    def add_working_days(self, start: datetime, days: int) -> datetime:
        step = timedelta(days=1 if days > 0 else -1)
        while days:
            start += step
            if start.weekday() < 5:
                days -= 1 if days > 0 else -1
        return start


def after(start: str, duration: str, zone: ZoneInfo = ZONE) -> str:
    """Add a duration to a local time without zone and return the local time."""
    moment = add_duration(
        datetime.fromisoformat(start).replace(tzinfo=zone), parse_duration(duration), Weekdays(), zone
    )
    assert moment.tzinfo is UTC
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT2H", Duration(seconds=7200)),
        ("PT1H30M5S", Duration(seconds=5405)),
        ("P3D", Duration(days=3)),
        ("P1Y2M3W4DT5S", Duration(years=1, months=2, weeks=3, days=4, seconds=5)),
        ("P3WD", Duration(working_days=3)),
        ("-P1WD", Duration(working_days=1, negative=True)),
        ("P1WDT2H", Duration(working_days=1, seconds=7200)),
        ("P2W", Duration(weeks=2)),
        ("P0D", Duration()),
        ("+P1D", Duration(days=1)),
        (" P1D\n", Duration(days=1)),
    ],
)
def test_durations_are_iso_8601_and_working_days(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "1D",
        "p1d",
        "P1.5D",
        "P-1D",
        "PT1D",
        "P3WD1D",
        "P1D2WD",
        "--P1D",
        "P1H",
        "P\N{ARABIC-INDIC DIGIT ONE}D",
        "P9999999D",
        "3 days",
    ],
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(InvalidTimer) as refused:
        parse_duration(text)

    assert refused.value.fields["text"] == text
    assert "P3WD" in str(refused.value.fields["fix"])


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2020-01-31 09:00", "P1M", "2020-02-29 09:00"),
        ("2019-01-31 09:00", "P1M", "2019-02-28 09:00"),
        ("2020-03-31 09:00", "-P1M", "2020-02-29 09:00"),
        ("2020-02-29 09:00", "P1Y", "2021-02-28 09:00"),
        ("2020-11-30 09:00", "P3M", "2021-02-28 09:00"),
        ("2020-01-15 09:00", "-P13M", "2018-12-15 09:00"),
        ("2020-01-31 09:00", "P1M1D", "2020-03-01 09:00"),
        ("2020-01-17 16:30", "P1WD", "2020-01-20 16:30"),
        ("2020-01-20 16:30", "-P1WD", "2020-01-17 16:30"),
        ("2020-01-17 16:30", "P1WDT2H", "2020-01-20 18:30"),
        ("2020-01-17 23:30", "PT2H", "2020-01-18 01:30"),
    ],
)
def test_months_clamp_to_their_last_day_and_working_days_ask_the_calendar(start: str, duration: str, end: str) -> None:
    assert after(start, duration) == end


def test_days_are_wall_clock_and_hours_are_elapsed_where_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    assert after("2020-03-28 12:00", "P1D", berlin) == "2020-03-29 12:00"
    assert after("2020-03-28 12:00", "PT24H", berlin) == "2020-03-29 13:00"
    assert after("2020-03-28 02:30", "P1D", berlin) == "2020-03-29 03:30"  # 02:30 does not exist that day


def test_the_start_may_be_given_in_any_zone() -> None:
    start = datetime(2020, 1, 30, 20, tzinfo=UTC)  # the 31st in Shanghai

    assert (
        add_duration(start, parse_duration("P1M"), Weekdays()).astimezone(ZONE).isoformat()
        == "2020-02-29T04:00:00+08:00"
    )


@pytest.mark.parametrize("duration", ["P9000Y", "-P9000Y", "P99999M", "P99999Y"])
def test_a_duration_out_of_the_calendar_is_refused(duration: str) -> None:
    with pytest.raises(InvalidTimer, match="outside the calendar"):
        after("2020-01-01 00:00", duration)


def test_timer_bodies_are_dates_durations_cycles_or_expressions() -> None:
    assert parse_timer("2020-04-01T09:00:00+08:00").date == datetime(2020, 4, 1, 1, tzinfo=UTC)
    assert parse_timer("2020-04-01T01:00:00Z").date == datetime(2020, 4, 1, 1, tzinfo=UTC)
    assert parse_timer("2020-04-01T09:00:00").date == datetime(2020, 4, 1, 9, tzinfo=ZONE)
    assert parse_timer("2020-04-01").date == datetime(2020, 4, 1, tzinfo=ZONE)
    assert parse_timer(" P3WD ").duration == Duration(working_days=3)
    assert parse_timer("-P1WD").duration == Duration(working_days=1, negative=True)
    assert parse_timer("R3/P1D").repeat == Repeat(3, None, Duration(days=1))
    assert parse_timer("R/PT1H").repeat == Repeat(None, None, Duration(seconds=3600))
    assert parse_timer("R2/2020-04-01T09:00:00/P1D").repeat == Repeat(
        2, datetime(2020, 4, 1, 9, tzinfo=ZONE), Duration(days=1)
    )
    expression = parse_timer('=add(accept_due, "-P1WD")').expression
    assert expression is not None
    assert expression.names == {"accept_due"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "accept_due",
        "R3",
        "R3/",
        "R0/P1D",
        "R-1/P1D",
        "R3/P0D",
        "R3/-P1D",
        "R3/P1D/2020-01-01",
        "R3/later/P1D",
        "2020-13-01",
        "P",
        "${limit}",
    ],
)
def test_anything_else_is_no_timer(text: str) -> None:
    with pytest.raises(InvalidTimer) as refused:
        parse_timer(text)

    assert refused.value.message_zh
    assert refused.value.fields["fix"]


def test_an_expression_must_be_of_the_language() -> None:
    with pytest.raises(InvalidExpression):
        parse_timer("=when.isoformat()")


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(ZONE)),  # noqa: DTZ001 - bounds are naive
    st.integers(0, 500),
    st.integers(0, 500),
)
def test_months_land_in_the_month_they_name_and_days_keep_the_hour(start: datetime, months: int, days: int) -> None:
    by_month = add_duration(start, Duration(months=months), Weekdays()).astimezone(ZONE)
    by_day = add_duration(start, Duration(days=days), Weekdays()).astimezone(ZONE)

    assert (by_month.year * 12 + by_month.month) - (start.year * 12 + start.month) == months
    assert by_month.day <= start.day
    assert (by_day.date() - start.date()).days == days
