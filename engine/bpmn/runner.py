"""Run a case: start, complete, catch, fire. State in, state and the list of changes out; no database.

A command lets the engine run to its next wait states and says what is different: which user tasks opened, moved or
closed, which timers were armed, moved or ended, which nodes were passed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.case import Case, Environment
from engine.bpmn.durations import add_duration
from engine.bpmn.expressions import ExpressionFailed
from engine.bpmn.state import decode, encode
from engine.bpmn.timers import CaseTimer, timers_of
from engine.errors import Conflict, NotFound, WenzhengError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from SpiffWorkflow.task import Task

    from engine.bpmn.parser import Procedure


class NobodyWaits(Conflict):
    """The case does not wait for this message now."""

    code = "nobody_waits"


class Stalled(WenzhengError):
    """The command would leave the case without task, timer or message and yet not ended: it is not carried out."""

    code = "stalled"


@dataclass(frozen=True)
class OpenTask:
    """A user task that waits for a person."""

    id: str
    process: str
    element: str
    name: str
    role: str
    unit: str | None
    form: str | None
    not_done_by: str | None
    due_at: datetime | None
    context: Mapping[str, object]


@dataclass(frozen=True)
class WaitingTimer:
    """A timer that waits; ``due_at`` is ``None`` while it sleeps."""

    id: str
    process: str
    element: str
    name: str
    text: str
    due_at: datetime | None


@dataclass
class Advance:
    """What one command changed."""

    state: bytes
    ended: bool
    variables: Mapping[str, object]
    path: list[str] = field(default_factory=list)
    opened: list[OpenTask] = field(default_factory=list)
    moved: dict[str, datetime | None] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    armed: list[WaitingTimer] = field(default_factory=list)
    rearmed: dict[str, datetime | None] = field(default_factory=dict)
    disarmed: list[str] = field(default_factory=list)


class _Run:
    """A case loaded for the length of one command."""

    def __init__(self, procedure: Procedure, environment: Environment, workflow: BpmnWorkflow, case: Case) -> None:
        self.procedure = procedure
        self.environment = environment
        self.workflow = workflow
        self.case = case
        self.path: list[str] = []
        self.tasks_before = {task.id.hex: task.internal_data.get("due") for task in self._user_tasks()}
        self.timers_before = {record["id"]: record.get("due") for _task, _timer, record in self._timers()}

    @classmethod
    def load(cls, procedure: Procedure, state: bytes, environment: Environment) -> _Run:
        case = Case(procedure, environment)
        return cls(procedure, environment, decode(state, procedure, case), case)

    def _user_tasks(self) -> list[Task]:
        parts = [self.workflow, *self.workflow.get_active_subprocesses()]
        return [
            task
            for part in parts
            for task in part.tasks.values()
            if task.state == TaskState.READY and task.task_spec.manual
        ]

    def _timers(self) -> list[tuple[Task, CaseTimer, dict[str, Any]]]:
        waiting = list(self.workflow.event_manager.tasks.values())
        return [
            (task, timer, timer.record(task))
            for task in waiting
            if task.state == TaskState.WAITING
            for timer in timers_of(task)
        ]

    def user_task(self, task_id: str) -> Task:
        for task in self._user_tasks():
            if task.id == UUID(task_id):
                return task
        raise NotFound(f"The case has no open task {task_id}.", message_zh="该任务已办理或已取消。", task=task_id)

    def step(self, task: Task) -> None:
        name = task.task_spec.name.removesuffix(" [child]")
        if name in self.procedure.nodes:
            self.path.append(name)

    def finish(self) -> Advance:
        self.workflow.do_engine_steps(did_complete_task=self.step)
        ended = self.workflow.is_completed()
        if not (ended or self._user_tasks() or self.workflow.event_manager.tasks):
            raise Stalled("The case cannot go on: nothing is left that anybody or anything could do.")
        opened, moved, closed = self._compare_tasks()
        armed, rearmed, disarmed = self._compare_timers()
        return Advance(
            state=encode(self.workflow, self.case.variables),
            ended=ended,
            variables=self.case.variables,
            path=self.path,
            opened=opened,
            moved=moved,
            closed=closed,
            armed=armed,
            rearmed=rearmed,
            disarmed=disarmed,
        )

    def _compare_tasks(self) -> tuple[list[OpenTask], dict[str, datetime | None], list[str]]:
        opened, moved, present = [], {}, set()
        for task in self._user_tasks():
            identity = task.id.hex
            present.add(identity)
            if identity not in self.tasks_before:
                opened.append(self._open(task))
            elif self.case.changed and task.task_spec.binding.due:
                due = self.case.moment(
                    task.task_spec.binding.due, datetime.fromisoformat(task.internal_data["since"]), task.data
                )
                if _text(due) != self.tasks_before[identity]:
                    task.internal_data["due"] = _text(due)
                    moved[identity] = due
        return opened, moved, [identity for identity in self.tasks_before if identity not in present]

    def _open(self, task: Task) -> OpenTask:
        binding = task.task_spec.binding
        now = self.environment.now
        due = self.case.moment(binding.due, now, task.data) if binding.due else None
        task.internal_data["since"] = now.isoformat()
        task.internal_data["due"] = _text(due)
        element = task.task_spec.name.removesuffix(" [child]")
        node = self.procedure.nodes[element]
        unit = self.case.value(binding.unit, task.data) if binding.unit is not None else None
        if binding.unit is not None and not unit:
            # Without a unit the task would be open to every unit, which is worse than not opening at all.
            raise ExpressionFailed(
                f"Task {element} has no unit: {binding.unit.text} is empty.",
                message_zh=f"任务“{node.name}”没有承办单位({binding.unit.text} 为空)。",
                node=element,
            )
        return OpenTask(
            id=task.id.hex,
            process=node.process,
            element=element,
            name=node.name,
            role=binding.role,
            unit=None if unit is None else str(unit),
            form=binding.form,
            not_done_by=binding.not_done_by,
            due_at=due,
            context={name: self.case.variables.get(name) for name in binding.context},
        )

    def _compare_timers(self) -> tuple[list[WaitingTimer], dict[str, datetime | None], list[str]]:
        armed, rearmed, present = [], {}, set()
        for task, timer, record in self._timers():
            present.add(record["id"])
            known = record["id"] in self.timers_before
            if known and not self.case.changed and "due" in record:
                continue
            due = self._due(task, timer, record)
            if known and _text(due) != self.timers_before[record["id"]]:
                rearmed[record["id"]] = due
            elif not known:
                node = self.procedure.nodes[timer.element_id]
                armed.append(WaitingTimer(record["id"], node.process, node.id, node.name, timer.text, due))
            record["due"] = _text(due)
        return armed, rearmed, [identity for identity in self.timers_before if identity not in present]

    def _due(self, task: Task, timer: CaseTimer, record: dict[str, Any]) -> datetime | None:
        since = datetime.fromisoformat(record["armed"])
        repeat = timer.body.repeat
        if repeat is None:
            return self.case.moment(timer.text, since, task.data)
        # A cycle keeps its rhythm from its last turn; what fell into a downtime fires once, not many times.
        last = datetime.fromisoformat(record["last"]) if "last" in record else None
        if "from" in record:
            due = add_duration(datetime.fromisoformat(record["from"]), repeat.duration, self.environment.calendar)
        else:
            due = repeat.start or add_duration(since, repeat.duration, self.environment.calendar)
        while last is not None and due <= last:
            due = add_duration(due, repeat.duration, self.environment.calendar)
        return due


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def start(procedure: Procedure, environment: Environment, variables: Mapping[str, object]) -> Advance:
    """Start a case of ``procedure`` with ``variables`` and run it to its first wait states."""
    case = Case(procedure, environment)
    case.set(variables)
    workflow = BpmnWorkflow(procedure.specs[procedure.start], dict(procedure.specs), script_engine=case)
    return _Run(procedure, environment, workflow, case).finish()


def complete(
    procedure: Procedure, environment: Environment, state: bytes, task_id: str, variables: Mapping[str, object]
) -> Advance:
    """Complete the open user task ``task_id``, setting ``variables``.

    Raises:
        NotFound: the case has no such open task.

    """
    run = _Run.load(procedure, state, environment)
    task = run.user_task(task_id)
    run.case.set(variables)
    task.run()
    run.step(task)
    return run.finish()


def catch(procedure: Procedure, environment: Environment, state: bytes, message: str) -> Advance:
    """Deliver ``message`` to whatever in the case waits for it.

    Raises:
        NobodyWaits: nothing does.

    """
    run = _Run.load(procedure, state, environment)
    event = BpmnEvent(MessageEventDefinition(message), payload={})
    if run.workflow.event_manager.catch(event, internal=False) == 0:
        raise NobodyWaits(
            f"The case does not wait for {message} now.", message_zh="该件当前环节不能进行此操作。", message=message
        )
    return run.finish()


def fire(procedure: Procedure, environment: Environment, state: bytes, timer_id: str) -> Advance:
    """Fire the waiting timer ``timer_id``.

    Raises:
        NotFound: the timer no longer waits.

    """
    run = _Run.load(procedure, state, environment)
    for task, timer, record in run._timers():  # noqa: SLF001 - same module
        if record["id"] == timer_id:
            timer.fire(task)
            task.task_spec._update(task)  # noqa: SLF001 - how the library itself wakes a waiting event
            return run.finish()
    raise NotFound(f"The case has no waiting timer {timer_id}.", message_zh="该定时已触发或已取消。", timer=timer_id)
