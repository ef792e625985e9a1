"""What the desk shows: which queue the address asks for, the counts of all of them, and the rows of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from engine.services import boards, people, tasks
from webui.pages import Paging, asked_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from engine.rules.access import Principal
    from engine.services.tasks import TaskPage

PAGE_SIZE: Final = 40
#: The views over all queues; anything else in the address is the BPMN id of a user task.
VIEWS: Final = {
    "open": lazy_gettext("All open tasks"),
    "mine": lazy_gettext("Taken by me"),
    "soon": lazy_gettext("Due soon"),
    "overdue": lazy_gettext("Overdue"),
}


@dataclass(frozen=True)
class Asked:
    """Which rows are asked for: a view, or the queue of one user task."""

    view: str
    queue: str | None


@dataclass(frozen=True)
class Queue:
    """An entry on the left: how many tasks, and how many of them are late."""

    key: str
    name: str
    number: int
    late: int
    current: bool


@dataclass(frozen=True)
class Queues:
    """All entries on the left."""

    views: list[Queue]
    elements: list[Queue]


@dataclass(frozen=True)
class Desk:
    """The desk as it is shown."""

    asked: Asked
    title: str
    queues: Queues
    page: TaskPage
    paging: Paging
    names: Mapping[str, str]


def asked() -> Asked:
    """Read from the address which rows are asked for."""
    queue = request.args.get("queue") or None
    view = request.args.get("view", "open")
    return Asked(view if view in VIEWS else "open", queue)


def open_desk(session: Session, *, principal: Principal, asked: Asked) -> Desk:
    """Return the desk of ``principal``."""
    offset = (asked_page() - 1) * PAGE_SIZE
    page = _rows(session, principal, asked, offset)
    queues = count(session, principal=principal, asked=asked)
    current = [each.name for each in (*queues.views, *queues.elements) if each.current]
    takers = {row.task.assignee for row in page.rows if row.task.assignee}
    names = people.display_names(session, usernames=takers)
    return Desk(
        asked, current[0] if current else _("Tasks"), queues, page, Paging(asked_page(), PAGE_SIZE, page.total), names
    )


def _rows(session: Session, principal: Principal, asked: Asked, offset: int) -> TaskPage:
    if asked.queue is not None:
        return tasks.list_tasks(session, principal=principal, element=asked.queue, limit=PAGE_SIZE, offset=offset)
    if asked.view == "soon":
        return boards.list_due_soon(session, principal=principal, limit=PAGE_SIZE, offset=offset)
    mine, overdue = asked.view == "mine", asked.view == "overdue"
    return tasks.list_tasks(session, principal=principal, mine=mine, overdue=overdue, limit=PAGE_SIZE, offset=offset)


def count(session: Session, *, principal: Principal, asked: Asked) -> Queues:
    """Return every queue with its counts."""
    total, near, late = tasks.due_state_counts(session, principal=principal, soon=boards.soon(session))
    mine = tasks.list_tasks(session, principal=principal, mine=True, limit=1).total
    numbers = {"open": (total, 0), "mine": (mine, 0), "soon": (near, 0), "overdue": (late, late)}
    views = [
        Queue(key, str(name), *numbers[key], current=asked.queue is None and asked.view == key)
        for key, name in VIEWS.items()
    ]
    elements = [
        Queue(element, name, number, overdue, current=asked.queue == element)
        for element, name, number, overdue in tasks.count_queues(session, principal=principal)
    ]
    return Queues(views, elements)
