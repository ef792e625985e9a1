"""Effects of crisis care (危机干预): a suspicion a person confirms; the flag expires, nobody is labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.models.history import HistoryEvent
from engine.services.commands import Command, effect
from engine.services.notes import add_note

if TYPE_CHECKING:
    from collections.abc import Mapping


@effect
def open_crisis_care(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Open crisis care, as a person confirmed: the case becomes urgent and is never published."""
    petition = command.petition
    petition.crisis = True
    petition.urgent = True
    petition.public = False
    petition.withheld = True
    add_note(command, "crisis", command.text("note"))
    command.record("crisis_confirmed")
    return {"urgent": True}


@effect
def dismiss_crisis(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Drop the suspicion: a person looked and found no crisis; only an earlier, confirmed one still withholds."""
    instance = command.petition.instance_id
    confirmed = (HistoryEvent.instance_id == instance, HistoryEvent.kind == "crisis_confirmed")
    command.petition.withheld = (
        command.session.scalar(sa.select(HistoryEvent.id).where(*confirmed).limit(1)) is not None
    )
    add_note(command, "crisis", command.text("note"))
    command.record("crisis_dismissed")
    return {}


@effect
def close_crisis_care(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Let the flag expire: the next-day call is done."""
    command.petition.crisis = False
    add_note(command, "crisis", command.text("note"))
    command.record("crisis_closed")
    return {}
