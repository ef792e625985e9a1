"""Notes on a case: what was said outside the reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.models.petition import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from engine.services.commands import Command


def add_note(command: Command, kind: str, text: str, *, public: bool = False) -> None:
    """Add a note to the command's petition; ``public`` notes are shown to the petitioner."""
    if text:
        command.session.add(
            Note(
                petition_id=command.petition.id,
                kind=kind,
                text=text,
                author=command.actor,
                unit_code=command.unit,
                at=command.now,
                public=public,
            )
        )


def of_petition(session: Session, *, petition_id: int) -> Sequence[Note]:
    """Return a case's notes, oldest first."""
    return session.scalars(sa.select(Note).where(Note.petition_id == petition_id).order_by(Note.id)).all()
