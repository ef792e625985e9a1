"""The escalations that wait, one line per case and clock: the rungs reached, and the task that answers the highest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.models.petition import Petition
    from engine.models.process import UserTask
    from engine.services.supervision import OpenEscalation


@dataclass
class Ladder:
    """A case on the ladder: ``rungs`` lowest first, ``since`` when the highest was reached."""

    petition: Petition
    clock: str
    unit_code: str | None
    since: datetime
    task: UserTask | None
    rungs: list[str] = field(default_factory=list)


def climb(escalations: Sequence[OpenEscalation]) -> list[Ladder]:
    """Return one ladder per case and clock from escalations sorted newest first; the order stays."""
    ladders: dict[tuple[int, str], Ladder] = {}
    for each in escalations:
        rung = each.escalation
        key = (each.petition.id, rung.clock)
        if key not in ladders:
            ladders[key] = Ladder(each.petition, rung.clock, rung.unit_code, rung.raised_at, each.task)
        ladders[key].rungs.insert(0, rung.rung)
    return list(ladders.values())
