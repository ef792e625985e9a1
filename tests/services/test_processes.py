"""Commands on a case are whole or not at all, cost a fixed number of statements, and happen once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from engine import db, jobs, schedule
from engine.cli.bench.six_tasks import six_tasks
from engine.clock import ManualClock
from engine.errors import Conflict, NotFound
from engine.models.history import HistoryEvent
from engine.models.jobs import Incident
from engine.models.process import Deployment, ProcessInstance, Timer, UserTask
from engine.services import calendars, history, procedures, processes
from engine.vocabulary import InstanceStatus, TaskStatus, TimerStatus

Uow = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def instance_id(uow: Uow, clock: ManualClock) -> int:
    """A case of six tasks in a row, each with a boundary timer after two days."""
    with uow() as session:
        calendars.seed_calendar(session)
        deployment = procedures.publish(session, files=six_tasks(), actor="editor", note="first")
        started = processes.start_instance(session, deployment=deployment, business_key="1", variables={}, actor="test")
        return started.instance_id


def open_task(session: Session, instance_id: int) -> UserTask:
    query = sa.select(UserTask).where(UserTask.instance_id == instance_id, UserTask.status == TaskStatus.OPEN)
    return session.scalars(query).one()


def complete(session: Session, task_id: str) -> None:
    processes.complete_user_task(
        session,
        task_id=task_id,
        actor="t01",
        unit="T01",
        submission={"opinion": "agreed"},
        variables={"decision": "go"},
    )


def test_completing_a_task_projects_the_next_one_its_timer_and_the_history(uow: Uow, instance_id: int) -> None:
    with uow() as session:
        first = open_task(session, instance_id).id
        complete(session, first)
    with uow() as session:
        done = session.get_one(UserTask, first)
        assert (done.status, done.completed_by, done.submission) == (TaskStatus.COMPLETED, "t01", {"opinion": "agreed"})
        assert open_task(session, instance_id).element_id == "task_2"
        timers = session.scalars(sa.select(Timer).where(Timer.instance_id == instance_id)).all()
        assert {(timer.element_id, timer.status) for timer in timers} == {
            ("timer_1", TimerStatus.CANCELLED),
            ("timer_2", TimerStatus.ARMED),
        }
        events = history.of_instance(session, instance_id=instance_id)
        assert [each.kind for each in events] == ["case_started", "task_completed"]
        assert events[-1].actor == "t01"


def test_a_completion_costs_at_most_eight_statements(uow: Uow, instance_id: int) -> None:
    with uow() as session:
        complete(session, open_task(session, instance_id).id)
        task_id = open_task(session, instance_id).id
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(db.engine(), "before_cursor_execute", count)
    with uow() as session:
        complete(session, task_id)
    event.remove(db.engine(), "before_cursor_execute", count)
    assert len(statements) == 7, "\n".join(statements)


def test_the_case_ends_with_its_last_task(uow: Uow, instance_id: int) -> None:
    for _task in range(6):
        with uow() as session:
            complete(session, open_task(session, instance_id).id)
    with uow() as session:
        instance = session.get_one(ProcessInstance, instance_id)
        assert instance.status == InstanceStatus.ENDED
        assert history.of_instance(session, instance_id=instance_id)[-1].kind == "case_ended"
        assert history.verify(session, instance_id=instance_id, head=instance.history_head) is None


def test_a_task_completed_twice_is_a_conflict_and_changes_nothing(uow: Uow, instance_id: int) -> None:
    with uow() as session:
        task_id = open_task(session, instance_id).id
        complete(session, task_id)
    with pytest.raises(Conflict), uow() as session:
        complete(session, task_id)
    with uow() as session:
        assert open_task(session, instance_id).element_id == "task_2"


def test_of_many_who_complete_a_task_at_once_one_succeeds(uow: Uow, instance_id: int) -> None:
    with uow() as session:
        task_id = open_task(session, instance_id).id
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def attempt() -> None:
        together.wait()
        try:
            with uow() as session:
                complete(session, task_id)
            outcomes.append("done")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["done"]


def test_an_unknown_task_is_not_found(uow: Uow, instance_id: int) -> None:
    with pytest.raises(NotFound), uow() as session:
        complete(session, "0" * 32)


def test_a_command_rolled_back_after_the_engine_moved_leaves_the_case_where_it_was(uow: Uow, instance_id: int) -> None:
    with uow() as session:
        task_id = open_task(session, instance_id).id
    with uow() as session:
        complete(session, task_id)
        session.rollback()
    with uow() as session:
        assert open_task(session, instance_id).id == task_id
        assert len(history.of_instance(session, instance_id=instance_id)) == 1


def test_a_due_timer_fires_once_however_many_tickers_find_it(uow: Uow, instance_id: int, clock: ManualClock) -> None:
    assert schedule.tick() == 0
    clock.advance(timedelta(days=2))
    with uow() as session:
        [timer_id] = schedule.due_timers(session)
    assert jobs.fire_timer(timer_id)
    assert not jobs.fire_timer(timer_id)
    assert schedule.tick() == 0
    with uow() as session:
        assert session.get_one(Timer, timer_id).status == TimerStatus.FIRED
        assert open_task(session, instance_id).element_id == "task_1", "the timer does not interrupt"
        kinds = [each.kind for each in history.of_instance(session, instance_id=instance_id)]
        assert kinds.count("timer_fired") == 1


def test_a_timer_that_fails_becomes_an_incident_and_is_tried_again_later(
    uow: Uow, instance_id: int, clock: ManualClock
) -> None:
    with uow() as session:
        instance = session.get_one(ProcessInstance, instance_id)
        good, instance.state = instance.state, b"\x63broken"
    clock.advance(timedelta(days=2))
    assert schedule.tick() == 1
    with uow() as session:
        incident = session.scalars(sa.select(Incident)).one()
        assert (incident.attempts, incident.resolved_at) == (1, None)
        assert "not known" in incident.message
        session.get_one(ProcessInstance, instance_id).state = good
    assert schedule.tick() == 0, "not before its time"
    clock.advance(jobs.RETRIES[0])
    assert schedule.tick() == 1
    with uow() as session:
        assert session.scalars(sa.select(Incident)).one().resolved_at is not None
        assert session.scalars(sa.select(Timer.status)).one() == TimerStatus.FIRED


def test_a_timer_that_keeps_failing_waits_for_a_person(uow: Uow, instance_id: int, clock: ManualClock) -> None:
    with uow() as session:
        session.get_one(ProcessInstance, instance_id).state = b"\x63broken"
    clock.advance(timedelta(days=2))
    for wait in (*jobs.RETRIES, timedelta(days=30)):
        assert schedule.tick() == 1
        clock.advance(wait)
    assert schedule.tick() == 0
    with uow() as session:
        assert session.scalars(sa.select(Incident)).one().retry_at is None


def test_a_cancelled_case_has_nothing_open_and_takes_no_more_commands(uow: Uow, instance_id: int) -> None:
    with uow() as session:
        task_id = open_task(session, instance_id).id
        processes.cancel_instance(session, instance_id=instance_id, actor="supervisor1", reason="entered by mistake")
    with uow() as session:
        assert session.get_one(UserTask, task_id).status == TaskStatus.CANCELLED
        assert session.scalars(sa.select(Timer.status)).one() == TimerStatus.CANCELLED
        last = history.of_instance(session, instance_id=instance_id)[-1]
        assert (last.kind, last.data["reason"]) == ("case_cancelled", "entered by mistake")
    with pytest.raises(Conflict), uow() as session:
        complete(session, task_id)


def test_the_database_refuses_to_change_or_remove_history(uow: Uow, instance_id: int) -> None:
    for statement in (sa.update(HistoryEvent).values(actor="somebody else"), sa.delete(HistoryEvent)):
        with pytest.raises(DatabaseError, match="append-only"), uow() as session:
            session.execute(statement)


def test_a_change_behind_the_databases_back_breaks_the_chain(uow: Uow, instance_id: int) -> None:
    with uow() as session:
        complete(session, open_task(session, instance_id).id)
    with uow() as session:
        head = session.get_one(ProcessInstance, instance_id).history_head
        events = history.of_instance(session, instance_id=instance_id)
        entry = history.Entry(events[0].kind, events[0].at, "somebody else", None, None, None, events[0].data)
        assert history.link("", instance_id, 1, entry) != events[0].hash
        assert history.verify(session, instance_id=instance_id, head=head) is None
        assert history.verify(session, instance_id=instance_id, head="0" * 64) == history.Break(3, "missing")


def test_the_same_content_is_the_same_version_and_changed_content_the_next(uow: Uow, clock: ManualClock) -> None:
    files = six_tasks()
    with uow() as session:
        first = procedures.publish(session, files=files, actor="editor", note="first")
        again = procedures.publish(session, files=files, actor="editor", note="again")
        changed = {**files, "six_tasks.bpmn": files["six_tasks.bpmn"].replace("P2D", "P3D")}
        second = procedures.publish(session, files=changed, actor="editor", note="longer")
        assert (first.version, again.version, second.version) == (1, 1, 2)
        assert procedures.newest(session, key="six_tasks").id == second.id


def test_a_running_case_keeps_the_version_it_started_on(uow: Uow, instance_id: int) -> None:
    files = six_tasks()
    longer = files["six_tasks.bpmn"].replace("P2D", "P3D")
    with uow() as session:
        procedures.publish(session, files={**files, "six_tasks.bpmn": longer}, actor="editor", note="longer")
        complete(session, open_task(session, instance_id).id)
        query = sa.select(Timer).where(Timer.instance_id == instance_id, Timer.status == TimerStatus.ARMED)
        timer = session.scalars(query).one()
        assert timer.due_at is not None
        assert timer.due_at - timer.armed_at == timedelta(days=2)
        deployment = session.get_one(Deployment, session.get_one(ProcessInstance, instance_id).deployment_id)
        assert deployment.version == 1
