"""One case while a command runs: its variables, and what the diagram asks of them.

This is what SpiffWorkflow calls its script engine. Ours keeps one set of variables per case (the library would copy
them into every task), evaluates whitelisted expressions only, and hands service tasks to the application.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from engine.bpmn.durations import add_duration, parse_duration, parse_timer
from engine.bpmn.expressions import Expression, ExpressionFailed, compile_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from SpiffWorkflow.task import Task

    from engine.bpmn.durations import WorkingCalendar
    from engine.bpmn.expressions import Script
    from engine.bpmn.parser import Procedure
    from engine.bpmn.specs import DecisionTask


class Effects(Protocol):
    """The application's answer to service tasks."""

    def __call__(
        self, name: str, parameters: Mapping[str, object], variables: Mapping[str, object]
    ) -> Mapping[str, object] | None:
        """Carry out effect ``name`` and return the variables it sets."""
        ...


@dataclass(frozen=True)
class Environment:
    """What a command needs from outside: the time, the calendar and the effects."""

    now: datetime
    calendar: WorkingCalendar
    effects: Effects


class Case:
    """The variables of one case and the operations its diagram may perform on them."""

    def __init__(self, procedure: Procedure, environment: Environment) -> None:
        """Start with every declared variable undefined (``None``)."""
        self.procedure = procedure
        self.environment = environment
        self.variables: dict[str, Any] = dict.fromkeys(procedure.variables)
        self.changed = False

    def set(self, values: Mapping[str, object]) -> None:
        """Set variables and remember whether anything really changed."""
        for name, value in values.items():
            if name not in self.variables:
                raise ExpressionFailed(
                    f"Variable {name} is not declared in procedure.toml.",
                    message_zh=f"变量 {name} 没有在 procedure.toml 中声明。",
                    name=name,
                )
            if self.variables[name] != value:
                self.variables[name] = value
                self.changed = True

    def evaluate(self, my_task: Task, expression: str, external_context: object = None) -> object:  # noqa: ARG002
        """Evaluate a condition or collection for ``my_task``; called by the library."""
        return self.value(compile_expression(expression), my_task.data)

    def value(
        self, expression: Expression, local: Mapping[str, object] | None = None, *, since: datetime | None = None
    ) -> object:
        """Evaluate ``expression``; ``now()`` is ``since`` if given, so that a due date can be worked out again."""
        scope: Mapping[str, object] = ChainMap(dict(local), self.variables) if local else self.variables
        return expression.evaluate(scope, self._functions(scope, since or self.environment.now))

    def moment(self, text: str, since: datetime, local: Mapping[str, object] | None = None) -> datetime | None:
        """Return when what is written as ``text`` falls due, counted from ``since``; ``None``: not at present."""
        body = parse_timer(text)
        if body.date is not None:
            return body.date
        if body.duration is not None:
            return add_duration(since, body.duration, self.environment.calendar)
        if body.expression is None:
            return None
        value = self.value(body.expression, local, since=since)
        return None if value is None else self._as_moment(value, since)

    def _as_moment(self, value: object, since: datetime) -> datetime:
        if isinstance(value, str) and value.lstrip("-").startswith("P"):
            return add_duration(since, parse_duration(value), self.environment.calendar)
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise ExpressionFailed(
                f"{value!r} is neither a moment nor a duration.", message_zh=f"“{value}”既不是时间也不是时长。"
            ) from error
        if moment.tzinfo is None:
            raise ExpressionFailed(f"{value!r} has no zone.", message_zh=f"时间“{value}”没有时区。")
        return moment

    def _functions(self, scope: Mapping[str, object], now: datetime) -> dict[str, Callable[..., object]]:
        def add(when: str | None, duration: str | None) -> str | None:
            if when is None or duration is None:
                return None
            return add_duration(
                datetime.fromisoformat(when), parse_duration(duration), self.environment.calendar
            ).isoformat()

        def decide(name: str, **given: object) -> object:
            return self.procedure.decisions[name].evaluate(ChainMap(given, dict(scope)))

        def coalesce(*values: object) -> object:
            return next((value for value in values if value is not None), None)

        return {
            "now": now.isoformat,
            "add": add,
            "decide": decide,
            "coalesce": coalesce,
            "len": _length,
            "min": min,
            "max": max,
        }

    def perform(self, my_task: Task, effect: str, given: Mapping[str, str | Expression]) -> None:
        """Have the application carry out ``effect`` and set the variables it answers with."""
        parameters = {
            name: self.value(value, my_task.data) if isinstance(value, Expression) else value
            for name, value in given.items()
        }
        self.set(self.environment.effects(effect, parameters, ChainMap(my_task.data, self.variables)) or {})

    def decide_task(self, my_task: Task, spec: DecisionTask) -> None:
        """Evaluate a business rule task's table into its result variable, or into variables named as its columns."""
        answer = self.procedure.decisions[spec.decision].evaluate(ChainMap(my_task.data, self.variables))
        if spec.result:
            self.set({spec.result: answer})
        elif isinstance(answer, dict):
            self.set(answer)

    def assign(self, my_task: Task, program: Script) -> None:
        """Run a script task's assignments."""
        scope: MutableMapping[str, object] = ChainMap(my_task.data, self.variables)
        self.set(program.run(scope, self._functions(scope, self.environment.now)))


def _length(value: object) -> int:
    """Return the length; an undefined list is an empty one."""
    return 0 if value is None else len(value)  # type: ignore[arg-type]
