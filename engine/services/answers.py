"""What a citizen may read of their own case, and what everybody may read of answers that were made public.

Only what the procedure has released goes out: public notes, published replies, no name, no telephone number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engine.errors import NotFound
from engine.models.petition import Petition, Rating, Reply
from engine.rules.masking import mask_name, mask_text
from engine.services import ledger, notes
from engine.services.petitions import CITIZEN
from engine.vocabulary import DeadlineKind, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from engine.models.petition import Deadline, Note

#: Where a letter can still be taken back: until its answer is published.
_OPEN_STAGES = frozenset(Stage) - {Stage.REPLIED, Stage.FOLLOW_UP, Stage.CLOSED}


@dataclass(frozen=True)
class Progress:
    """A case as its citizen follows it."""

    petition: Petition
    acceptance: Deadline | None
    reply_limit: Deadline | None
    notes: Sequence[Note]
    answer: Reply | None
    rating: Rating | None

    @property
    def may_withdraw(self) -> bool:
        """Tell whether the letter can still be withdrawn."""
        return self.petition.stage in _OPEN_STAGES

    @property
    def may_supplement(self) -> bool:
        """Tell whether something can still be added."""
        return self.petition.closed_at is None

    @property
    def correction_request(self) -> Note | None:
        """Return what the citizen is asked to add now."""
        asked = [note for note in self.notes if note.kind == "correction_request"]
        return asked[-1] if asked and self.petition.stage == Stage.CORRECTION else None

    @property
    def may_rate(self) -> bool:
        """Tell whether there is an answer that was not rated yet."""
        answered = self.petition.stage in {Stage.REPLIED, Stage.FOLLOW_UP, Stage.CLOSED} and self.answer is not None
        return answered and self.rating is None


@dataclass(frozen=True)
class PublishedAnswer:
    """A letter and its answer as the public may read them."""

    petition: Petition
    title: str
    content: str
    text: str


def follow(session: Session, *, petition: Petition) -> Progress:
    """Return what the citizen of ``petition`` may see of it."""
    in_force = {
        line.kind: line for line in ledger.of_petition(session, petition_id=petition.id) if line.replaced_at is None
    }
    replies = sa.select(Reply).where(Reply.petition_id == petition.id).order_by(Reply.version.desc())
    # A direct answer goes out by itself; a unit's goes out when it is published.
    released = replies.where(sa.or_(Reply.published_at.is_not(None), Reply.unit_code.is_(None)))
    own = (Rating.petition_id == petition.id, Rating.source == CITIZEN)
    rated = sa.select(Rating).where(*own).order_by(Rating.id.desc())
    answer = session.scalars(released.limit(1)).first()
    rating = session.scalars(rated.limit(1)).first()
    current = rating is not None and (petition.replied_at is None or rating.at >= petition.replied_at)
    return Progress(
        petition=petition,
        acceptance=in_force.get(DeadlineKind.ACCEPT),
        reply_limit=in_force.get(DeadlineKind.REPLY),
        notes=[note for note in notes.of_petition(session, petition_id=petition.id) if note.public],
        answer=answer,
        rating=rating if current else None,
    )


def list_published(session: Session, *, limit: int = 20, offset: int = 0) -> tuple[Sequence[Petition], int]:
    """Return the petitions whose answers are public, newest answer first, and how many there are."""
    total = session.scalar(sa.select(sa.func.count()).select_from(Petition).where(Petition.public.is_(True))) or 0
    query = sa.select(Petition).where(Petition.public.is_(True)).options(joinedload(Petition.unit))
    rows = query.order_by(Petition.replied_at.desc(), Petition.id.desc()).limit(limit).offset(offset)
    return session.scalars(rows).all(), total


def get_published(session: Session, *, number: str) -> PublishedAnswer:
    """Return a public letter and its answer, personal numbers and the writer's name hidden.

    Raises:
        NotFound: there is none of that number, or it is not public.

    """
    query = sa.select(Petition).where(Petition.number == number, Petition.public.is_(True))
    petition = session.scalars(query.options(joinedload(Petition.unit), joinedload(Petition.petitioner))).first()
    if petition is None:
        raise NotFound("There is no public answer of that number.", message_zh="没有找到公开的答复。", number=number)
    replies = sa.select(Reply).where(Reply.petition_id == petition.id, Reply.published_at.is_not(None))
    reply = session.scalars(replies.order_by(Reply.version.desc()).limit(1)).one()
    name = "" if petition.petitioner is None else petition.petitioner.name.strip()

    def hide(text: str) -> str:
        return mask_text(text.replace(name, mask_name(name)) if len(name) > 1 else text)

    text = reply.public_text.strip() or _public_parts(reply)
    return PublishedAnswer(petition, hide(petition.title), hide(petition.content), hide(text))


def _public_parts(reply: Reply) -> str:
    """Put a public text together from a reply that has none of its own; the contact stays with the petitioner."""
    return "\n\n".join(part for part in (reply.facts, reply.basis, reply.action, reply.next_step) if part)
