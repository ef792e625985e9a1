"""Audits: recompute what history claims, over many cases at once. One chain is verified by ``services.history``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.errors import NotFound
from engine.models.petition import Petition
from engine.models.process import ProcessInstance
from engine.services import history

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class BrokenChain:
    """A case whose history does not hold, and where; ``number`` is the letter's, if the case is a letter's."""

    instance_id: int
    number: str | None
    seq: int
    reason: str


@dataclass(frozen=True)
class Audit:
    """How many chains were recomputed, and those that do not hold."""

    checked: int
    broken: Sequence[BrokenChain]


def verify_chains(session: Session, *, number: str | None = None) -> Audit:
    """Recompute the hash chain of every case, or of the letter with ``number``.

    Raises:
        NotFound: no case of a letter with that number exists.

    """
    query = (
        sa.select(ProcessInstance.id, Petition.number, ProcessInstance.history_head)
        .outerjoin(Petition, Petition.instance_id == ProcessInstance.id)
        .order_by(ProcessInstance.id)
    )
    if number is not None:
        query = query.where(Petition.number == number)
    rows = session.execute(query).all()
    if number is not None and not rows:
        raise NotFound(f"There is no letter {number}.", message_zh=f"没有编号为 {number} 的来信。", number=number)
    broken = []
    for instance_id, its_number, head in rows:
        if history.verify(session, instance_id=instance_id, head=head) is None:
            continue
        if (found := _verify_locked(session, instance_id)) is not None:
            broken.append(BrokenChain(instance_id, its_number, found.seq, found.reason))
    return Audit(len(rows), broken)


def _verify_locked(session: Session, instance_id: int) -> history.Break | None:
    """Verify once more while nobody can add to the chain: somebody may have worked on the case in between."""
    query = sa.select(ProcessInstance.history_head).where(ProcessInstance.id == instance_id).with_for_update()
    return history.verify(session, instance_id=instance_id, head=session.execute(query).scalar_one())
