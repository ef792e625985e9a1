"""Which period and as-of date the address of the bulletin asks for, and the cases that one of its numbers counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from engine import clock
from engine.services import reports
from engine.vocabulary import UnitGroup
from webui.filters import day
from webui.navigation import unit_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from engine.services.reports import Bulletin


_YEARS: Final = range(1900, 2200)


@dataclass(frozen=True)
class Period:
    """What the bulletin covers, and the day from which it looks back."""

    start: date
    end: date
    as_of: date

    def address(self) -> dict[str, str]:
        """Return the period as arguments of an address."""
        return {"from": self.start.isoformat(), "to": self.end.isoformat(), "as_of": self.as_of.isoformat()}


def read_period(values: Mapping[str, str]) -> Period:
    """Read the period from an address; what is missing or no date is the last full quarter, as known when it ended."""
    start, end = read_day(values.get("from")), read_day(values.get("to"))
    if start is None or end is None:
        start, end = _last_quarter()
    return Period(start, end, read_day(values.get("as_of")) or end)


def _last_quarter() -> tuple[date, date]:
    today = clock.local(clock.now()).date()
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    before = reports.previous_period(first, _month_end(first, 3))
    return before.first, before.last


def _month_end(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def read_day(text: str | None) -> date | None:
    """Return a date of an address; nonsense is none, and so is a year no letter can be of."""
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.year in _YEARS else None


def write_bulletin(session: Session, *, period: Period) -> Bulletin:
    """Return the bulletin of ``period``."""
    return reports.bulletin(session, start=period.start, end=period.end, as_of=period.as_of)


def counted(session: Session, *, values: Mapping[str, str]) -> tuple[frozenset[str], str]:
    """Return the cases a number of the bulletin counts, reckoned as the bulletin does, and what number that is."""
    period = read_period(values)
    report = write_bulletin(session, period=period)
    sums = {UnitGroup.TOWN: report.town_totals, UnitGroup.DEPARTMENT: report.department_totals}
    rows = {row.unit_code: row for row in (*report.towns, *report.departments)}
    chosen = rows.get(values.get("unit", "")) or sums.get(values.get("group", ""), report.totals)  # type: ignore[call-overload]
    tally = chosen.final_reviewed if values["counted"] == "final_reviewed" else chosen.letters
    if values.get("topic") in report.topics:
        rate = report.topics[values["topic"]]
        tally = rate.part if values["counted"] == "final_reviewed" else rate.whole
    told = {"start": day(period.start), "end": day(period.end), "as_of": day(period.as_of)}
    told["unit"] = unit_name(values.get("unit")) or _("all units")
    return frozenset(tally.numbers), _("Bulletin %(start)s to %(end)s, as of %(as_of)s: %(unit)s", **told)
