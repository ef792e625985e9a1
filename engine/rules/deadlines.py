"""Due times and how late somebody is.

Two clocks run on every case: the platform's promise in working days and the statute in calendar days. Here is
what the statute gives, what an extension or a pause does to a limit, and how lateness is told. How long the promise
is stands in a decision table; which deadline is in force stands in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from engine.errors import InvalidInput
from engine.rules.calendar import Explanation, WorkingCalendar, end_of_day, local_date

#: So many working days before the end a deadline is "soon": the first rung of the ladder stands there.
_SOON_WORKING_DAYS: Final = 1

State = Literal["ok", "soon", "today", "late"]


class DueRule(StrEnum):
    """By which rule a due time came about."""

    CALENDAR_DAYS = "calendar_days"
    EXTENSION = "extension"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class DueTime:
    """A due time that can account for itself.

    ``days`` is what the rule counted: days granted, or working days a pause lasted. ``start`` is where it
    counted from: the event that started the clock, an extension's former due time, a pause's beginning.
    """

    due: datetime
    rule: DueRule
    days: int
    start: datetime
    explanation: Explanation

    def as_record(self) -> dict[str, object]:
        """Return the account as plain data for the ledger: ISO dates, names of the days passed over."""
        return {
            "rule": self.rule.value,
            "days": self.days,
            "start": self.start.isoformat(),
            "due": self.due.isoformat(),
            "counted": [day.isoformat() for day in self.explanation.counted],
            "skipped": [[day.isoformat(), name] for day, name in self.explanation.skipped],
            "estimated": self.explanation.estimated,
        }


@dataclass(frozen=True, slots=True)
class Remaining:
    """How a deadline stands: working days left (negative: missed by), calendar days late, a word for both."""

    working_days: int
    late_days: int
    state: State


def days_overdue(due: datetime, as_of: datetime) -> int:
    """Return by how many calendar days ``due`` is missed at ``as_of``; 0 until the day after it.

    Both breaches of the bulletin are told in such days (逾期7天 [seed]).
    """
    return max(0, (local_date(as_of) - local_date(due)).days)


def remaining(due: datetime, now: datetime, calendar: WorkingCalendar) -> Remaining:
    """Tell how the deadline ``due`` stands at ``now``."""
    left = calendar.working_days_between(now, due)
    state: State = "ok"
    if now > due:
        state = "late"
    elif local_date(now) == local_date(due):
        state = "today"
    elif left <= _SOON_WORKING_DAYS:
        state = "soon"
    return Remaining(working_days=left, late_days=days_overdue(due, now), state=state)


def statutory(start: datetime, days: int, calendar: WorkingCalendar) -> DueTime:
    """Return the statute's limit of ``days`` calendar days after ``start`` (条例 22, 23, 34 [law]).

    The starting day does not count; a last day of rest gives way to the next working day (民法典 201, 203).
    For the extension of 条例 34 pass the sum of both spans: it prolongs the period, not its moved last day.
    """
    _require_days(days)
    last = local_date(start) + timedelta(days=days)
    due = end_of_day(last if calendar.is_working(last) else calendar.next_working_day(last))
    spent = tuple(local_date(start) + timedelta(days=offset) for offset in range(1, days + 1))
    ending = calendar.explain(end_of_day(last - timedelta(days=1)), due)
    explanation = Explanation(spent, ending.skipped, ending.estimated)
    return DueTime(due, DueRule.CALENDAR_DAYS, days, start, explanation)


def extend(due: datetime, working_days: int, calendar: WorkingCalendar) -> DueTime:
    """Return ``due`` moved on by ``working_days``, counted from the old due day and not from the grant.

    Raises:
        InvalidInput: ``working_days`` is not positive.

    """
    _require_days(working_days)
    extended = calendar.add_working_days(due, working_days)
    return DueTime(extended, DueRule.EXTENSION, working_days, due, calendar.explain(due, extended))


def shift_for_pause(due: datetime, paused_at: datetime, resumed_at: datetime, calendar: WorkingCalendar) -> DueTime:
    """Return ``due`` moved on by the working days a pause (待补正) lasted; the explanation lists those days.

    A pause within one day moves nothing, and one that began after the deadline heals nothing.

    Raises:
        InvalidInput: the pause ends before it begins.

    """
    if resumed_at < paused_at:
        raise InvalidInput("A pause cannot end before it begins.", message_zh="暂停的结束时间早于开始时间。")
    told = calendar.explain(paused_at, resumed_at)
    days = 0 if paused_at > due else len(told.counted)
    shifted = calendar.add_working_days(due, days) if days else due
    return DueTime(shifted, DueRule.PAUSE, days, paused_at, told)


def _require_days(days: int) -> None:
    if days < 1:
        raise InvalidInput("A limit is at least one day.", message_zh="时限至少为一天。", days=days)
