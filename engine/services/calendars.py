"""The county's calendar in the database, and the working calendar this process reckons with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.db import table_of
from engine.models.calendar import CalendarDay
from engine.rules.calendar import DayRule, WorkingCalendar
from engine.rules.calendar_seed import seed_days

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_calendars: dict[str, WorkingCalendar] = {}


def seed_calendar(session: Session) -> int:
    """Fill an empty calendar with the published holidays; return the number of days added."""
    if session.scalar(sa.select(sa.func.count()).select_from(CalendarDay)):
        return 0
    days = seed_days()
    rows = [
        {"day": day, "working": rule.working, "name": rule.name, "source": rule.source} for day, rule in days.items()
    ]
    session.execute(sa.insert(CalendarDay), rows)
    forget()
    return len(rows)


def working_calendar(session: Session) -> WorkingCalendar:
    """Return the calendar of the session's database, read once per process."""
    url = str(session.get_bind().engine.url)
    if url not in _calendars:
        # Plain rows: thousands of objects would take longer to make than everything else in a command.
        rows = session.execute(sa.select(*table_of(CalendarDay).c))
        _calendars[url] = WorkingCalendar({day: DayRule(working, name, source) for day, working, name, source in rows})
    return _calendars[url]


def forget() -> None:
    """Read the calendar afresh next time, after it changed."""
    _calendars.clear()
