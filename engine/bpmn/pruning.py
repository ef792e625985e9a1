"""Which tasks of a case's tree still matter.

The finished past is left behind, so that the 1,000th round of rework costs what the first did and the library's silent
limit on the tree's depth (1,000) is never met.

A finished task matters only while something looks back at it: a join, a multi-instance counting its instances, the
boundary events of an activity that still runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from SpiffWorkflow.bpmn.specs.control import EventSplit
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
    from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
    from SpiffWorkflow.task import Task

_FINISHED = TaskState.FINISHED_MASK
_joining: WeakKeyDictionary[BpmnProcessSpec, bool] = WeakKeyDictionary()


def living_tasks(workflow: BpmnBaseWorkflow) -> list[tuple[Task, Task | None]]:
    """Return the tasks to keep, parents first, each with the nearest ancestor that is kept."""
    everything = _joins(workflow.spec)
    kept: list[tuple[Task, Task | None]] = []
    stack: list[tuple[Task, Task | None]] = [(workflow.task_tree, None)]
    while stack:
        task, ancestor = stack.pop()
        if _foreseen(task):
            continue
        if ancestor is None or everything or _matters(task):
            kept.append((task, ancestor))
            ancestor = task
        stack.extend((child, ancestor) for child in reversed(task.children))
    return kept


def _joins(spec: BpmnProcessSpec) -> bool:
    """Tell whether the process has gateways that wait for several tokens: they look for them all over the tree."""
    if spec not in _joining:
        _joining[spec] = any(isinstance(each, ParallelGateway | InclusiveGateway) for each in spec.task_specs.values())
    return _joining[spec]


def _foreseen(task: Task) -> bool:
    """Tell whether the library only predicted the task: it will again."""
    return task.state < TaskState.WAITING and task.parent is not None and not task.parent.has_state(_FINISHED)


def _matters(task: Task) -> bool:
    if not task.has_state(_FINISHED):
        return True
    return not task.parent.has_state(_FINISHED) or _watches(task) or _watches(task.parent)


def _watches(task: Task) -> bool:
    """Tell whether the task is the split in front of an activity with boundary events that still runs."""
    return isinstance(task.task_spec, EventSplit) and any(not child.has_state(_FINISHED) for child in task.children)
