"""Durations and timer bodies as models write them: ISO 8601, plus working days (``P3WD``).

Here belong reading such texts and adding a duration to a moment. Which days are working days is the
calendar's business, when a timer is armed or fired the runner's.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Protocol

from engine.bpmn.expressions import Expression, compile_expression
from engine.clock import ZONE
from engine.errors import WenzhengError

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P"
    r"(?:(?P<working_days>\d{1,5})WD|"
    r"(?:(?P<years>\d{1,5})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,5})D)?)"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,8})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,8})S)?)?",
    re.ASCII,
)
_REPEAT = re.compile(r"R(?P<count>\d{0,6})/(?:(?P<start>[^/]+)/)?(?P<duration>[^/]+)", re.ASCII)

_DURATION_FIX = "请写成 PT2H、P3D、P1M、P3WD（工作日）或 -P1WD。 Write PT2H, P3D, P1M, P3WD (working days) or -P1WD."
_TIMER_FIX = (
    "请写成时长（P3WD、PT2H）、日期时间（2020-04-01T09:00:00+08:00）、周期（R3/P1D）或 =表达式。"
    " Write a duration (P3WD, PT2H), a moment (2020-04-01T09:00:00+08:00), a cycle (R3/P1D)"
    " or an =expression."
)


class InvalidTimer(WenzhengError):
    """A text is no duration or timer body; ``fields`` has ``text`` and ``fix``."""

    code = "invalid_timer"


class WorkingCalendar(Protocol):
    """Knows the working days."""

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Return the moment ``days`` working days after ``start`` (before it, when negative)."""
        ...


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in the units it was written in; ``seconds`` holds hours, minutes and seconds."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    seconds: int = 0
    working_days: int = 0
    negative: bool = False

    @property
    def is_zero(self) -> bool:
        """Tell whether adding it changes nothing."""
        return not (self.years or self.months or self.weeks or self.days or self.seconds or self.working_days)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A cycle: every ``duration``, ``count`` times (None: for ever), from ``start`` (None: from arming)."""

    count: int | None
    start: datetime | None
    duration: Duration


@dataclass(frozen=True, slots=True)
class TimerBody:
    """What a timer says; exactly one of the four is set."""

    date: datetime | None = None
    duration: Duration | None = None
    repeat: Repeat | None = None
    expression: Expression | None = None


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> Duration:
    """Read an ISO 8601 duration in whole units, or working days.

    Raises:
        InvalidTimer: the text is no such duration.

    """
    match = _DURATION.fullmatch(text.strip())
    parts = {} if match is None else {name: int(n) for name, n in match.groupdict().items() if n and n.isdigit()}
    if match is None or not parts:
        raise InvalidTimer(
            f"“{text}” is not a duration.",
            message_zh=f"“{text}”不是有效的时长。",
            text=text,
            fix=_DURATION_FIX,
        )
    return Duration(
        years=parts.get("years", 0),
        months=parts.get("months", 0),
        weeks=parts.get("weeks", 0),
        days=parts.get("days", 0),
        seconds=parts.get("hours", 0) * 3600 + parts.get("minutes", 0) * 60 + parts.get("seconds", 0),
        working_days=parts.get("working_days", 0),
        negative=match["sign"] == "-",
    )


def add_duration(start: datetime, duration: Duration, calendar: WorkingCalendar, zone: tzinfo = ZONE) -> datetime:
    """Return ``start`` plus ``duration``, in UTC.

    Years, months, weeks, days and working days are counted on the wall clock of ``zone``, largest unit first;
    a day that a month does not have becomes its last one. Hours, minutes and seconds are elapsed time.

    Raises:
        InvalidTimer: the result lies outside the calendar.

    """
    sign = -1 if duration.negative else 1
    try:
        local = start.astimezone(zone)
        local = _add_months(local, sign * (duration.years * 12 + duration.months))
        local += timedelta(days=sign * (duration.weeks * 7 + duration.days))
        if duration.working_days:
            local = calendar.add_working_days(local, sign * duration.working_days)
        return local.astimezone(UTC) + timedelta(seconds=sign * duration.seconds)
    except OverflowError as error:
        raise InvalidTimer(
            "The duration leads outside the calendar.",
            message_zh="时长超出日历范围。",
            text=str(duration),
            fix=_DURATION_FIX,
        ) from error


def _add_months(local: datetime, months: int) -> datetime:
    if not months:
        return local
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError
    return local.replace(year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=1024)
def parse_timer(text: str) -> TimerBody:
    """Read the body of a timer event or a due date.

    Raises:
        InvalidTimer: the text is neither duration, moment, cycle nor expression.
        InvalidExpression: it begins with ``=`` and is not of the expression language.

    """
    body = text.strip()
    if body.startswith("="):
        return TimerBody(expression=compile_expression(body))
    if body.startswith("R"):
        return TimerBody(repeat=_parse_repeat(body))
    if body.lstrip("+-").startswith("P"):
        return TimerBody(duration=parse_duration(body))
    return TimerBody(date=_parse_moment(body))


def _parse_repeat(body: str) -> Repeat:
    match = _REPEAT.fullmatch(body)
    if match is None or (match["count"] and not int(match["count"])):
        raise _invalid(body)
    duration = parse_duration(match["duration"])
    if duration.is_zero or duration.negative:
        raise _invalid(body)
    return Repeat(
        count=int(match["count"]) if match["count"] else None,
        start=_parse_moment(match["start"]) if match["start"] else None,
        duration=duration,
    )


def _parse_moment(body: str) -> datetime:
    try:
        moment = datetime.fromisoformat(body)
    except ValueError as error:
        raise _invalid(body) from error
    # A model without a zone means the county's own time.
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZONE)


def _invalid(body: str) -> InvalidTimer:
    return InvalidTimer(
        f"“{body}” is not a timer.", message_zh=f"“{body}”不是有效的定时设置。", text=body, fix=_TIMER_FIX
    )
