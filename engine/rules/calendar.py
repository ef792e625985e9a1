"""The county's working days and how a limit counted in them runs.

How days are counted belongs here; which limit a case gets and what becomes of it belongs in ``deadlines``.
The days of a year themselves are data (``calendar_seed``, the calendar screen).

A limit counts the way periods are counted in Chinese law (民法典 201, 203; before 2021 民法总则 201, 203):
the day it starts does not count, whatever the hour; its last day runs to 24:00; a last day that is a day of
rest gives way to the next working day. We write 24:00 as the last second of the day, so that a due time still
carries the date people read on it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Final, Literal
from zoneinfo import ZoneInfo

from engine.errors import InvalidInput

ZONE: Final = ZoneInfo("Asia/Shanghai")

Source = Literal["official", "estimated", "override"]

#: What a plain Saturday or Sunday is called where days are listed.
WEEKEND: Final = "周末"

_LAST_SECOND: Final = time(23, 59, 59, tzinfo=ZONE)
_WEEK: Final = 7
_WORKING_WEEK: Final = 5
_EVERY_DAY: Final = range(date.min.toordinal(), date.max.toordinal() + 1)


@dataclass(frozen=True, slots=True)
class DayRule:
    """Whether a day is worked, what it is called (a festival, a make-up day) and how we know."""

    working: bool
    name: str = ""
    source: Source = "official"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a limit ends when it does: the days that counted, the days of rest passed over, with their names.

    ``estimated`` warns that some of these days are not from an official notice.
    """

    counted: tuple[date, ...]
    skipped: tuple[tuple[date, str], ...]
    estimated: bool


_GUESSED_WORKDAY: Final = DayRule(working=True, source="estimated")
_GUESSED_WEEKEND: Final = DayRule(working=False, name=WEEKEND, source="estimated")


def local_date(moment: datetime) -> date:
    """Return the date of ``moment`` in the county.

    Raises:
        InvalidInput: ``moment`` has no zone.

    """
    if moment.tzinfo is None:
        raise InvalidInput("A time needs a time zone.", message_zh="时间缺少时区。", value=moment.isoformat())
    return moment.astimezone(ZONE).date()


def end_of_day(day: date) -> datetime:
    """Return the last second of ``day`` in the county (民法典 203: the last day ends at 24:00)."""
    return datetime.combine(day, _LAST_SECOND)


def _weekdays_to(ordinal: int) -> int:
    """Count Mondays to Fridays from 0001-01-01, a Monday, to ``ordinal`` inclusive."""
    weeks, rest = divmod(ordinal, _WEEK)
    return weeks * _WORKING_WEEK + min(rest, _WORKING_WEEK)


class WorkingCalendar:
    """Count working days. Immutable: a changed calendar is a new object.

    Only the days that differ from the plain five-day week are kept for counting, so that it costs the same
    over a week as over a century. Days outside the table follow the week and are marked as estimated.
    """

    def __init__(self, days: Mapping[date, DayRule]) -> None:
        """Take the known ``days``; every other day follows the five-day week."""
        self._days = dict(days)
        exceptions = sorted(
            (day.toordinal(), 1 if rule.working else -1)
            for day, rule in self._days.items()
            if rule.working != (day.weekday() < _WORKING_WEEK)
        )
        self._exceptions = [ordinal for ordinal, _ in exceptions]
        self._surplus = list(accumulate((sign for _, sign in exceptions), initial=0))

    def rule(self, day: date) -> DayRule:
        """Return what is known about ``day``."""
        return self._days.get(day) or (_GUESSED_WORKDAY if day.weekday() < _WORKING_WEEK else _GUESSED_WEEKEND)

    def is_working(self, day: date) -> bool:
        """Tell whether ``day`` is worked."""
        return self.rule(day).working

    def next_working_day(self, day: date) -> date:
        """Return the first working day after ``day``."""
        return self._working_day(self._count_to(day.toordinal()) + 1)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Return the end of the ``days``-th working day after the day of ``start``; negative counts back.

        Zero gives the end of the starting day, or of the next working day when that is a day of rest.

        Raises:
            InvalidInput: ``start`` has no zone, or the result lies outside the calendar of years 1 to 9999.

        """
        day = local_date(start)
        ordinal = day.toordinal()
        if days > 0:
            return end_of_day(self._working_day(self._count_to(ordinal) + days))
        if days < 0:
            return end_of_day(self._working_day(self._count_to(ordinal - 1) + days + 1))
        return end_of_day(day if self.is_working(day) else self.next_working_day(day))

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """Count the working days after the day of ``start`` up to and with that of ``end``.

        Negative when ``end`` comes first. It undoes ``add_working_days`` of a positive number, and from now
        to a due time it says what is left.
        """
        return self._count_to(local_date(end).toordinal()) - self._count_to(local_date(start).toordinal())

    def explain(self, start: datetime, due: datetime) -> Explanation:
        """List the days after ``start`` up to and with ``due``: those that counted and those passed over."""
        first, last = sorted((local_date(start), local_date(due)))
        counted: list[date] = []
        skipped: list[tuple[date, str]] = []
        estimated = False
        for day in _days_after(first, last):
            rule = self.rule(day)
            estimated = estimated or rule.source == "estimated"
            if rule.working:
                counted.append(day)
            else:
                skipped.append((day, rule.name))
        return Explanation(tuple(counted), tuple(skipped), estimated)

    def _count_to(self, ordinal: int) -> int:
        return _weekdays_to(ordinal) + self._surplus[bisect_right(self._exceptions, ordinal)]

    def _working_day(self, count: int) -> date:
        """Return the day on which the running count of working days reaches ``count``."""
        place = bisect_left(_EVERY_DAY, count, key=self._count_to)
        if count < 1 or place == len(_EVERY_DAY):
            raise InvalidInput("The limit reaches beyond the calendar.", message_zh="时限超出日历范围。")
        return date.fromordinal(_EVERY_DAY[place])


def _days_after(first: date, last: date) -> Iterator[date]:
    """Yield the days after ``first`` up to and with ``last``."""
    for offset in range(1, (last - first).days + 1):
        yield first + timedelta(days=offset)
