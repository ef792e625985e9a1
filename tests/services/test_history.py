"""The chain of a case tells when anything of it was changed afterwards, and what people wrote with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.models.history import HistoryEvent
from engine.models.process import Deployment, ProcessInstance, UserTask
from engine.services import history
from engine.services.history import Break, Entry, digest
from engine.vocabulary import TaskStatus

Uow = Callable[[], AbstractContextManager[Session]]

AT = datetime(2020, 3, 2, 1, tzinfo=UTC)
WRITTEN: dict[str, Any] = {
    "facts": "经核实，路灯线路老化。",
    "units": ["T02", "T01"],
    "days": 5.0,
    "metres": 1e16,
    "share": 0.1,
    "none": None,
}


@pytest.fixture
def case(uow: Uow) -> int:
    """A case of three links: started, a task done with a digest of its submission, an older one done without."""
    entries = [
        Entry("case_started", AT, "system"),
        Entry("task_completed", AT, "t01", "T01", data={"task": "a", "submission_sha256": digest(WRITTEN)}),
        Entry("task_completed", AT, "t01", "T01", data={"task": "b"}),
    ]
    with uow() as session:
        deployment = Deployment(
            key="petition", version=1, content_hash="0", files={}, published_at=AT, published_by="editor1"
        )
        session.add(deployment)
        session.flush()
        instance = ProcessInstance(deployment_id=deployment.id, business_key="1", state=b"", started_at=AT)
        session.add(instance)
        session.flush()
        session.add_all([task(instance.id, "a"), task(instance.id, "b")])
        instance.history_seq, instance.history_head = history.append(
            session, instance_id=instance.id, seq=0, head="", entries=entries
        )
        return instance.id


def task(instance: int, identity: str) -> UserTask:
    return UserTask(
        id=identity,
        instance_id=instance,
        process_id="handling",
        element_id="investigate",
        name="调查办理",
        role="handler",
        context={},
        status=TaskStatus.COMPLETED,
        opened_at=AT,
        submission=WRITTEN,
    )


def verified(uow: Uow, case: int) -> Break | None:
    with uow() as session:
        head = session.get_one(ProcessInstance, case).history_head
        return history.verify(session, instance_id=case, head=head)


def write(uow: Uow, statement: sa.Update | sa.Delete) -> None:
    with uow() as session:
        session.execute(statement)


def forge(uow: Uow, statement: sa.Update | sa.Delete) -> None:
    """Change history as whoever owns the database can: the guard that refuses it taken away first."""
    with uow() as session:
        sqlite = session.get_bind().dialect.name == "sqlite"
        guards = ["history_event_no_update", "history_event_no_delete"] if sqlite else ["history_event_guard"]
        for guard in guards:
            session.execute(sa.text(f"DROP TRIGGER {guard}" + ("" if sqlite else " ON history_event")))
        session.execute(statement)


def test_an_untouched_case_holds(uow: Uow, case: int) -> None:
    assert verified(uow, case) is None


@pytest.mark.parametrize("now", [{**WRITTEN, "facts": "路灯完好。"}, {}, None])
def test_what_somebody_wrote_is_not_changed_unnoticed(uow: Uow, case: int, now: Mapping[str, Any] | None) -> None:
    write(uow, sa.update(UserTask).where(UserTask.id == "a").values(submission=now))
    assert verified(uow, case) == Break(2, "submission")


def test_a_completed_task_does_not_vanish_or_become_undone_unnoticed(uow: Uow, case: int) -> None:
    write(uow, sa.update(UserTask).where(UserTask.id == "a").values(status=TaskStatus.CANCELLED))
    assert verified(uow, case) == Break(2, "submission")
    write(uow, sa.delete(UserTask).where(UserTask.id == "a"))
    assert verified(uow, case) == Break(2, "submission")


def test_an_entry_older_than_the_digests_vouches_for_itself_only(uow: Uow, case: int) -> None:
    write(uow, sa.update(UserTask).where(UserTask.id == "b").values(submission={}))
    assert verified(uow, case) is None


def test_a_forged_digest_breaks_the_chain(uow: Uow, case: int) -> None:
    forged = {"task": "a", "submission_sha256": digest({})}
    write(uow, sa.update(UserTask).where(UserTask.id == "a").values(submission={}))
    forge(uow, sa.update(HistoryEvent).where(HistoryEvent.seq == 2).values(data=forged))
    assert verified(uow, case) == Break(2, "changed")


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_link_does_not_vanish_unnoticed(uow: Uow, case: int, seq: int) -> None:
    forge(uow, sa.delete(HistoryEvent).where(HistoryEvent.seq == seq))
    assert verified(uow, case) == Break(seq, "missing")


def test_equal_data_has_one_digest_whatever_its_order() -> None:
    told = "7f58f7162f98bbf12c609c7316aba8543ebf29b350c726306e2bc05c402e46a9"  # of {"a":"路灯","b":5}
    assert digest({"b": 5.0, "a": "路灯"}) == digest({"a": "路灯", "b": 5}) == told
    assert digest({"a": "路灯", "b": "5"}) != told
