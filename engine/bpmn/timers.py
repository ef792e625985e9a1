"""Timer event definitions on our clock and calendar.

SpiffWorkflow's own read the wall clock and evaluate their text as Python. Ours never fire by themselves: they say when
they are due, the ticker asks the runner to fire one, and only then does the token move.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from engine.bpmn.durations import parse_timer

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task


class CaseTimer(TimerEventDefinition):  # type: ignore[misc]
    """A timer written as a date, a duration, a cycle or an expression."""

    def __init__(self, name: str, element_id: str, text: str) -> None:
        """Bind the timer of ``element_id`` to its body ``text``."""
        super().__init__(name, text)
        self.element_id = element_id
        self.text = text.strip()
        self.body = parse_timer(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CaseTimer) and other.element_id == self.element_id

    def __hash__(self) -> int:
        return hash(self.element_id)

    @property
    def slot(self) -> str:
        """The key of this timer's record in a task's internal data; a gateway's task keeps several."""
        return f"timer:{self.element_id}"

    def record(self, my_task: Task) -> dict[str, Any]:
        """Return the timer's record on ``my_task``, arming it on first sight."""
        record: dict[str, Any] | None = my_task.internal_data.get(self.slot)
        if record is None:
            now: datetime = my_task.workflow.script_engine.environment.now
            record = {"id": uuid4().hex, "armed": now.isoformat()}
            if self.body.repeat is not None and self.body.repeat.count is not None:
                record["left"] = self.body.repeat.count
            my_task.internal_data[self.slot] = record
        return record

    def has_fired(self, my_task: Task) -> bool:
        """Tell whether the runner has fired this timer."""
        return bool(self.record(my_task).get("fired"))

    def fire(self, my_task: Task) -> None:
        """Let the token pass."""
        self.record(my_task)["fired"] = True

    def next_record(self, my_task: Task) -> dict[str, Any] | None:
        """Return the record of a cycle's next turn; ``None`` after its last one, or when there is no cycle."""
        record = self.record(my_task)
        if self.body.repeat is None or record.get("left") == 1:
            return None
        following = {
            "id": uuid4().hex,
            "armed": record["armed"],
            "from": record["due"],
            "last": my_task.workflow.script_engine.environment.now.isoformat(),
        }
        if "left" in record:
            following["left"] = record["left"] - 1
        return following

    def reset(self, my_task: Task) -> None:
        """Forget the record once the event has completed."""
        my_task.internal_data.pop(self.slot, None)


def timers_of(my_task: Task) -> tuple[CaseTimer, ...]:
    """Return the timers a waiting task listens to: one for an event, several for an event-based gateway."""
    definition = getattr(my_task.task_spec, "event_definition", None)
    if isinstance(definition, CaseTimer):
        return (definition,)
    several = getattr(definition, "event_definitions", ())
    return tuple(each for each in several if isinstance(each, CaseTimer))
