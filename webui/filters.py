"""How moments, limits, numbers and names are written on every page.

Formatting belongs here; what a code is called stands in ``labels``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from babel.dates import format_skeleton
from flask import g
from flask_babel import get_locale, lazy_gettext, ngettext
from flask_babel import gettext as _

from engine import clock
from engine.db import unit_of_work
from engine.rules.deadlines import remaining
from engine.rules.masking import mask_name, mask_phone, mask_text
from engine.services.calendars import working_calendar

if TYPE_CHECKING:
    from decimal import Decimal

    from flask import Flask

    from engine.rules.calendar import WorkingCalendar
    from engine.rules.deadlines import Remaining

_WEEKDAYS: Final = (
    lazy_gettext("Mon"),
    lazy_gettext("Tue"),
    lazy_gettext("Wed"),
    lazy_gettext("Thu"),
    lazy_gettext("Fri"),
    lazy_gettext("Sat"),
    lazy_gettext("Sun"),
)
_DURATION: Final = re.compile(
    r"^P(?:(?P<working>\d+)WD|(?P<days>\d+)D|T(?P<hours>\d+)H|T(?P<minutes>\d+)M)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Standing:
    """How a deadline stands, as chip: a CSS class and words."""

    state: str
    words: str


def day(value: datetime | date | str) -> str:
    """Return a date with its weekday: ``2020-03-31 周二``."""
    value = _date(value)
    return f"{value.isoformat()} {_WEEKDAYS[value.weekday()]}"


def plain_day(value: datetime | date | str) -> str:
    """Return a date as one says it: ``4月9日``."""
    return str(format_skeleton("MMMMd", _date(value), locale=get_locale()))


def moment(value: datetime) -> str:
    """Return date and minute: ``2020-03-31 周二 14:05``."""
    return f"{day(value)} {clock.local(value):%H:%M}"


def _date(value: datetime | date | str) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return clock.local(value).date() if isinstance(value, datetime) else value


def duration(text: str) -> str:
    """Return a limit in words: ``P3WD`` is three working days; what is not so simple stays as it is."""
    match = _DURATION.match(text)
    if match is None:
        return text
    parts = {unit: int(number) for unit, number in match.groupdict().items() if number}
    (unit, number), *_rest = parts.items()
    if unit == "working":
        return ngettext("%(num)s working day", "%(num)s working days", number)
    if unit == "days":
        return ngettext("%(num)s day", "%(num)s days", number)
    if unit == "hours":
        return ngettext("%(num)s hour", "%(num)s hours", number)
    return ngettext("%(num)s minute", "%(num)s minutes", number)


def standing(due: datetime | None, met: datetime | None = None, ended: datetime | None = None) -> Standing:
    """Tell how a deadline stands now, stood when it was met, or stood when the case ended without meeting it."""
    if due is None:
        return Standing("paused", _("clock paused"))
    if met is not None:
        late = remaining(due, met, _calendar()).late_days
        words = ngettext("met %(num)s day late", "met %(num)s days late", late) if late else _("met")
        return Standing("late" if late else "met", words)
    if ended is not None and ended <= due:
        return Standing("ended", _("no longer runs"))
    return _running(remaining(due, ended or clock.now(), _calendar()))


def _running(left: Remaining) -> Standing:
    if left.state == "late":
        late = left.late_days
        words = ngettext("%(num)s day overdue", "%(num)s days overdue", late) if late else _("overdue today")
    elif left.state == "today":
        words = _("due today")
    else:
        words = ngettext("%(num)s working day left", "%(num)s working days left", left.working_days)
    return Standing(left.state, words)


def _calendar() -> WorkingCalendar:
    if "calendar" not in g:
        with unit_of_work(read_only=True) as session:
            g.calendar = working_calendar(session)
    calendar: WorkingCalendar = g.calendar
    return calendar


def percent(value: Decimal | None) -> str:
    """Return a rate with two decimals; a rate of nothing is a dash."""
    return "—" if value is None else f"{value:.2f}%"


def shorten(text: str, length: int = 80) -> str:
    """Return the beginning of ``text`` on one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


def register(app: Flask) -> None:
    """Give the templates these filters, and the two functions that need more than a value."""
    for function in (day, plain_day, moment, duration, percent, shorten, mask_name, mask_phone, mask_text):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals["standing"] = standing
