"""The quarterly bulletin's numbers (工作简报): the tables of units and the breaches it names.

Counting belongs here; the wording and the layout do not. The other indicators stand in ``indicators``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from engine.errors import InvalidInput
from engine.rules.calendar import end_of_day
from engine.rules.case_facts import CaseFact, Period, Rate, Tally, forwarded_in, is_missed, tally
from engine.rules.deadlines import days_overdue
from engine.vocabulary import UnitGroup

BreachKind = Literal["accept_overdue", "reply_overdue"]


@dataclass(frozen=True, slots=True)
class ReportUnit:
    """A unit that has a row in the bulletin, under the name it bears there."""

    code: str
    name: str
    group: UnitGroup


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit's row: 信件总数, 终审总数, 办结率."""

    unit: ReportUnit
    letters: Tally
    final_reviewed: Tally

    @property
    def closure_rate(self) -> Decimal | None:
        """终审总数 of 信件总数 in per cent; nothing for a unit without letters."""
        return Rate(self.final_reviewed, self.letters).percent


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums under a table."""

    letters: Tally
    final_reviewed: Tally

    @property
    def closure_rate(self) -> Decimal | None:
        """终审总数 of 信件总数 in per cent; nothing without letters."""
        return Rate(self.final_reviewed, self.letters).percent


@dataclass(frozen=True, slots=True)
class Breach:
    """A deadline missed and still open: 超期未受理 or 受理未按时回复, and by how many calendar days."""

    kind: BreachKind
    number: str
    unit: str | None
    due: datetime
    days: int


def unit_rows(facts: Iterable[CaseFact], units: Iterable[ReportUnit], period: Period, as_of: date) -> list[UnitRow]:
    """Count each unit's letters of ``period`` and those finally reviewed by ``as_of``, in the order of ``units``.

    Raises:
        InvalidInput: a letter belongs to a unit without a row: the sums would not add up.

    """
    by_unit: defaultdict[str | None, list[CaseFact]] = defaultdict(list)
    for fact in forwarded_in(facts, period, as_of):
        by_unit[fact.unit].append(fact)
    rows = [_row(unit, by_unit.pop(unit.code, [])) for unit in units]
    if by_unit:
        strays = [fact.number for facts_of_unit in by_unit.values() for fact in facts_of_unit]
        raise InvalidInput(
            "Some letters belong to no unit of the bulletin.",
            message_zh="部分信件所属单位不在统计表中。",
            numbers=sorted(strays),
        )
    return rows


def sort_bulletin(rows: Iterable[UnitRow]) -> list[UnitRow]:
    """Sort as the bulletin does: 办结率 descending, then letters descending, then code; no letters, no rate: last.

    The printed percentage decides, so that what looks equal in the table is equal in the order.
    """

    def place(row: UnitRow) -> tuple[Decimal, int, str]:
        rate = row.closure_rate
        return (Decimal(1) if rate is None else -rate, -row.letters.value, row.unit.code)

    return sorted(rows, key=place)


def totals(rows: Sequence[UnitRow]) -> Totals:
    """Sum up ``rows``."""
    return Totals(
        letters=Tally(tuple(sorted(number for row in rows for number in row.letters.numbers))),
        final_reviewed=Tally(tuple(sorted(number for row in rows for number in row.final_reviewed.numbers))),
    )


def breaches(facts: Iterable[CaseFact], period: Period, as_of: date) -> list[Breach]:
    """Return the deadlines missed on ``as_of`` by letters of ``period`` still open, by kind, unit and number.

    超期未受理: not accepted though due. 受理未按时回复: accepted, and no reply sent up though due; a redo owes a reply
    of its own. Somebody who was late but has answered since is told apart by the indicators.
    """
    found = [breach for fact in forwarded_in(facts, period, as_of) if (breach := _breach(fact, as_of))]
    return sorted(found, key=lambda breach: (breach.kind, breach.unit or "", breach.number))


def _row(unit: ReportUnit, facts: Sequence[CaseFact]) -> UnitRow:
    return UnitRow(unit, tally(facts), tally(fact for fact in facts if fact.final_reviewed_at))


def _breach(fact: CaseFact, as_of: date) -> Breach | None:
    reviewed = fact.final_reviewed_at and not fact.is_being_redone
    if fact.closed_at or reviewed or fact.replied_at:
        return None
    kind: BreachKind = "reply_overdue" if fact.accepted_at else "accept_overdue"
    due = fact.reply_due if fact.accepted_at else fact.accept_due
    if due is None or not is_missed(due, as_of):
        return None
    return Breach(kind, fact.number, fact.unit, due, days_overdue(due, end_of_day(as_of)))
