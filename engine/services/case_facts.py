"""From history to report facts: one row per case, and what units were called. Only history is read for it.

An event is known on a day when it happened before the next day began.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engine.models.history import HistoryEvent
from engine.models.petition import Petition
from engine.rules.case_facts import CaseFact, Period, start_of_day
from engine.vocabulary import DeadlineKind, Result, Satisfaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Row
    from sqlalchemy.orm import Session

    Facts = dict[str, Any]

_ENDINGS = {
    "rejected": Result.REJECTED,
    "transferred": Result.TRANSFERRED,
    "merged": Result.MERGED,
    "spam": Result.SPAM,
    "withdrawn": Result.WITHDRAWN,
    "treated_as_withdrawn": Result.WITHDRAWN,
}


def read_facts(session: Session, *, period: Period, as_of: date) -> list[CaseFact]:
    """Return the facts of the cases received or forwarded in ``period``, folded from their history up to ``as_of``."""
    known = HistoryEvent.at < _end_of(as_of)
    began = aliased(HistoryEvent)
    cases_of_period = sa.select(began.instance_id).where(
        began.kind.in_(["received", "forwarded"]), began.at >= period.begins, began.at < period.is_over
    )
    query = (
        sa.select(Petition.number, HistoryEvent.at, HistoryEvent.kind, HistoryEvent.data)
        .join(Petition, Petition.instance_id == HistoryEvent.instance_id)
        .where(HistoryEvent.kind.in_([*_FOLDS, *_ENDINGS]), known, HistoryEvent.instance_id.in_(cases_of_period))
        .order_by(HistoryEvent.instance_id, HistoryEvent.seq)
    )
    cases: dict[str, Facts] = {}
    for row in session.execute(query):
        facts = cases.setdefault(row.number, {"number": row.number, "returns": ()})
        fold = _FOLDS.get(row.kind, _ended)
        fold(facts, row)
    return [CaseFact(**facts) for facts in cases.values()]


def read_unit_names(session: Session, *, as_of: date) -> dict[str, str]:
    """Return the name under which each unit was last given a case by ``as_of``, by code.

    A unit is renamed without a date; that it was called so when it was given a case is history, and stays.
    """
    unit, name = (HistoryEvent.data[key].as_string() for key in ("unit", "unit_name"))
    latest = sa.func.row_number().over(partition_by=unit, order_by=(HistoryEvent.at.desc(), HistoryEvent.id.desc()))
    given = (HistoryEvent.kind.in_(["forwarded", "reassigned"]), HistoryEvent.at < _end_of(as_of), name.is_not(None))
    ranked = sa.select(unit.label("unit"), name.label("name"), latest.label("place")).where(*given).subquery()
    query = sa.select(ranked.c.unit, ranked.c.name).where(ranked.c.place == 1)
    return {row.unit: row.name for row in session.execute(query)}


def _end_of(day: date) -> datetime:
    return start_of_day(day + timedelta(days=1))


def _received(facts: Facts, row: Row[Any]) -> None:
    facts["received_at"] = row.at
    facts["topic"] = row.data.get("topic") or None


def _forwarded(facts: Facts, row: Row[Any]) -> None:
    facts["unit"] = row.data["unit"]
    # Forwarded without a topic, a letter has none any more; entries without the key say nothing about it.
    if "topic" in row.data:
        facts["topic"] = row.data["topic"] or None
    facts.setdefault("forwarded_at", row.at)


def _reassigned(facts: Facts, row: Row[Any]) -> None:
    facts["unit"] = row.data["unit"]
    if row.data.get("previous"):
        facts["returns"] = (*facts["returns"], (row.data["previous"], row.at))
    facts["accepted_at"] = None


def _deadline_set(facts: Facts, row: Row[Any]) -> None:
    name = {DeadlineKind.ACCEPT: "accept_due", DeadlineKind.REPLY: "reply_due"}.get(row.data["clock"])
    if name is not None:
        due = row.data.get("due")
        facts[name] = None if due is None else datetime.fromisoformat(due)


def _sets(field: str) -> Callable[[Facts, Row[Any]], None]:
    def fold(facts: Facts, row: Row[Any]) -> None:
        facts[field] = row.at

    return fold


def _given_back(facts: Facts, _row: Row[Any]) -> None:
    facts["replied_at"] = None


def _redo_started(facts: Facts, row: Row[Any]) -> None:
    facts["redone_at"] = row.at
    facts["replied_at"] = None


def _followed_up(facts: Facts, row: Row[Any]) -> None:
    facts["satisfaction"] = Satisfaction(row.data["satisfaction"])
    facts["rated_at"] = row.at


def _archived(facts: Facts, row: Row[Any]) -> None:
    facts.setdefault("result", Result(row.data["result"]))
    facts.setdefault("closed_at", row.at)


def _ended(facts: Facts, row: Row[Any]) -> None:
    facts["result"] = _ENDINGS[row.kind]
    facts["closed_at"] = row.at


_FOLDS: dict[str, Callable[[Facts, Row[Any]], None]] = {
    "received": _received,
    "forwarded": _forwarded,
    "reassigned": _reassigned,
    "deadline_set": _deadline_set,
    "accepted": _sets("accepted_at"),
    "reply_sent_up": _sets("replied_at"),
    "replied_directly": _sets("replied_at"),
    "reply_given_back": _given_back,
    "extension_granted": _sets("extended_at"),
    "final_reviewed": _sets("final_reviewed_at"),
    "redo_started": _redo_started,
    "followed_up": _followed_up,
    "archived": _archived,
}
