"""Reports: the quarterly bulletin (工作简报), computed from history for a period and an as-of date.

It can be made again later and comes out the same. So a unit bears the name under which it was last given a case by the
as-of date, whatever it was renamed to since (one that never had a case by then bears today's), and has a row if it has
letters in the period or is active today. How the bulletin looks belongs in ``documents`` and the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine import clock
from engine.rules.bulletins import Breach, ReportUnit, Totals, UnitRow, breaches, sort_bulletin, totals, unit_rows
from engine.rules.case_facts import CaseFact, Period, Rate, Tally, forwarded_in, tally
from engine.rules.indicators import Indicators, indicators
from engine.services.case_facts import read_facts, read_unit_names
from engine.services.indicator_figures import as_figures
from engine.services.people import list_units
from engine.vocabulary import UnitGroup

if TYPE_CHECKING:
    from decimal import Decimal

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Row:
    """A row of one of the bulletin's tables."""

    rank: int
    unit_code: str
    unit_name: str
    letters: Tally
    final_reviewed: Tally
    closure_rate: Decimal | None


@dataclass(frozen=True)
class BreachLine:
    """A breach with the unit's name, as the bulletin tells it."""

    kind: str
    number: str
    unit_code: str | None
    unit_name: str
    due: datetime
    days: int


@dataclass(frozen=True)
class Bulletin:
    """Everything the bulletin counts; every number knows the cases it is made of."""

    start: date
    end: date
    as_of: date
    towns: list[Row]
    departments: list[Row]
    town_totals: Totals
    department_totals: Totals
    totals: Totals
    topics: dict[str, Rate]
    previous_letters: Tally
    breaches: list[BreachLine]
    indicators: Indicators


def bulletin(session: Session, *, start: date, end: date, as_of: date) -> Bulletin:
    """Return the bulletin of the letters forwarded from ``start`` to ``end``, as known at the end of ``as_of``.

    Raises:
        InvalidInput: the period ends before it begins.

    """
    period, before = Period(start, end), previous_period(start, end)
    facts = read_facts(session, period=Period(before.first, period.last), as_of=as_of)
    letters = forwarded_in(facts, period, as_of)
    units = _units(session, letters, as_of)
    rows = unit_rows(facts, units, period, as_of)
    towns = sort_bulletin(row for row in rows if row.unit.group == UnitGroup.TOWN)
    departments = sort_bulletin(row for row in rows if row.unit.group == UnitGroup.DEPARTMENT)
    names = {unit.code: unit.name for unit in units}
    return Bulletin(
        start=start,
        end=end,
        as_of=as_of,
        towns=_rows(towns),
        departments=_rows(departments),
        town_totals=totals(towns),
        department_totals=totals(departments),
        totals=totals(rows),
        topics=_topics(letters),
        previous_letters=tally(forwarded_in(facts, before, as_of)),
        breaches=[_line(breach, names) for breach in breaches(facts, period, as_of) if _has_come(breach.due, as_of)],
        indicators=indicators(facts, period, as_of),
    )


def _units(session: Session, letters: list[CaseFact], as_of: date) -> list[ReportUnit]:
    """Return the units that have a row, under their names of the as-of date."""
    names = read_unit_names(session, as_of=as_of)
    with_letters = {fact.unit for fact in letters}
    return [
        ReportUnit(unit.code, names.get(unit.code, unit.name), UnitGroup(unit.group))
        for unit in list_units(session)
        if unit.active or unit.code in with_letters
    ]


def _topics(letters: list[CaseFact]) -> dict[str, Rate]:
    """Return 终审总数 of 信件总数 by topic."""
    rates = {}
    for topic in sorted({fact.topic for fact in letters if fact.topic}):
        whole = [fact for fact in letters if fact.topic == topic]
        rates[topic] = Rate(tally(fact for fact in whole if fact.final_reviewed_at), tally(whole))
    return rates


def previous_period(start: date, end: date) -> Period:
    """Return the period before: as many months (the quarter before a quarter), else as many days."""
    after = end + timedelta(days=1)
    if start.day == 1 and after.day == 1:
        months = (after.year - start.year) * 12 + after.month - start.month
        year, month = divmod(start.year * 12 + start.month - 1 - months, 12)
        return Period(date(year, month + 1, 1), start - timedelta(days=1))
    return Period(start - (after - start), start - timedelta(days=1))


def _rows(rows: list[UnitRow]) -> list[Row]:
    return [
        Row(rank, row.unit.code, row.unit.name, row.letters, row.final_reviewed, row.closure_rate)
        for rank, row in enumerate(rows, start=1)
    ]


def _has_come(due: datetime, as_of: date) -> bool:
    """Tell whether a deadline of the as-of day is over; a report of today looks to its end, the clock does not."""
    now = clock.now()
    return as_of != clock.local(now).date() or due < now


def _line(breach: Breach, names: dict[str, str]) -> BreachLine:
    return BreachLine(
        breach.kind, breach.number, breach.unit, names.get(breach.unit or "", ""), breach.due, breach.days
    )


def as_json(report: Bulletin) -> dict[str, Any]:
    """Return the bulletin as plain data; rows and indicators with the numbers of the cases behind them."""
    return {
        "period": {"from": report.start.isoformat(), "to": report.end.isoformat()},
        "as_of": report.as_of.isoformat(),
        "tables": {
            "towns": [_row_json(row) for row in report.towns],
            "departments": [_row_json(row) for row in report.departments],
        },
        "totals": {
            "towns": _totals_json(report.town_totals),
            "departments": _totals_json(report.department_totals),
            "all": _totals_json(report.totals),
        },
        "topics": {
            topic: {
                "letters": rate.whole.value,
                "final_reviewed": rate.part.value,
                "closure_rate": _percent(rate.percent),
            }
            for topic, rate in report.topics.items()
        },
        "previous_letters": report.previous_letters.value,
        "breaches": [
            {
                "kind": breach.kind,
                "number": breach.number,
                "unit_code": breach.unit_code,
                "unit": breach.unit_name,
                "due": clock.local(breach.due).isoformat(),
                "days_overdue": breach.days,
            }
            for breach in report.breaches
        ],
        "indicators": as_figures(report.indicators),
    }


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "unit_code": row.unit_code,
        "unit": row.unit_name,
        "letters": row.letters.value,
        "final_reviewed": row.final_reviewed.value,
        "closure_rate": _percent(row.closure_rate),
        "letter_numbers": list(row.letters.numbers),
        "final_reviewed_numbers": list(row.final_reviewed.numbers),
    }


def _totals_json(sums: Totals) -> dict[str, Any]:
    return {
        "letters": sums.letters.value,
        "final_reviewed": sums.final_reviewed.value,
        "closure_rate": _percent(sums.closure_rate),
    }


def _percent(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
