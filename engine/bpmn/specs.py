"""Our task specs: what SpiffWorkflow runs for a user task, an effect, a decision, a script and a multi-instance.

They hold what the diagram says and ask the case (``workflow.script_engine``, see ``case.py``) to do it. No state lives
here: specs are parsed once per deployment and shared by all its cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.timers import CaseTimer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from SpiffWorkflow.task import Task

    from engine.bpmn.expressions import Expression, Script


@dataclass(frozen=True)
class TaskBinding:
    """What the diagram says about a user task: who, by when, on which form."""

    role: str
    unit: Expression | None
    form: str | None
    due: str | None
    not_done_by: str | None
    context: tuple[str, ...]
    effect: str | None


class UserTask(defaults.UserTask):  # type: ignore[misc]
    """A task a person completes; its effect, if it names one, looks at the submission before the token moves on."""

    binding: TaskBinding

    def _run_hook(self, my_task: Task) -> bool:
        if self.binding.effect:
            my_task.workflow.script_engine.perform(my_task, self.binding.effect, {})
        return bool(super()._run_hook(my_task))


class EffectTask(defaults.ServiceTask):  # type: ignore[misc]
    """A service task: calls a registered function of the application by name."""

    effect: str
    parameters: Mapping[str, str | Expression]

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.script_engine.perform(my_task, self.effect, self.parameters)
        return True


class DecisionTask(BpmnTaskSpec):  # type: ignore[misc]
    """A business rule task: evaluates a decision table and keeps its answer in a variable."""

    decision: str
    result: str | None

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.script_engine.decide_task(my_task, self)
        return True


class AssignmentTask(defaults.ScriptTask):  # type: ignore[misc]
    """A script task: assignments to the case's variables, nothing else."""

    program: Script

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.script_engine.assign(my_task, self.program)
        return True


class BoundaryEvent(defaults.BoundaryEvent):  # type: ignore[misc]
    """A boundary event that, when it does not interrupt, may occur again while its activity runs (BPMN 2.0 §10.5.4).

    The library lets every boundary event occur once. Ours leaves a fresh one waiting beside the one that occurred, so
    that the tokens already sent on are on their own.
    """

    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)
        if self.cancel_activity:
            return
        record = None
        if isinstance(self.event_definition, CaseTimer):
            record = self.event_definition.next_record(my_task)
            if record is None:
                return
        again = my_task.parent._add_child(self, TaskState.WAITING)  # noqa: SLF001 - how the library adds a token
        if record is not None:
            again.internal_data[self.event_definition.slot] = record
        self._update(again)
        self._predict(again, mask=TaskState.NOT_FINISHED_MASK)


class CollectionReference(TaskDataReference):  # type: ignore[misc]
    """A multi-instance's collection: an expression over the case's variables."""

    def get(self, my_task: Task) -> Any:  # noqa: ANN401 - the collection's items are the model's business
        """Return the collection as a list; nothing counts as empty."""
        value = my_task.workflow.script_engine.evaluate(my_task, self.bpmn_id)
        return list(value or [])

    def exists(self, my_task: Task) -> bool:  # noqa: ARG002 - the library's signature
        """Expressions over declared variables always have a value."""
        return True


class ItemReference(TaskDataReference):  # type: ignore[misc]
    """The multi-instance's element variable: local to its branch, so an older one of that name does no harm."""

    def exists(self, my_task: Task) -> bool:  # noqa: ARG002 - the library's signature
        """Report it free: a loop may come by a second time."""
        return False


class ParallelMultiInstance(defaults.ParallelMultiInstanceTask):  # type: ignore[misc]
    """Parallel multi-instance whose element variable does not outlive it."""

    def _on_complete_hook(self, my_task: Task) -> None:
        _forget_item(self, my_task)
        super()._on_complete_hook(my_task)


class SequentialMultiInstance(defaults.SequentialMultiInstanceTask):  # type: ignore[misc]
    """Sequential multi-instance whose element variable does not outlive it."""

    def _on_complete_hook(self, my_task: Task) -> None:
        _forget_item(self, my_task)
        super()._on_complete_hook(my_task)


def _forget_item(spec: ParallelMultiInstance | SequentialMultiInstance, my_task: Task) -> None:
    if spec.input_item is not None:
        my_task.data.pop(spec.input_item.bpmn_id, None)
