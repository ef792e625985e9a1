"""How long people take and when they are at work.

Most letters are accepted and answered on the day they arrive (当日受理、当日办结). During the epidemic the people who
deal with its letters worked every day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Final

from engine import clock
from engine.rules.calendar import WorkingCalendar
from engine.rules.calendar_seed import seed_days

_OFFICE_HOURS: Final = ((time(8, 30), time(12, 0)), (time(14, 30), time(18, 0)))
_EMERGENCY_HOURS: Final = ((time(8, 0), time(21, 0)),)
#: From the county's traffic control to the end of the closure.
_EMERGENCY: Final = (date(2020, 1, 24), date(2020, 3, 25))

#: Shortest and longest time in minutes that each step takes, counted from when somebody could begin.
_MINUTES: Final[Mapping[str, tuple[int, int]]] = {
    "classify": (5, 50),
    "forward": (5, 25),
    "assign_leader": (30, 200),
    "accept": (5, 50),
    "review_return": (15, 80),
    "adjudicate": (30, 200),
    "investigate": (30, 170),
    "assist": (60, 300),
    "extension_unit": (15, 120),
    "extension_centre": (15, 120),
    "sign_off": (10, 50),
    "first_review": (10, 45),
    "final_review": (10, 45),
    "call_back": (500, 1900),
    "redo_decision": (30, 150),
    "direct_reply": (20, 60),
    "supervise": (20, 150),
    "carry_out_instruction": (300, 1200),
    "confirm_crisis": (4, 20),
    "crisis_care": (15, 60),
    "crisis_follow_up": (30, 240),
}


def minutes_for(rng: Random, element: str) -> timedelta:
    """Draw how long a step takes."""
    return timedelta(minutes=rng.randint(*_MINUTES[element]))


@cache
def _calendar() -> WorkingCalendar:
    return WorkingCalendar(seed_days())


def at_work(moment: datetime, *, epidemic: bool) -> datetime:
    """Return ``moment``, or when the people concerned are next at work after it."""
    local = clock.local(moment)
    while True:
        for opens, closes in _hours(local.date(), epidemic=epidemic):
            if local.time() < closes:
                return max(local, datetime.combine(local.date(), opens, clock.ZONE))
        local = datetime.combine(local.date() + timedelta(days=1), time.min, clock.ZONE)


def _hours(day: date, *, epidemic: bool) -> tuple[tuple[time, time], ...]:
    first, last = _EMERGENCY
    if epidemic and first <= day <= last:
        return _EMERGENCY_HOURS
    return _OFFICE_HOURS if _calendar().is_working(day) else ()
