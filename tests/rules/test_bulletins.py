"""The bulletin's tables and breaches, as the county's quarter had them [seed]."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.rules.bulletins import ReportUnit, UnitRow, breaches, sort_bulletin, totals, unit_rows
from engine.rules.calendar import ZONE, end_of_day
from engine.rules.case_facts import CaseFact, Period, Tally
from engine.vocabulary import Result, UnitGroup

QUARTER = Period(date(2020, 1, 1), date(2020, 3, 31))
AS_OF = date(2020, 3, 31)

# letters and finally reviewed ones of the county departments in the first quarter of 2020
DEPARTMENTS = {
    "交通局": (54, 54),
    "住建局": (22, 22),
    "人社局": (12, 12),
    "国土局": (12, 12),
    "卫健局": (6, 6),
    "医保局": (6, 6),
    "教育局": (5, 5),
    "市场监督管理局": (4, 4),
    "退役军人事务局": (3, 3),
    "民政局": (2, 2),
    "文旅局": (2, 2),
    "环保局": (2, 2),
    "商务局": (2, 2),
    "公安局": (2, 2),
    "房管局": (2, 2),
    "扶贫办": (1, 1),
    "银监办": (1, 1),
    "交警大队": (6, 5),
    "城管局": (5, 4),
}


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2020, month, day, hour, tzinfo=ZONE)


def department(code: str, name: str = "") -> ReportUnit:
    return ReportUnit(code, name or code, UnitGroup.DEPARTMENT)


def row(code: str, letters: int, reviewed: int) -> UnitRow:
    numbers = tuple(f"{code}-{serial:04d}" for serial in range(letters))
    return UnitRow(department(code), Tally(numbers), Tally(numbers[:reviewed]))


def letter(number: str, unit: str = "jtj", *, reviewed: bool = False) -> CaseFact:
    return CaseFact(
        number=number,
        received_at=at(3, 2),
        unit=unit,
        forwarded_at=at(3, 2),
        accept_due=end_of_day(date(2020, 3, 3)),
        accepted_at=at(3, 2, 11) if reviewed else None,
        reply_due=end_of_day(date(2020, 3, 9)),
        replied_at=at(3, 4) if reviewed else None,
        final_reviewed_at=at(3, 5) if reviewed else None,
    )


def quarter() -> tuple[list[CaseFact], list[ReportUnit]]:
    units = [department(f"D{place:02d}", name) for place, name in enumerate(DEPARTMENTS, 1)]
    facts = [
        letter(f"{unit.code}-{serial:04d}", unit.code, reviewed=serial < DEPARTMENTS[unit.name][1])
        for unit in units
        for serial in range(DEPARTMENTS[unit.name][0])
    ]
    return facts, units


def test_the_departments_table_comes_out_as_printed() -> None:
    facts, units = quarter()
    rows = sort_bulletin(unit_rows(facts, reversed(units), QUARTER, AS_OF))
    assert [each.unit.name for each in rows] == list(DEPARTMENTS)
    printed = {each.unit.name: str(each.closure_rate) for each in rows}
    assert (printed["交警大队"], printed["城管局"], printed["交通局"]) == ("83.33", "80.00", "100.00")
    under = totals(rows)
    assert (under.letters.value, under.final_reviewed.value) == (149, 147)


def test_towns_and_departments_together_close_99_67_percent() -> None:
    assert str(totals([row("towns", 449, 449), row("departments", 149, 147)]).closure_rate) == "99.67"


def test_every_count_is_made_of_its_cases() -> None:
    rows = unit_rows([letter("B", reviewed=True), letter("A")], [department("jtj")], QUARTER, AS_OF)
    assert rows[0].letters == Tally(("A", "B"))
    assert rows[0].final_reviewed == Tally(("B",))


def test_a_report_made_later_comes_out_the_same() -> None:
    known_then = replace(letter("A"), accepted_at=at(3, 2, 11))
    known_now = letter("A", reviewed=True)
    early = date(2020, 3, 2)
    units = [department("jtj")]
    assert unit_rows([known_then], units, QUARTER, early) == unit_rows([known_now], units, QUARTER, early)


def test_a_unit_without_letters_has_a_row_without_a_rate_and_stands_last() -> None:
    rows = sort_bulletin(unit_rows([letter("A", "cgj")], [department("aaa"), department("cgj")], QUARTER, AS_OF))
    assert [(each.unit.code, each.closure_rate) for each in rows] == [("cgj", Decimal("0.00")), ("aaa", None)]
    assert totals([]).closure_rate is None


def test_letters_of_a_unit_without_a_row_are_not_dropped_silently() -> None:
    with pytest.raises(InvalidInput) as refused:
        unit_rows([letter("A", "old"), letter("B")], [department("jtj")], QUARTER, AS_OF)
    assert refused.value.fields == {"numbers": ["A"]}


def test_equal_rates_and_letters_sort_by_code() -> None:
    rows = [row("b", 2, 2), row("c", 3, 3), row("a", 2, 2), row("d", 9, 8)]
    assert [each.unit.code for each in sort_bulletin(rows)] == ["c", "a", "b", "d"]


@given(st.permutations([row(f"D{each:02d}", 1 + each % 5, each % 3 % (1 + each % 5)) for each in range(12)]))
def test_the_order_does_not_depend_on_the_order_before(rows: list[UnitRow]) -> None:
    ordered = sort_bulletin(rows)
    assert ordered == sort_bulletin(reversed(rows))
    rates = [each.closure_rate for each in ordered]
    assert rates == sorted(rates, key=lambda rate: rate or Decimal(0), reverse=True)


def test_the_traffic_police_had_not_accepted_for_seven_days() -> None:
    fact = CaseFact(
        number="A",
        received_at=at(3, 23),
        unit="jjdd",
        forwarded_at=at(3, 23),
        accept_due=end_of_day(date(2020, 3, 24)),
        reply_due=end_of_day(date(2020, 3, 27)),
    )
    (breach,) = breaches([fact], QUARTER, AS_OF)
    assert (breach.kind, breach.number, breach.unit, breach.days) == ("accept_overdue", "A", "jjdd", 7)


def accepted(**changes: datetime | Result | None) -> CaseFact:
    facts: dict[str, object] = {
        "received_at": at(3, 2),
        "unit": "cgj",
        "forwarded_at": at(3, 2),
        "accept_due": end_of_day(date(2020, 3, 3)),
        "accepted_at": at(3, 2, 11),
        "reply_due": end_of_day(date(2020, 3, 30)),
    }
    return CaseFact(number="A", **(facts | changes))  # type: ignore[arg-type]


def test_the_city_management_had_accepted_and_not_replied() -> None:
    (breach,) = breaches([accepted()], QUARTER, AS_OF)
    assert (breach.kind, breach.unit, breach.days) == ("reply_overdue", "cgj", 1)


@pytest.mark.parametrize(
    "fact",
    [
        accepted(reply_due=end_of_day(AS_OF)),
        accepted(reply_due=None),
        accepted(replied_at=at(3, 31)),
        accepted(closed_at=at(3, 20), result=Result.WITHDRAWN),
        accepted(accepted_at=None, accept_due=end_of_day(AS_OF)),
        accepted(replied_at=at(3, 4), final_reviewed_at=at(3, 5)),
        accepted(final_reviewed_at=at(3, 5), redone_at=at(3, 9), reply_due=end_of_day(AS_OF)),
        accepted(final_reviewed_at=at(3, 12), redone_at=at(3, 9), reply_due=at(3, 10)),
        accepted(final_reviewed_at=at(3, 5), redone_at=at(3, 9), reply_due=at(3, 16), replied_at=at(3, 20)),
    ],
    ids=[
        "due at the end of the as-of day",
        "clock paused",
        "replied late",
        "withdrawn",
        "acceptance due at the end of the as-of day",
        "finally reviewed",
        "redo not yet due",
        "redone late",
        "redo replied late",
    ],
)
def test_no_breach(fact: CaseFact) -> None:
    assert breaches([fact], QUARTER, AS_OF) == []


def test_a_late_redo_is_a_breach_though_the_first_answer_was_reviewed() -> None:
    redoing = accepted(final_reviewed_at=at(3, 5), redone_at=at(3, 9), reply_due=end_of_day(date(2020, 3, 16)))
    (breach,) = breaches([redoing], QUARTER, AS_OF)
    assert (breach.kind, breach.unit, breach.days) == ("reply_overdue", "cgj", 15)


def test_a_redo_ordered_after_the_as_of_day_is_no_breach_yet() -> None:
    assert breaches([accepted(final_reviewed_at=at(3, 5), redone_at=at(4, 1))], QUARTER, AS_OF) == []


def test_a_limit_of_hours_is_missed_on_its_own_day() -> None:
    (breach,) = breaches([accepted(accepted_at=None, accept_due=at(3, 31, 11))], QUARTER, AS_OF)
    assert (breach.kind, breach.days) == ("accept_overdue", 0)


def test_a_reply_after_the_as_of_day_does_not_mend_the_breach() -> None:
    assert len(breaches([accepted(replied_at=at(4, 1))], QUARTER, AS_OF)) == 1


def test_what_happened_in_the_last_second_of_the_as_of_day_counts() -> None:
    late = datetime(2020, 3, 31, 23, 59, 59, 500_000, tzinfo=ZONE)
    facts = [accepted(final_reviewed_at=late), replace(accepted(), number="B", received_at=late, forwarded_at=late)]
    (row,) = unit_rows(facts, [department("cgj")], QUARTER, AS_OF)
    assert (row.letters.numbers, row.final_reviewed.numbers) == (("A", "B"), ("A",))
    midnight = late + timedelta(milliseconds=500)
    (row,) = unit_rows([accepted(final_reviewed_at=midnight)], [department("cgj")], QUARTER, AS_OF)
    assert row.final_reviewed.numbers == ()


def test_breaches_of_a_period_leave_out_older_letters() -> None:
    april = Period(date(2020, 4, 1), date(2020, 4, 30))
    assert breaches([accepted()], april, april.last) == []
    assert len(breaches([accepted()], QUARTER, april.last)) == 1
