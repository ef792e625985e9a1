"""What the desk and the supervision page ask of the database: few statements, however many rows they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.clock import ManualClock
from engine.models.process import Deployment
from engine.rules.access import Principal
from engine.services import boards, procedures, supervision, tasks
from engine.services.boards import Board
from engine.vocabulary import Role
from tests.workflows.conftest import Letter, county, moment, submit

__all__ = ["county", "submit"]

Submit = Callable[..., Letter]

DISPATCHER = Principal(1, "dispatcher1", frozenset({Role.DISPATCHER}))
HANDLER = Principal(2, "t01", frozenset({Role.HANDLER}), "T01")
SUPERVISOR = Principal(3, "supervisor1", frozenset({Role.SUPERVISOR}))


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The statements sent within the block."""
    sent: list[str] = []

    def note(*execution: object) -> None:
        text = str(execution[2])
        if not text.startswith("BEGIN"):  # on SQLite a statement like any other
            sent.append(text)

    engine = session.get_bind().engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", note)


def test_the_desk_shows_twenty_tasks_in_three_statements(submit: Submit) -> None:
    categories = ("transport", "housing", "education", "labour", "market")
    for number in range(20):
        letter = submit()
        letter.do(
            "classify",
            petition_type="help",
            category=categories[number % len(categories)],
            topic=None,
            classification="forward",
        )
        if number % 2:
            letter.do("forward", dispatching="forward", unit="T01", assisting_units=[], opinion="请办理")
    for principal, element in ((DISPATCHER, "forward"), (HANDLER, "accept")):
        with letter.uow() as session, statements(session) as sent:
            page = tasks.list_tasks(session, principal=principal)
            queues = tasks.count_queues(session, principal=principal)
            units = {row.petition.unit and row.petition.unit.name for row in page.rows}
            named = {row.petition.category and row.petition.category.name for row in page.rows}
        assert (page.total, len(page.rows), len(sent)) == (10, 10, 3)
        assert units == ({"城关镇"} if principal is HANDLER else {None})
        assert len(named) == 5
        assert [(queue[0], queue[2]) for queue in queues] == [(element, 10)]


def test_the_supervision_page_counts_without_listing(submit: Submit, clock: ManualClock) -> None:
    clock.set(moment("2020-03-02 09:00"))
    unaccepted, unanswered, running = submit(), submit(), submit()
    unaccepted.to_unit()
    unanswered.to_handling()
    clock.set(moment("2020-03-16 09:00"))
    running.to_unit()
    with running.uow() as session:
        boards.count_boards(session, principal=SUPERVISOR)
        with statements(session) as sent:
            numbers = boards.count_boards(session, principal=SUPERVISOR)
        behind = {board: boards.numbers_on(session, principal=SUPERVISOR, board=board) for board in Board}
        overdue = supervision.list_overdue(session, principal=SUPERVISOR)
    assert sum(text.startswith("SELECT count(") for text in sent) == len(Board)
    assert len(sent) <= len(Board) + 1  # the calendar, to know what is soon
    assert behind == {
        Board.RUNNING: {unaccepted.number, unanswered.number, running.number},
        Board.DUE_SOON: {running.number},
        Board.ACCEPT_OVERDUE: {unaccepted.number},
        Board.REPLY_OVERDUE: {unanswered.number},
    }
    assert numbers == {board: len(cases) for board, cases in behind.items()}
    assert {each.petition.number for each in overdue} == {unaccepted.number, unanswered.number}


def test_whoever_looks_at_a_version_does_not_carry_its_files(county: Callable[..., object], session: Session) -> None:
    found = procedures.newest(session, key="petition")
    assert "files" in sa.inspect(found).unloaded
    assert "petition.bpmn" in found.files
    with statements(session) as sent:
        procedures.versions(session)
        session.scalars(sa.select(Deployment)).all()
    assert not any("files" in text for text in sent)
