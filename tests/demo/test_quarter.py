"""The whole demo as a visitor finds it on 8 April 2020 at nine. What the bulletin counts is tested apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import api
from api.forms import load_submission
from engine import clock as clocks
from engine.clock import ManualClock
from engine.demo import load_demo
from engine.demo.loading import TODAY
from engine.models.history import HistoryEvent
from engine.models.people import Account
from engine.models.petition import Deadline, Escalation, Petition
from engine.models.process import ProcessInstance, Timer, UserTask
from engine.services import history, people, petitions, supervision, tasks
from engine.services.facts import demo_clock
from engine.vocabulary import DeadlineKind, InstanceStatus, Role, Rung, TaskStatus, TimerStatus

Quarter = Callable[[], AbstractContextManager[Session]]

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("quarter", ["sqlite"], indirect=True)]


def county(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clocks.ZONE)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clocks.use(ManualClock(TODAY)):
        yield


def breached(session: Session, unit: str) -> Petition:
    query = sa.select(Petition).where(Petition.unit_code == unit, Petition.received_at < county("2020-04-01"))
    return session.scalars(query.where(Petition.closed_at.is_(None))).one()


def test_nobody_but_the_two_of_the_bulletin_was_late_in_the_quarter(quarter: Quarter) -> None:
    over = sa.func.coalesce(Deadline.met_at, Deadline.replaced_at)
    with quarter() as session:
        late = session.execute(
            sa.select(Petition.unit_code, Deadline.kind)
            .join(Petition, Petition.id == Deadline.petition_id)
            .where(
                Deadline.kind.in_([DeadlineKind.ACCEPT, DeadlineKind.REPLY]),
                Deadline.due_at < county("2020-04-01"),
                Petition.received_at >= county("2020-01-01"),
                sa.or_(over.is_(None), over > Deadline.due_at),
            )
        ).all()

    # 交警大队's letter was not answered in time either; that it was not even accepted says it all.
    assert Counter(map(tuple, late)) == {("D18", "accept"): 1, ("D18", "reply"): 1, ("D19", "reply"): 1}


def test_the_quarter_before_was_done_with_when_it_ended_or_soon_after(quarter: Quarter) -> None:
    before = (Petition.received_at >= county("2019-10-01"), Petition.received_at < county("2020-01-01"))
    with quarter() as session:
        letters = session.scalars(sa.select(Petition).where(*before)).all()

    assert 0 < len(letters) < 299
    assert max(letter.closed_at or TODAY for letter in letters) < county("2020-01-06")


def test_the_ladder_went_on_firing_for_the_two_and_the_supervisor_answered_some_rungs(quarter: Quarter) -> None:
    with quarter() as session:
        rungs = {
            unit: session.execute(
                sa.select(Escalation.rung, Escalation.answered_at.is_not(None))
                .where(Escalation.petition_id == breached(session, unit).id)
                .order_by(Escalation.raised_at)
            ).all()
            for unit in ("D18", "D19")
        }

    assert [rung for rung, _ in rungs["D18"]] == list(Rung)
    assert [rung for rung, _ in rungs["D19"]] == list(Rung)[:-1]
    assert [answered for _, answered in rungs["D18"]] == [True, True, True, True, False, False]
    assert [answered for _, answered in rungs["D19"]] == [True, True, True, True, False]


def test_the_last_rung_of_the_unanswered_letter_fires_on_the_evening_of_the_day(quarter: Quarter) -> None:
    with quarter() as session:
        instance = breached(session, "D19").instance_id
        waiting = (Timer.instance_id == instance, Timer.status == TimerStatus.ARMED)
        due = session.scalars(sa.select(Timer.due_at).where(*waiting)).one()

    assert due == county("2020-04-08 23:59:59")


def test_the_supervisor_sees_who_is_overdue_and_by_how_much(quarter: Quarter) -> None:
    with quarter() as session:
        supervisor = people.principal_of(
            session.scalars(sa.select(Account).where(Account.username == "supervisor1")).one()
        )
        overdue = supervision.list_overdue(session, principal=supervisor)

    assert [(each.petition.unit_code, each.deadline.kind, each.days) for each in overdue] == [
        ("D18", "accept", 15),
        ("D19", "reply", 12),
    ]


def test_every_role_that_has_a_desk_finds_work_on_it(quarter: Quarter) -> None:
    idle = {Role.CONFIDENTIAL_OFFICER, Role.PROCEDURE_EDITOR, Role.AUDITOR, Role.ADMINISTRATOR}
    with quarter() as session:
        busy = {
            role
            for account in session.scalars(sa.select(Account))
            for role in people.principal_of(account).roles
            if tasks.list_tasks(session, principal=people.principal_of(account)).total
        }

    assert busy == set(Role) - idle


def test_the_town_and_the_bureau_visitors_try_first_have_work_for_both_their_people(quarter: Quarter) -> None:
    with quarter() as session:
        for username in ("t01", "t01head", "d01", "d01head"):
            account = session.scalars(sa.select(Account).where(Account.username == username)).one()
            assert tasks.list_tasks(session, principal=people.principal_of(account)).total, username


def test_the_letters_of_april_stand_at_every_step_of_the_work(quarter: Quarter) -> None:
    steps = {
        "classify", "forward", "assign_leader", "accept", "review_return", "adjudicate", "investigate", "assist",
        "extension_unit", "extension_centre", "sign_off", "first_review", "final_review", "call_back", "redo_decision",
        "supervise", "carry_out_instruction", "confirm_crisis",
    }  # fmt: skip
    with quarter() as session:
        elements = sa.select(UserTask.element_id).distinct().where(UserTask.status == TaskStatus.OPEN)
        open_steps = set(session.scalars(elements))
        stages = set(session.scalars(sa.select(Petition.stage).where(Petition.received_at >= county("2020-04-01"))))

    assert open_steps == steps
    assert stages == {
        "received", "correction", "forwarded", "accepted", "signing", "review", "replied", "follow_up", "closed",
    }  # fmt: skip


def test_only_the_two_letters_and_what_the_supervisor_owes_them_are_overdue(quarter: Quarter) -> None:
    with quarter() as session:
        late = session.execute(
            sa.select(UserTask.element_id, UserTask.unit_code, UserTask.instance_id).where(
                UserTask.status == TaskStatus.OPEN, UserTask.due_at < TODAY
            )
        ).all()
        two = {breached(session, unit).instance_id for unit in ("D18", "D19")}

    assert {instance for _, _, instance in late} == two
    assert Counter(element for element, _, _ in late) == {"accept": 1, "investigate": 1, "supervise": 3}


def test_people_who_spoke_of_ending_their_life_were_called_and_called_again(quarter: Quarter) -> None:
    with quarter() as session:
        kinds = Counter(
            session.scalars(sa.select(HistoryEvent.kind).where(HistoryEvent.kind.in_(
                ["crisis_confirmed", "crisis_dismissed", "crisis_closed"]
            )))
        )  # fmt: skip
        marked = session.scalars(sa.select(Petition.number).where(Petition.crisis)).all()

    assert kinds == {"crisis_confirmed": 3, "crisis_closed": 3, "crisis_dismissed": 1}
    assert marked == []


@pytest.fixture
def _application() -> Iterator[None]:
    """What tells the checks of forms which language to speak."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="test", TESTING=True)
    api.register(app)
    with app.test_request_context():
        yield


@pytest.mark.usefixtures("_application")
def test_everything_filled_in_passes_the_checks_of_its_form(quarter: Quarter) -> None:
    # What is filled in for one step and one choice is of one kind: a few of each will do.
    kinds: Counter[tuple[object, ...]] = Counter()
    changed = []
    with quarter() as session:
        for task in session.scalars(sa.select(UserTask).where(UserTask.status == TaskStatus.COMPLETED)):
            filled = task.submission or {}
            kind = (
                task.element_id,
                frozenset(filled),
                *(filled.get(choice) for choice in ("classification", "handling")),
            )
            kinds[kind] += 1
            if kinds[kind] <= 3 and load_submission(session, task=task, raw=filled) != filled:
                changed.append((task.element_id, filled))

    assert len({element for element, *_ in kinds}) == 21
    assert changed == []


def test_every_chain_of_history_holds(quarter: Quarter) -> None:
    with quarter() as session:
        chains = session.execute(sa.select(ProcessInstance.id, ProcessInstance.history_head)).all()
        broken = [found for id_, head in chains if (found := history.verify(session, instance_id=id_, head=head))]

    assert len(chains) > 900
    assert broken == []


def test_no_case_is_stuck_and_no_timer_was_missed(quarter: Quarter) -> None:
    waiting = sa.or_(
        sa.exists().where(UserTask.instance_id == ProcessInstance.id, UserTask.status == TaskStatus.OPEN),
        sa.exists().where(Timer.instance_id == ProcessInstance.id, Timer.status == TimerStatus.ARMED),
    )
    with quarter() as session:
        stuck = sa.select(ProcessInstance.id).where(ProcessInstance.status == InstanceStatus.ACTIVE, sa.not_(waiting))
        missed = sa.select(Timer.id).where(Timer.status == TimerStatus.ARMED, Timer.due_at <= TODAY)
        ended = sa.select(Petition.number).join(ProcessInstance, ProcessInstance.id == Petition.instance_id)
        half = ended.where((ProcessInstance.status == InstanceStatus.ENDED) != Petition.closed_at.is_not(None))

        assert session.scalars(stuck).all() == []
        assert session.scalars(missed).all() == []
        assert session.scalars(half).all() == []


def test_the_visitor_follows_a_letter_that_is_on_its_way(quarter: Quarter) -> None:
    summary = load_demo(progress=lambda _done, _total: None)

    assert summary.loaded == 0
    assert summary.number in summary.message
    with quarter() as session:
        letter = petitions.track_petition(session, number=summary.number, query_code=summary.query_code)
        assert letter.closed_at is None


def test_the_demos_time_goes_on_from_the_bulletins_day(quarter: Quarter) -> None:
    with quarter() as session:
        living = demo_clock(session)

    assert living is not None
    assert TODAY <= living.now() < TODAY + timedelta(hours=3)
