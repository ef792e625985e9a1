"""Reads that pages show at a glance: what is due soon, the wall of units, the cases behind a number, who works where.

Nothing is changed here, and who may see what is decided where it always is (``scopes``, ``tasks``). What citizens
and the public read stands in ``answers``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engine import clock
from engine.models.people import Account
from engine.models.petition import Deadline, Petition
from engine.services import people, tasks
from engine.services.calendars import working_calendar
from engine.services.scopes import visible_petitions
from engine.services.tasks import TaskPage
from engine.vocabulary import DeadlineKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.rules.access import Principal

#: A limit still runs: neither met nor replaced, nor held by a pause.
_RUNS: Final = (Deadline.met_at.is_(None), Deadline.replaced_at.is_(None), Deadline.due_at.is_not(None))


class Board(StrEnum):
    """A number of the supervision page, and the set of cases it counts."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    ACCEPT_OVERDUE = "accept_overdue"
    REPLY_OVERDUE = "reply_overdue"


@dataclass(frozen=True)
class Bar:
    """An open case of a unit against the limit it runs on now; ``spent`` is 1 when the limit is used up."""

    petition: Petition
    deadline: Deadline
    spent: float


@dataclass(frozen=True)
class WallRow:
    """A unit and its open cases, nearest to (or farthest past) the limit first."""

    unit_code: str
    bars: Sequence[Bar]


def soon(session: Session) -> datetime:
    """Return before when something counts as due soon: the midnight that ends the next working day."""
    return working_calendar(session).add_working_days(clock.now(), 1) + timedelta(seconds=1)


def list_due_soon(session: Session, *, principal: Principal, limit: int = 50, offset: int = 0) -> TaskPage:
    """Return the open tasks of ``principal`` that are due soon and not overdue, due soonest first."""
    # The desk is sorted by due date with the overdue first: what is due soon is the stretch right after them.
    _total, near, late = tasks.due_state_counts(session, principal=principal, soon=soon(session))
    size = max(0, min(limit, near - offset))
    if not size:
        return TaskPage([], near)
    return TaskPage(tasks.list_tasks(session, principal=principal, limit=size, offset=late + offset).rows, near)


def unit_names(session: Session) -> dict[str, str]:
    """Return what every unit is called today, by code."""
    return {unit.code: unit.name for unit in people.list_units(session)}


def list_staff(session: Session) -> Sequence[Account]:
    """Return the active accounts that belong to no unit: the centre, the leaders and those who run the system."""
    query = sa.select(Account).where(Account.active.is_(True), Account.unit_code.is_(None)).order_by(Account.id)
    return session.scalars(query).all()


@dataclass(frozen=True)
class LastHand:
    """Who has a task, or did it."""

    name: str
    at: datetime
    done: bool


def last_hand(session: Session, *, task_id: str, principal: Principal) -> LastHand | None:
    """Return who was faster with a task of a case ``principal`` may see; nothing when nobody has touched it.

    Raises:
        NotFound: there is no such task, or it is none of their business.

    """
    task = tasks.get_task(session, task_id=task_id, principal=principal).task
    done = task.completed_by is not None
    username, at = (task.completed_by, task.completed_at) if done else (task.assignee, task.claimed_at)
    if username is None or at is None:
        return None
    names = people.display_names(session, usernames=[username])
    return LastHand(names.get(username, username), at, done)


def count_boards(session: Session, *, principal: Principal) -> dict[Board, int]:
    """Return the numbers of the supervision page."""
    return {
        board: session.scalar(sa.select(sa.func.count()).select_from(_cases_on(session, principal, board).subquery()))
        or 0
        for board in Board
    }


def numbers_on(session: Session, *, principal: Principal, board: Board) -> frozenset[str]:
    """Return the cases that a number of the supervision page is made of."""
    return frozenset(session.scalars(_cases_on(session, principal, board)))


def _cases_on(session: Session, principal: Principal, board: Board) -> sa.Select[str]:
    """Return the query for the numbers of the cases on ``board``."""
    cases = sa.select(Petition.number).where(Petition.closed_at.is_(None), visible_petitions(principal))
    now = clock.now()
    if board is Board.RUNNING:
        return cases
    if board is Board.DUE_SOON:
        near = (Deadline.due_at >= now, Deadline.due_at < soon(session))
        return cases.where(_on_limit(DeadlineKind.ACCEPT, *near) | _on_limit(DeadlineKind.REPLY, *near))
    unaccepted = _on_limit(DeadlineKind.ACCEPT, Deadline.due_at < now)
    if board is Board.ACCEPT_OVERDUE:
        return cases.where(unaccepted)
    # A case not yet accepted is late in accepting; that it is late in replying as well goes without saying.
    return cases.where(_on_limit(DeadlineKind.REPLY, Deadline.due_at < now), sa.not_(unaccepted))


def _on_limit(kind: DeadlineKind, *more: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return the condition that a limit of ``kind`` runs on the petition, and that ``more`` is true of it."""
    return sa.exists().where(Deadline.petition_id == Petition.id, Deadline.kind == kind, *_RUNS, *more)


def list_wall(session: Session, *, principal: Principal) -> list[WallRow]:
    """Return the units with open cases on a running limit, the one with the latest case first."""
    now = clock.now()
    query = (
        sa.select(Deadline, Petition)
        .join(Petition, Petition.id == Deadline.petition_id)
        .where(
            Deadline.kind.in_([DeadlineKind.ACCEPT, DeadlineKind.REPLY]),
            *_RUNS,
            Petition.closed_at.is_(None),
            Petition.unit_code.is_not(None),
            visible_petitions(principal),
        )
    )
    bars: dict[int, Bar] = {}
    for deadline, petition in session.execute(query.options(joinedload(Petition.unit))):
        # Until a case is accepted its acceptance is what is waited for.
        if deadline.due_at is not None and (petition.id not in bars or deadline.kind == DeadlineKind.ACCEPT):
            granted = (deadline.due_at - deadline.started_at).total_seconds()
            bars[petition.id] = Bar(petition, deadline, (now - deadline.started_at).total_seconds() / max(granted, 1))
    by_unit: dict[str, list[Bar]] = {}
    for bar in sorted(bars.values(), key=lambda bar: -bar.spent):
        by_unit.setdefault(str(bar.petition.unit_code), []).append(bar)
    return [WallRow(unit, found) for unit, found in by_unit.items()]
