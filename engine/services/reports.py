"""Reports: the quarterly bulletin (工作简报), computed from history for a period and an as-of date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine import clock
from engine.rules.bulletins import Breach, ReportUnit, Totals, UnitRow, breaches, sort_bulletin, totals, unit_rows
from engine.rules.calendar import end_of_day
from engine.rules.case_facts import Period, Rate, Tally, forwarded_in, tally
from engine.services.case_facts import read_facts
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


def bulletin(session: Session, *, start: date, end: date, as_of: date) -> Bulletin:
    """Return the bulletin of the letters forwarded from ``start`` to ``end``, as known at the end of ``as_of``.

    Raises:
        InvalidInput: the period ends before it begins.

    """
    period, moment = Period(start, end), end_of_day(as_of)
    facts = read_facts(session, as_of=moment)
    units = [ReportUnit(unit.code, unit.name, UnitGroup(unit.group)) for unit in list_units(session)]
    names = {unit.code: unit.name for unit in units}
    rows = unit_rows(facts, units, period, moment)
    towns = sort_bulletin(row for row in rows if row.unit.group == UnitGroup.TOWN)
    departments = sort_bulletin(row for row in rows if row.unit.group == UnitGroup.DEPARTMENT)
    letters = forwarded_in(facts, period, moment)
    closed = [fact for fact in letters if fact.final_reviewed_at]
    topics = sorted({fact.topic for fact in letters if fact.topic})
    return Bulletin(
        start=start,
        end=end,
        as_of=as_of,
        towns=_rows(towns),
        departments=_rows(departments),
        town_totals=totals(towns),
        department_totals=totals(departments),
        totals=totals(rows),
        topics={
            topic: Rate(
                tally(fact for fact in closed if fact.topic == topic),
                tally(fact for fact in letters if fact.topic == topic),
            )
            for topic in topics
        },
        previous_letters=tally(forwarded_in(facts, previous_period(start, end), moment)),
        breaches=[_line(breach, names) for breach in breaches(facts, moment, period)],
    )


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


def _line(breach: Breach, names: dict[str, str]) -> BreachLine:
    return BreachLine(
        breach.kind, breach.number, breach.unit, names.get(breach.unit or "", ""), breach.due, breach.days
    )


def as_json(report: Bulletin) -> dict[str, Any]:
    """Return the bulletin as plain data, every count with the case numbers behind it."""
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
