"""The state codec: a case's task tree as a few hundred bytes, without specs and without petition data.

Format 1 is a byte 1 and zlib(JSON ``[variables, names, workflows]``); a workflow is ``[spec, parent, tasks]``, a task
``[name, parent, state, extra?]``. Left out because they can be had again or matter no more: predicted tasks, the
finished past (``pruning``), timestamps, and the ids of every task nobody outside refers to.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.pruning import living_tasks
from engine.errors import WenzhengError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.case import Case
    from engine.bpmn.parser import Procedure

FORMAT = 1
_ACTIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class UnreadableState(WenzhengError):
    """The stored state is of a format this version does not know, or names nodes its deployment does not have."""

    code = "unreadable_state"


def encode(workflow: BpmnWorkflow, variables: Mapping[str, object]) -> bytes:
    """Return the state of ``workflow`` and its variables as bytes."""
    names: dict[str, int] = {}
    positions: dict[Any, tuple[int, int]] = {}
    workflows: list[list[Any]] = []
    pending: list[BpmnWorkflow | BpmnSubWorkflow] = [workflow]
    while pending:
        each = pending.pop(0)
        parent = positions[each.parent_task_id] if each.parent_task_id is not None else None
        tasks, kept = _encode_tasks(each, names)
        positions.update({task.id: (len(workflows), index) for index, task in enumerate(kept)})
        workflows.append([each.spec.name, parent, tasks])
        pending.extend(
            workflow.subprocesses[task.id]
            for task in kept
            if task.id in workflow.subprocesses and task.has_state(_ACTIVE)
        )
    present = {name: value for name, value in variables.items() if value is not None}
    body = json.dumps([present, list(names), workflows], ensure_ascii=False, separators=(",", ":"))
    return bytes([FORMAT]) + zlib.compress(body.encode(), 1)


def _encode_tasks(
    workflow: BpmnWorkflow | BpmnSubWorkflow, names: dict[str, int]
) -> tuple[list[list[Any]], list[Task]]:
    rows: list[list[Any]] = []
    kept: list[Task] = []
    index: dict[Any, int] = {}
    for task, ancestor in living_tasks(workflow):
        index[task.id] = len(rows)
        kept.append(task)
        row = [
            names.setdefault(task.task_spec.name, len(names)),
            index[ancestor.id] if ancestor is not None else -1,
            task.state,
        ]
        extra = _extra(task)
        rows.append([*row, extra] if extra else row)
    for row, task in zip(rows, kept, strict=True):
        merged = task.internal_data.get("merged")
        if merged:
            row[3]["n"]["merged"] = [index[UUID(each)] for each in merged]
    return rows, kept


def _extra(task: Task) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if task.task_spec.manual and task.state == TaskState.READY:
        extra["i"] = task.id.hex
    if task.data:
        extra["d"] = task.data
    internal = {
        key: value for key, value in task.internal_data.items() if value not in (None, False) and key != "seen_events"
    }
    if internal:
        extra["n"] = dict(internal)
    if task.triggered:
        extra["t"] = 1
    return extra


def decode(blob: bytes, procedure: Procedure, case: Case) -> BpmnWorkflow:
    """Rebuild the workflow from ``blob`` and fill ``case.variables``.

    Raises:
        UnreadableState: see the class.

    """
    if not blob or blob[0] != FORMAT:
        raise UnreadableState(f"State format {blob[:1]!r} is not known.", message_zh="流程状态的格式无法识别。")
    variables, names, rows = json.loads(zlib.decompress(blob[1:]))
    case.variables.update(variables)
    workflow: BpmnWorkflow | None = None
    decoded: list[list[Task]] = []
    try:
        for spec_name, parent, tasks in rows:
            if workflow is None:
                workflow = BpmnWorkflow(
                    procedure.specs[spec_name], dict(procedure.specs), script_engine=case, deserializing=True
                )
                part = workflow
            else:
                owner = decoded[parent[0]][parent[1]]
                part = BpmnSubWorkflow(procedure.specs[spec_name], owner.id, workflow, deserializing=True)
                workflow.subprocesses[owner.id] = part
                part.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)  # noqa: SLF001
            decoded.append(_decode_tasks(part, tasks, names))
    except KeyError as error:
        raise UnreadableState(
            f"The state names {error}, which this deployment does not have.",
            message_zh=f"流程状态引用了 {error},而该流程版本中没有它。",
        ) from error
    if workflow is None:
        raise UnreadableState("The state is empty.", message_zh="流程状态为空。")
    for part_tasks in decoded:
        _wake(workflow, part_tasks)
    return workflow


def _decode_tasks(workflow: BpmnWorkflow | BpmnSubWorkflow, rows: list[list[Any]], names: list[str]) -> list[Task]:
    tasks: list[Task] = []
    for name, parent, state, *extra in rows:
        more: dict[str, Any] = extra[0] if extra else {}
        identity = UUID(more["i"]) if "i" in more else None
        task = Task(
            workflow, workflow.spec.task_specs[names[name]], tasks[parent] if parent >= 0 else None, state, identity
        )
        if parent < 0:
            workflow.task_tree = task
        task.data = more.get("d", {})
        task.internal_data = more.get("n", {})
        task.triggered = "t" in more
        tasks.append(task)
    for task in tasks:
        merged = task.internal_data.get("merged")
        if merged:
            task.internal_data["merged"] = [str(tasks[index].id) for index in merged]
    return tasks


def _wake(workflow: BpmnWorkflow, tasks: list[Task]) -> None:
    """Listen for events again and foresee what follows, as the library had it before the state was stored."""
    for task in tasks:
        if task.has_state(_ACTIVE):
            task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)  # noqa: SLF001
            if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
                workflow.event_manager.add_task(task)
