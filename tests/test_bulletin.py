"""The county's first quarter of 2020, run letter by letter through the procedure, gives the bulletin it printed.

The one place where the printed bulletin contradicts itself (its text counts 596 letters accepted, its own breach says
that 城管局 had accepted the one it did not answer) is told as it was: 597.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.documents.bulletin_text import bulletin_text
from engine.models.people import Unit
from engine.models.petition import Petition
from engine.services import reports
from engine.services.reports import Bulletin
from tests.demo.quarter import quarter, quarter_copy, quarter_file, quarter_postgresql_url, quarter_sqlite_url

__all__ = ["quarter", "quarter_copy", "quarter_file", "quarter_postgresql_url", "quarter_sqlite_url"]

Quarter = Callable[[], AbstractContextManager[Session]]

DATA = Path(__file__).parent / "data"
FIRST, LAST = date(2020, 1, 1), date(2020, 3, 31)
PERIOD = ("--from", "2020-01-01", "--to", "2020-03-31", "--as-of", "2020-03-31")
#: Lists of cases whose count does not bear their name.
COUNT_OF = {"numbers": "value", "letter_numbers": "letters"}

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("quarter", ["sqlite"], indirect=True)]


@pytest.fixture
def report(quarter: Quarter) -> Bulletin:
    with quarter() as session:
        return reports.bulletin(session, start=FIRST, end=LAST, as_of=LAST)


def printed() -> list[tuple[str, int, str, int, int, str]]:
    with (DATA / "bulletin-2020q1.csv").open(encoding="utf-8") as file:
        return [
            (
                row["group"],
                int(row["rank"]),
                row["unit"],
                int(row["letters"]),
                int(row["final_reviewed"]),
                row["closure_rate_percent"],
            )
            for row in csv.DictReader(file)
        ]


def counts(data: object) -> Iterator[tuple[int, list[str]]]:
    """Every count of a bulletin's data with the cases listed behind it."""
    if isinstance(data, list):
        for each in data:
            yield from counts(each)
    if isinstance(data, dict):
        for name, value in data.items():
            if name.endswith("numbers"):
                yield data[COUNT_OF.get(name, name.removesuffix("_numbers"))], value
            yield from counts(value)


def run(url: str, *words: str) -> str:
    command = [str(Path(sys.executable).with_name("wenzheng")), *words]
    environment = {**os.environ, "WENZHENG_DATABASE_URL": url}
    return subprocess.run(command, env=environment, check=True, capture_output=True, encoding="utf-8").stdout


def test_the_two_tables_are_those_the_county_printed(report: Bulletin) -> None:
    tables = (("乡镇(场、区)", report.towns), ("县直部门", report.departments))
    rows = [
        (group, row.rank, row.unit_name, row.letters.value, row.final_reviewed.value, f"{row.closure_rate:.2f}")
        for group, table in tables
        for row in table
    ]
    assert rows == printed()
    assert len(rows) == 37


def test_the_sums_are_those_the_county_printed(report: Bulletin) -> None:
    sums = [report.town_totals, report.department_totals, report.totals]
    assert [(each.letters.value, each.final_reviewed.value) for each in sums] == [(449, 449), (149, 147), (598, 596)]
    assert report.totals.closure_rate == Decimal("99.67")
    rates = {row.unit_name: row.closure_rate for row in report.departments}
    assert (rates["交警大队"], rates["城管局"]) == (Decimal("83.33"), Decimal("80.00"))


def test_all_letters_about_the_epidemic_were_finally_reviewed(report: Bulletin) -> None:
    assert list(report.topics) == ["epidemic"]
    epidemic = report.topics["epidemic"]
    assert (epidemic.part.value, epidemic.whole.value, epidemic.percent) == (387, 387, Decimal("100.00"))


def test_the_two_breaches_are_those_the_county_named(report: Bulletin) -> None:
    told = [(breach.unit_name, breach.kind, breach.days) for breach in report.breaches]
    assert told[0] == ("交警大队", "accept_overdue", 7)
    assert [each[:2] for each in told[1:]] == [("城管局", "reply_overdue")]


def test_letters_more_than_doubled_since_the_quarter_before(report: Bulletin) -> None:
    assert 0 < report.previous_letters.value * 2 < report.totals.letters.value


def test_all_letters_but_one_were_accepted_and_all_in_time(report: Bulletin) -> None:
    found = report.indicators
    assert (found.acceptance.part.value, found.acceptance.whole.value) == (597, 598)
    assert found.accepted_on_time.part == found.acceptance.part
    [unaccepted] = set(found.acceptance.whole.numbers) - set(found.acceptance.part.numbers)
    assert unaccepted == report.breaches[0].number


def test_the_text_has_the_two_annexes_line_by_line(report: Bulletin) -> None:
    annexes = (DATA / "bulletin-2020q1-annexes.txt").read_text(encoding="utf-8").splitlines()
    assert len(annexes) == 2 * 4 + 37
    assert bulletin_text(report).splitlines()[: len(annexes)] == annexes


def test_the_text_names_totals_and_breaches(report: Bulletin) -> None:
    first, second = report.breaches
    lines = bulletin_text(report).splitlines()[-5:]
    assert lines[0] == "合计 | 598 | 596 | 99.67%"
    assert lines[1] == f"上期信件总数 | {report.previous_letters.value}"
    assert lines[2] == "专题 epidemic | 387 | 387 | 100.00%"
    assert lines[3] == f"超期未受理 | 交警大队 | {first.number} | 逾期7天"
    assert lines[4] == f"受理未按时回复 | 城管局 | {second.number} | 逾期{second.days}天"


def test_the_command_prints_the_same_as_data_and_as_text(quarter_sqlite_url: str, report: Bulletin) -> None:
    told: dict[str, Any] = json.loads(run(quarter_sqlite_url, "report", "bulletin", *PERIOD, "--format", "json"))
    assert told == reports.as_json(report)
    assert told["totals"]["all"] == {"letters": 598, "final_reviewed": 596, "closure_rate": "99.67"}
    assert run(quarter_sqlite_url, "report", "bulletin", *PERIOD, "--format", "txt") == bulletin_text(report)


def test_every_count_is_the_number_of_cases_listed_with_it(quarter: Quarter, report: Bulletin) -> None:
    told = reports.as_json(report)
    listed = list(counts(told))
    assert len(listed) >= 2 * 37 + 2 * 12 + 3
    for count, numbers in listed:
        assert count == len(numbers) == len(set(numbers))
    with quarter() as session:
        known = set(session.scalars(sa.select(Petition.number)))
    assert {number for _, numbers in listed for number in numbers} <= known


def test_the_bulletin_says_what_it_said_after_units_were_renamed(quarter_copy: Path, report: Bulletin) -> None:
    engine = sa.create_engine(f"sqlite:///{quarter_copy}")
    with Session(engine) as session:
        for old, new in (("国土局", "自然资源和规划局"), ("环保局", "生态环境局")):
            renamed = session.execute(sa.update(Unit).where(Unit.name == old).values(name=new))
            assert renamed.rowcount == 1  # type: ignore[attr-defined]
        assert reports.bulletin(session, start=FIRST, end=LAST, as_of=LAST) == report
    engine.dispose()
