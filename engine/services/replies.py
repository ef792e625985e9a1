"""Look through a reply before it is sent on: the warnings of the reply rules (答复规范), for a person to weigh.

What a warning is belongs in ``rules.reply``; keeping replies belongs to the effects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.models.petition import Petition, Reply
from engine.rules.reply import PARTS, OtherReply, ReplyParts, ReplyWarning, check_reply
from engine.vocabulary import PetitionType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

#: So many of the unit's newest replies are compared with the draft: people paste from what they wrote lately.
_COMPARED: Final = 200
#: What a draft consists of, under the names the form has for it.
_WRITTEN: Final = (*PARTS, "outcome", "public_text")


def check_draft(session: Session, *, petition: Petition, submission: Mapping[str, Any]) -> list[ReplyWarning]:
    """Return what to look at in a drafted reply to ``petition``, in the order of the checks."""
    written = {name: str(submission.get(name) or "") for name in _WRITTEN}
    person = petition.petitioner
    # Of an accusation (举报) nobody who drafts may learn who wrote it, not even by trying names in the reply.
    known = (
        {}
        if person is None or petition.type == PetitionType.ACCUSATION
        else {
            "petitioner_name": person.name,
            "petitioner_phone": person.phone,
        }
    )
    return check_reply(ReplyParts(**written, **known, number=petition.number), _other_replies(session, petition))


def _other_replies(session: Session, petition: Petition) -> list[OtherReply]:
    """Return the newest replies of the unit in charge to other letters."""
    query = (
        sa.select(Petition.number, Reply.facts, Reply.action, Reply.next_step, Reply.public_text)
        .join(Petition, Petition.id == Reply.petition_id)
        .where(Reply.petition_id != petition.id, Reply.unit_code == petition.unit_code)
        .order_by(Reply.id.desc())
        .limit(_COMPARED)
    )
    return [OtherReply(number, "\n".join(texts)) for number, *texts in session.execute(query)]
