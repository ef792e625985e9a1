from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import db
from engine.demo import DemoSummary, load_demo
from engine.demo.loading import TODAY
from engine.demo.quarters import demo_letters
from engine.errors import Conflict, Misconfigured
from engine.models.history import HistoryEvent
from engine.models.jobs import Fact
from engine.models.petition import Petition, Reply
from engine.services import petitions
from engine.settings import settings
from engine.vocabulary import PetitionType

Uow = Callable[[], AbstractContextManager[Session]]

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def load(letters: int | None) -> DemoSummary:
    return load_demo(letters=letters, progress=lambda _done, _total: None)


def state(uow: Uow) -> dict[str, object]:
    """What a second run must not change."""
    with uow() as session:
        return {
            "letters": session.scalars(sa.select(Petition.number).order_by(Petition.id)).all(),
            "history": session.scalar(sa.select(sa.func.count()).select_from(HistoryEvent)),
            "facts": {fact.name: dict(fact.value) for fact in session.scalars(sa.select(Fact))},
        }


def test_a_few_letters_come_from_all_over_the_time(database_url: str, uow: Uow) -> None:
    summary = load(12)

    with uow() as session:
        years = Counter(moment.year for moment in session.scalars(sa.select(Petition.received_at)))
    assert summary.letters == summary.loaded == sum(years.values())
    assert set(years) == {2019, 2020}


@on_sqlite
def test_loading_again_changes_nothing(uow: Uow) -> None:
    load(12)
    before = state(uow)

    summary = load(12)

    assert summary.loaded == 0
    assert state(uow) == before


class PowerCutError(Exception):
    """What interrupts a load."""


def test_an_interrupted_load_goes_on_where_it_stopped(database_url: str, uow: Uow) -> None:
    def cut(done: int, _total: int) -> None:
        if done >= 10:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        load_demo(letters=14, progress=cut)
    with uow() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Petition)) == 10

    summary = load(14)

    assert (summary.letters, summary.loaded) == (14, 4)
    with uow() as session:
        numbers = session.scalars(sa.select(Petition.upstream_number)).all()
    assert len(numbers) == 14
    assert "demo_clock" in state(uow)["facts"]  # type: ignore[operator]


@on_sqlite
def test_progress_runs_from_nothing_to_all(uow: Uow) -> None:
    told: list[tuple[int, int]] = []

    load_demo(letters=15, progress=lambda done, total: told.append((done, total)))

    assert told[0] == (0, 15)
    assert told[-1] == (15, 15)
    assert told == sorted(told)


@pytest.mark.postgresql
def test_both_databases_tell_the_same_story(
    sqlite_url: str, postgresql_url: str, request: pytest.FixtureRequest
) -> None:
    courses = []
    for url in (sqlite_url, postgresql_url):
        db.configure(url)
        request.addfinalizer(lambda: db.configure(None))
        load(15)
        with db.unit_of_work() as session:
            courses.append(
                session.execute(
                    sa.select(HistoryEvent.at, HistoryEvent.kind, HistoryEvent.actor, HistoryEvent.element_id)
                    .join(Petition, Petition.instance_id == HistoryEvent.instance_id)
                    .order_by(Petition.received_at, HistoryEvent.seq)
                ).all()
            )
        db.dispose()

    assert len(courses[0]) > 300
    assert courses[0] == courses[1]


@on_sqlite
def test_letters_are_answered_by_the_unit_they_were_meant_for(uow: Uow) -> None:
    load(40)
    meant = {letter.letter.upstream_number: letter.unit for letter in demo_letters() if letter.letter.upstream_number}

    with uow() as session:
        answered = sa.select(Petition.upstream_number, Reply.unit_code).join(Reply, Reply.petition_id == Petition.id)
        replies = session.execute(answered.where(Petition.upstream_number.is_not(None), Reply.unit_code.is_not(None)))
        assert [row for row in replies.all() if meant[row[0]] != row[1]] == []


@on_sqlite
def test_everything_happens_before_the_visitor_comes_in(uow: Uow) -> None:
    load(40)

    with uow() as session:
        assert session.scalar(sa.select(sa.func.max(HistoryEvent.at))) <= TODAY  # type: ignore[operator]


@on_sqlite
def test_the_demo_leaves_a_database_with_letters_of_its_own_alone(uow: Uow) -> None:
    load(1)
    with uow() as session:
        session.execute(sa.delete(Fact))
    before = state(uow)

    with pytest.raises(Conflict, match="letters already"):
        load(1)

    assert state(uow) == before


@on_sqlite
def test_the_demo_is_refused_in_production(uow: Uow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_PRODUCTION", "1")
    monkeypatch.setenv("WENZHENG_SECRET_KEY", "a secret of at least thirty-two characters")
    settings.cache_clear()
    try:
        with pytest.raises(Misconfigured, match="not for production"):
            load(1)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


@on_sqlite
def test_a_visitor_may_send_a_letter_of_their_own_afterwards(uow: Uow) -> None:
    load(2)
    letter = petitions.Letter(title="路灯不亮", content="路灯坏了。", type=PetitionType.HELP)

    with uow() as session:
        receipt = petitions.submit_petition(session, letter=letter)

    assert receipt.petition.stage == "received"
