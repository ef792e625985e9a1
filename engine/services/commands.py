"""A command: one transaction on one case, and what effects may read and do while it runs."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.models.petition import Petition
from engine.services.history import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.bpmn.parser import Procedure
    from engine.rules.calendar import WorkingCalendar

    Effect = Callable[["Command", Mapping[str, object]], Mapping[str, object] | None]

#: The actor of everything the system does by itself.
SYSTEM = "system"


@dataclass
class Command:
    """Who does what to which case, when; effects add rows to the session and entries to history through it."""

    session: Session
    procedure: Procedure
    calendar: WorkingCalendar
    now: datetime
    business_key: str
    actor: str = SYSTEM
    unit: str | None = None
    submission: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    @cached_property
    def petition(self) -> Petition:
        """The petition this case is about, as it is now that the case is locked, whatever the session read before."""
        return self.session.get_one(Petition, int(self.business_key), populate_existing=True)

    def record(self, kind: str, **data: object) -> None:
        """Add a domain event to the case's history; ``None`` values are left out."""
        kept = {name: value for name, value in data.items() if value is not None}
        self.entries.append(Entry(kind, self.now, self.actor, self.unit, data=kept))

    def text(self, name: str) -> str:
        """Return a text field of what was just submitted, stripped; empty when absent."""
        return str(self.submission.get(name) or "").strip()

    def decide(self, decision: str, **given: object) -> Any:  # noqa: ANN401 - what a table answers is the table's business
        """Evaluate a decision of the case's own deployment."""
        return self.procedure.decisions[decision].evaluate(ChainMap(dict(given), dict(self.variables)))


EFFECTS: dict[str, Effect] = {}


def effect(function: Effect) -> Effect:
    """Register ``function`` as the effect of its name, for service tasks to call."""
    EFFECTS[function.__name__] = function
    return function
