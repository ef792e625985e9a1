"""Small executable models for the runner's tests: one construct each, as an editor would write it."""

from __future__ import annotations

from datetime import datetime

from engine.bpmn import runner
from engine.bpmn.case import Environment
from engine.bpmn.parser import Procedure, parse_procedure
from engine.rules.calendar import WorkingCalendar

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions_{0}" targetNamespace="http://wenzheng/test">'
)
MANIFEST = """[procedure]
key = "test"
name = "test"
start = "main"
answering_effects = []
[variables]
choice = { type = "string", about = "" }
due = { type = "time", about = "" }
units = { type = "list", about = "" }
rounds = { type = "number", about = "" }
answer = { type = "string", about = "" }
[lanes."承办单位"]
role = "handler"
unit = "choice"
"""


def procedure(*files: str, **more: str) -> Procedure:
    """Parse ``files`` (the inside of definitions), the first of which holds process ``main``."""
    bundle = {
        f"part_{number}.bpmn": _HEAD.format(number) + text + "</bpmn:definitions>" for number, text in enumerate(files)
    }
    return parse_procedure({"procedure.toml": MANIFEST, **bundle, **more})


def process(body: str, identity: str = "main") -> str:
    return f'<bpmn:process id="{identity}" isExecutable="true">{body}</bpmn:process>'


def flow(source: str, target: str, condition: str = "", identity: str = "") -> str:
    inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    name = identity or f"{source}_to_{target}"
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def user(identity: str, extra: str = "", inside: str = "") -> str:
    attributes = f'id="{identity}" name="{identity}" camunda:candidateGroups="intake" {extra}'
    return f"<bpmn:userTask {attributes}>{inside}</bpmn:userTask>"


def boundary(identity: str, host: str, definition: str, *, interrupting: bool = True) -> str:
    cancel = "true" if interrupting else "false"
    attributes = f'id="{identity}" attachedToRef="{host}" cancelActivity="{cancel}"'
    return f"<bpmn:boundaryEvent {attributes}>{definition}</bpmn:boundaryEvent>"


def timer(body: str, kind: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{body}</bpmn:{kind}></bpmn:timerEventDefinition>"


def ends(*identities: str) -> str:
    return "".join(f'<bpmn:endEvent id="{identity}"/>' for identity in identities)


class Walk:
    """A case that is saved and loaded between every two steps, with a clock of its own and its effects on a list."""

    def __init__(self, model: Procedure, now: str = "2020-01-06T09:00:00+08:00", **variables: object) -> None:
        self.model = model
        self.now = datetime.fromisoformat(now)
        self.effects: list[tuple[str, dict[str, object]]] = []
        self.tasks: dict[str, list[runner.OpenTask]] = {}
        self.timers: dict[str, runner.WaitingTimer] = {}
        self.last = self._keep(runner.start(model, self.environment, variables))

    @property
    def environment(self) -> Environment:
        def perform(name: str, parameters: object, variables: object) -> dict[str, object]:
            self.effects.append((name, dict(parameters)))  # type: ignore[call-overload]
            return {}

        return Environment(self.now, WorkingCalendar({}), perform)

    def _keep(self, advance: runner.Advance) -> runner.Advance:
        gone = set(advance.closed)
        self.tasks = {name: [task for task in tasks if task.id not in gone] for name, tasks in self.tasks.items()}
        for task in advance.opened:
            self.tasks.setdefault(task.element, []).append(task)
        self.timers = {name: each for name, each in self.timers.items() if each.id not in advance.disarmed}
        self.timers |= {each.element: each for each in advance.armed}
        return advance

    def open(self) -> list[str]:
        return sorted(name for name, tasks in self.tasks.items() for _task in tasks)

    def complete(self, element: str, **variables: object) -> runner.Advance:
        task = self.tasks[element][0]
        self.last = self._keep(runner.complete(self.model, self.environment, self.last.state, task.id, variables))
        return self.last

    def catch(self, message: str) -> runner.Advance:
        self.last = self._keep(runner.catch(self.model, self.environment, self.last.state, message))
        return self.last

    def fire(self, element: str) -> runner.Advance:
        self.last = self._keep(runner.fire(self.model, self.environment, self.last.state, self.timers[element].id))
        return self.last
