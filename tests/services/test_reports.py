"""The bulletin is read from history as known at the end of a day, and comes out the same whenever it is made."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.clock import ZONE, ManualClock
from engine.demo.seed import load_reference
from engine.models.people import Unit
from engine.models.petition import Petition
from engine.models.process import Deployment, ProcessInstance
from engine.rules.case_facts import Period
from engine.services import case_facts, history, reports
from engine.services.history import Entry
from engine.services.reports import Bulletin, as_json

Uow = Callable[[], AbstractContextManager[Session]]
Event = tuple[str, datetime, dict[str, Any]]
File = Callable[..., str]

QUARTER = Period(date(2020, 1, 1), date(2020, 3, 31))
END = date(2020, 3, 31)
LAST_MOMENT = datetime(2020, 3, 31, 23, 59, 59, 500_000, tzinfo=ZONE)
NATURAL_RESOURCES = "D04"


def at(month: int, day: int, hour: int = 10, *, year: int = 2020) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZONE)


@pytest.fixture
def county(uow: Uow) -> Uow:
    """The county's 37 units, without a letter."""
    with uow() as session:
        load_reference(session)
        session.add(
            Deployment(
                key="petition", version=1, content_hash="0", files={}, published_at=at(1, 1), published_by="editor1"
            )
        )
    return uow


@pytest.fixture
def file(county: Uow) -> File:
    """File a case of which this happened: ``(kind, when, what)``."""
    serials = itertools.count(1)

    def file(*events: Event) -> str:
        number = f"WZ20200101-{next(serials):04d}"
        with county() as session:
            deployment = session.scalars(sa.select(Deployment.id)).one()
            instance = ProcessInstance(
                deployment_id=deployment, business_key=number, state=b"", started_at=events[0][1]
            )
            session.add(instance)
            session.flush()
            petition = Petition(
                instance_id=instance.id,
                number=number,
                query_code_hash="0",
                channel="web",
                title="路灯不亮",
                content="村口路灯坏了一个月。",
                type="help",
                received_at=events[0][1],
            )
            session.add(petition)
            entries = [Entry(kind, when, "system", data=data) for kind, when, data in events]
            instance.history_seq, instance.history_head = history.append(
                session, instance_id=instance.id, seq=0, head="", entries=entries
            )
        return number

    return file


def received(when: datetime, **data: object) -> Event:
    return ("received", when, data)


def forwarded(when: datetime, unit: str = "T01", name: str = "城关镇", **data: object) -> Event:
    return ("forwarded", when, {"unit": unit, "unit_name": name, **data})


def due(when: datetime, clock: str = "accept") -> Event:
    return ("deadline_set", at(1, 1), {"clock": clock, "due": when.isoformat()})


def bulletin(county: Uow, period: Period = QUARTER, as_of: date | None = None) -> Bulletin:
    with county() as session:
        return reports.bulletin(session, start=period.first, end=period.last, as_of=as_of or period.last)


def names(report: Bulletin) -> dict[str, str]:
    return {row.unit_code: row.unit_name for row in (*report.towns, *report.departments)}


def rename(county: Uow, code: str, name: str) -> None:
    with county() as session:
        session.execute(sa.update(Unit).where(Unit.code == code).values(name=name))


def test_what_happens_in_the_last_second_of_the_as_of_day_is_counted(county: Uow, file: File) -> None:
    reviewed = file(received(at(3, 30)), forwarded(at(3, 30)), ("final_reviewed", LAST_MOMENT, {}))
    late = file(received(LAST_MOMENT), forwarded(LAST_MOMENT))
    file(received(LAST_MOMENT), forwarded(LAST_MOMENT + timedelta(milliseconds=500)))
    sums = bulletin(county, as_of=END).totals
    assert (sums.letters.numbers, sums.final_reviewed.numbers) == ((reviewed, late), (reviewed,))


def test_a_deadline_that_ends_with_the_as_of_day_is_no_breach_on_it(county: Uow, file: File) -> None:
    number = file(received(at(3, 30)), forwarded(at(3, 30)), due(datetime(2020, 3, 31, 23, 59, 59, tzinfo=ZONE)))
    assert bulletin(county, as_of=END).breaches == []
    [breach] = bulletin(county, as_of=date(2020, 4, 1)).breaches
    assert (breach.number, breach.kind, breach.unit_name, breach.days) == (number, "accept_overdue", "城关镇", 1)


def test_nobody_is_late_today_before_the_hour_has_come(county: Uow, file: File, clock: ManualClock) -> None:
    file(received(at(3, 30)), forwarded(at(3, 30)), due(datetime(2020, 3, 31, 16, tzinfo=ZONE)))
    clock.set(datetime(2020, 3, 31, 9, tzinfo=ZONE))
    assert bulletin(county, as_of=END).breaches == []
    clock.set(datetime(2020, 3, 31, 17, tzinfo=ZONE))
    assert len(bulletin(county, as_of=END).breaches) == 1


def test_only_cases_of_the_period_and_the_one_before_are_read(county: Uow, file: File) -> None:
    file(received(at(9, 30, 12, year=2019)), forwarded(at(9, 30, 13, year=2019)))
    before = file(received(at(10, 1, 0, year=2019)), forwarded(at(10, 1, year=2019)))
    older = file(received(at(9, 30, year=2019)), forwarded(at(1, 2)))
    waiting = file(received(at(3, 31)))
    file(received(at(4, 1, 0)), forwarded(at(4, 1, 0)))
    half_year = Period(date(2019, 10, 1), END)
    with county() as session:
        facts = case_facts.read_facts(session, period=half_year, as_of=date(2020, 4, 30))
    assert {fact.number for fact in facts} == {before, older, waiting}
    report = bulletin(county, as_of=date(2020, 4, 30))
    assert report.totals.letters.numbers == (older,)
    assert report.previous_letters.numbers == (before,)


def test_a_case_of_the_period_is_read_with_all_that_came_later(county: Uow, file: File) -> None:
    number = file(received(at(3, 30)), forwarded(at(3, 31)), ("final_reviewed", at(4, 20), {}))
    assert bulletin(county, as_of=END).totals.final_reviewed.numbers == ()
    assert bulletin(county, as_of=date(2020, 4, 20)).totals.final_reviewed.numbers == (number,)


def test_a_unit_renamed_after_the_quarter_keeps_its_name_in_the_quarters_bulletin(county: Uow, file: File) -> None:
    file(received(at(2, 3)), forwarded(at(2, 3), NATURAL_RESOURCES, "国土局"), due(at(2, 4, 9)))
    file(
        received(at(3, 3)), forwarded(at(3, 3), "T01"), ("reassigned", at(3, 4), {"unit": "D12", "unit_name": "环保局"})
    )
    then = bulletin(county, as_of=END)
    rename(county, NATURAL_RESOURCES, "自然资源和规划局")
    rename(county, "D12", "生态环境局")
    file(received(at(4, 3)), forwarded(at(4, 3), NATURAL_RESOURCES, "自然资源和规划局"))
    again = bulletin(county, as_of=END)
    assert again == then
    assert (names(again)[NATURAL_RESOURCES], names(again)["D12"]) == ("国土局", "环保局")
    assert [breach.unit_name for breach in again.breaches] == ["国土局"]
    spring = bulletin(county, Period(date(2020, 4, 1), date(2020, 6, 30)))
    assert names(spring)[NATURAL_RESOURCES] == "自然资源和规划局"


def test_a_unit_without_letters_in_the_quarter_bears_the_name_of_its_last_letter(county: Uow, file: File) -> None:
    file(received(at(5, 6, year=2018)), forwarded(at(5, 6, year=2018), NATURAL_RESOURCES, "国土局"))
    rename(county, NATURAL_RESOURCES, "自然资源和规划局")
    assert names(bulletin(county))[NATURAL_RESOURCES] == "国土局"


def test_a_unit_that_never_had_a_letter_bears_its_name_of_today(county: Uow) -> None:
    rename(county, NATURAL_RESOURCES, "自然资源和规划局")
    assert names(bulletin(county))[NATURAL_RESOURCES] == "自然资源和规划局"


def test_a_unit_that_no_longer_works_has_a_row_where_it_has_letters(county: Uow, file: File) -> None:
    file(received(at(2, 3)), forwarded(at(2, 3), NATURAL_RESOURCES, "国土局"))
    with county() as session:
        session.execute(sa.update(Unit).where(Unit.code == NATURAL_RESOURCES).values(active=False))
    assert NATURAL_RESOURCES in names(bulletin(county))
    assert NATURAL_RESOURCES not in names(bulletin(county, Period(date(2020, 4, 1), date(2020, 6, 30))))


@pytest.mark.parametrize(
    ("told", "topic"), [({"topic": "epidemic"}, "epidemic"), ({"topic": ""}, None), ({}, "spring")]
)
def test_a_letter_has_the_topic_it_was_forwarded_with(
    county: Uow, file: File, told: dict[str, str], topic: str | None
) -> None:
    file(received(at(2, 3), topic="spring"), forwarded(at(2, 3), **told))
    with county() as session:
        [fact] = case_facts.read_facts(session, period=QUARTER, as_of=END)
    assert fact.topic == topic


def test_a_letter_received_with_an_empty_topic_has_none(county: Uow, file: File) -> None:
    file(received(at(2, 3), topic=""), forwarded(at(2, 3)))
    assert bulletin(county).topics == {}


def test_a_redo_that_is_late_is_named_with_its_own_days(county: Uow, file: File) -> None:
    number = file(
        received(at(2, 3)),
        forwarded(at(2, 3)),
        due(at(2, 10), "reply"),
        ("accepted", at(2, 4), {}),
        ("reply_sent_up", at(2, 6), {}),
        ("final_reviewed", at(2, 7), {}),
        ("redo_started", at(2, 11), {}),
        due(at(2, 18), "reply"),
    )
    assert bulletin(county, as_of=date(2020, 2, 17)).breaches == []
    [breach] = bulletin(county, as_of=date(2020, 2, 20)).breaches
    assert (breach.kind, breach.number, breach.days) == ("reply_overdue", number, 2)


def test_every_indicator_is_told_with_its_cases(county: Uow, file: File) -> None:
    answered = file(
        received(at(2, 3)),
        forwarded(at(2, 3)),
        due(at(2, 4)),
        due(at(2, 10), "reply"),
        ("accepted", at(2, 3, 11), {}),
        ("reply_sent_up", at(2, 6), {}),
        ("final_reviewed", at(2, 7), {}),
        ("followed_up", at(2, 9), {"satisfaction": "satisfied"}),
    )
    late = file(received(at(2, 3)), forwarded(at(2, 3)), due(at(2, 4)))
    again = file(received(at(2, 5)), ("merged", at(2, 5), {}))
    withdrawn = file(received(at(2, 3)), forwarded(at(2, 3)), ("withdrawn", at(2, 4), {}))
    told = as_json(bulletin(county))["indicators"]
    assert told["rates"]["acceptance"] == {
        "part": 1,
        "whole": 2,
        "percent": "50.00",
        "part_numbers": [answered],
        "whole_numbers": [answered, late],
    }
    assert told["rates"]["repeated"]["part_numbers"] == [again]
    assert told["rates"]["satisfied"]["percent"] == told["rates"]["rated"]["percent"] == "100.00"
    assert told["counts"]["withdrawn"] == {"value": 1, "numbers": [withdrawn]}
    assert told["rates"]["extended"]["percent"] == "0.00"


def test_nothing_of_nothing_has_no_rate_in_the_data(county: Uow) -> None:
    assert {rate["percent"] for rate in as_json(bulletin(county))["indicators"]["rates"].values()} == {None}


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (QUARTER, ("2019-10-01", "2019-12-31")),
        (Period(date(2020, 3, 1), date(2020, 3, 31)), ("2020-02-01", "2020-02-29")),
        (Period(date(2020, 3, 10), date(2020, 3, 12)), ("2020-03-07", "2020-03-09")),
    ],
)
def test_the_period_before_is_as_long(period: Period, before: Sequence[str]) -> None:
    found = reports.previous_period(period.first, period.last)
    assert found == replace(period, first=date.fromisoformat(before[0]), last=date.fromisoformat(before[1]))
