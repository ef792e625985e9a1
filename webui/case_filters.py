"""Which cases the address of the case list asks for: filters, or the cases behind a number of another page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from api import forms
from engine.clock import ZONE
from engine.services import boards
from engine.services.boards import Board
from engine.services.cases import CaseFilter
from webui import bulletin_periods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from engine.rules.access import Principal

BOARDS: Final = {
    Board.RUNNING: lazy_gettext("Open cases"),
    Board.DUE_SOON: lazy_gettext("Cases due soon"),
    Board.ACCEPT_OVERDUE: lazy_gettext("Not accepted in time"),
    Board.REPLY_OVERDUE: lazy_gettext("Accepted, not answered in time"),
}
#: A filter that no case matches: an empty set of numbers would not narrow at all.
_NONE: Final = frozenset({""})


@dataclass(frozen=True)
class Asked:
    """The filter, what was typed in for it, and in words where its set of cases comes from when it was not typed in."""

    query: CaseFilter
    values: Mapping[str, str]
    origin: str | None = None


def read(session: Session, *, principal: Principal) -> Asked:
    """Read the filter from the address."""
    values = {name: text.strip() for name, text in request.args.items() if text.strip() and name != "page"}
    if "counted" in values:
        numbers, origin = bulletin_periods.counted(session, values=values)
        return Asked(CaseFilter(numbers=numbers or _NONE), {}, origin)
    if values.get("board") in set(Board):
        board = Board(values["board"])
        numbers = boards.numbers_on(session, principal=principal, board=board)
        return Asked(_typed(values, numbers or _NONE), values, str(BOARDS[board]))
    given = frozenset(values.get("numbers", "").replace(",", " ").split())
    return Asked(_typed(values, given), values, _("The cases behind the number you followed") if given else None)


def _typed(values: Mapping[str, str], numbers: frozenset[str]) -> CaseFilter:
    last = bulletin_periods.read_day(values.get("to"))
    first = bulletin_periods.read_day(values.get("from"))
    return CaseFilter(
        text=values.get("text", ""),
        stage=values.get("stage"),
        unit=values.get("unit"),
        type=values.get("type"),
        topic=values.get("topic"),
        received_from=None if first is None else _midnight(first),
        received_before=None if last is None else _midnight(last + timedelta(days=1)),
        numbers=numbers,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def options(session: Session) -> dict[str, list[tuple[str, str]]]:
    """Return what the filters offer."""
    return {name: forms.choices(session, name) for name in ("units", "topics")}
