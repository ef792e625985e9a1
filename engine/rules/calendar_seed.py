"""The years of the State Council's holiday notices that are known today, as days to seed a calendar with.

The notices come with the chinesecalendar library, whose tables are all we take from it. Years it does not
know stay out: the calendar estimates them until somebody enters the notice. A province's own changes are
overrides, which a county enters itself.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from chinese_calendar import Holiday, constants

from engine.rules.calendar import WEEKEND, DayRule

_SATURDAY: Final = 5
_MAKE_UP: Final = "调休上班"

#: The library names a festival by its English name; we show the Chinese one.
_NAMES: Final[dict[str, str]] = {festival.value: festival.chinese for festival in Holiday}


def seed_days() -> dict[date, DayRule]:
    """Return every day of every year the notices cover, worked or not, with its Chinese name.

    2020 is as it came to be: the State Council extended the Spring Festival to 2 February (24 January to
    2 February in all), so that 1 February, first announced as a make-up day, was not worked.
    """
    first = date(min(constants.holidays).year, 1, 1)
    last = date(max(constants.holidays).year, 12, 31)
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return {day: _official(day) for day in days}


def _official(day: date) -> DayRule:
    if day in constants.holidays:
        return DayRule(working=False, name=_NAMES[constants.holidays[day]])
    if day in constants.workdays:
        return DayRule(working=True, name=f"{_NAMES[constants.workdays[day]]}{_MAKE_UP}")
    weekend = day.weekday() >= _SATURDAY
    return DayRule(working=not weekend, name=WEEKEND if weekend else "")
