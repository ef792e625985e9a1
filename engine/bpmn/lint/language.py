"""Checks of one text of the expression language at one place: it compiles, and what it names exists.

Which texts a model holds is for ``expressions``.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from engine.bpmn.durations import InvalidTimer, parse_duration, parse_timer
from engine.bpmn.expressions import InvalidExpression, compile_assignments, compile_expression
from engine.bpmn.lint.findings import Finding, Place, Text, error
from engine.bpmn.lint.names import FUNCTIONS, Names
from engine.errors import WenzhengError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.bpmn.grammar import Call
    from engine.bpmn.lint.model import Model


class Language:
    """Checks texts of a bundle and remembers which decisions they use."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.names = Names(model)
        self.used_decisions: set[str] = set()

    def expression(self, text: str, place: Place, known: frozenset[str]) -> Iterator[Finding]:
        """Check an expression."""
        if _is_foreign(text):
            return
        try:
            expression = compile_expression(text)
        except InvalidExpression as problem:
            yield _invalid("expression", problem, place)
            return
        yield from self.known_names(expression.names, place, known)
        yield from self._calls(expression.calls, place, known)

    def timer(self, text: str, place: Place, known: frozenset[str], *, cycle: bool) -> Iterator[Finding]:
        """Check a timer body or due date; only a ``cycle`` may repeat, and it must."""
        if _is_foreign(text):
            return
        try:
            body = parse_timer(text)
        except InvalidTimer as problem:
            yield _invalid("timer", problem, place)
            return
        except InvalidExpression as problem:
            yield _invalid("expression", problem, place)
            return
        if (body.repeat is not None) is not cycle:
            yield error("timer", place, _CYCLE_NEEDED if cycle else _CYCLE_UNFIT)
        if body.expression is not None:
            yield from self.expression(text, place, known)

    def script(self, text: str, place: Place, known: frozenset[str]) -> Iterator[Finding]:
        """Check the text of a script task."""
        if _is_foreign(text):
            return
        try:
            script = compile_assignments(text)
        except InvalidExpression as problem:
            yield _invalid("expression", problem, place)
            return
        yield from self.known_names(script.names, place, known)
        yield from self._calls(script.calls, place, known)
        yield from self.declared(script.targets, place)

    def decision_names(self, name: str, place: Place, known: frozenset[str]) -> Iterator[Finding]:
        """Check that a decision used at a place finds the variables it reads."""
        self.used_decisions.add(name)
        decision = self.model.decisions.get(name)
        if decision is not None and self.names.is_known:
            for missing in sorted(decision.names - known):
                yield error("unknown_name", place, _missing_input(name, missing))

    def known_names(self, names: Iterable[str], place: Place, known: frozenset[str]) -> Iterator[Finding]:
        """Check that names exist at a place."""
        for name in sorted(set(names) - known) if self.names.is_known else ():
            yield error("unknown_name", place, _unknown_name(name, known))

    def declared(self, names: Iterable[str], place: Place) -> Iterator[Finding]:
        """Check that what is written to is a declared variable."""
        for name in names if self.names.is_known else ():
            if name not in self.names.declared:
                yield error("undeclared_variable", place, _undeclared(name))

    def _calls(self, calls: Iterable[Call], place: Place, known: frozenset[str]) -> Iterator[Finding]:
        for call in calls:
            if call.function not in FUNCTIONS:
                yield error("unknown_function", place, unknown_function(call.function))
                continue
            least, most = FUNCTIONS[call.function]
            given = len(call.arguments)
            if given < least or (most is not None and given > most) or (call.keywords and call.function != "decide"):
                yield error("bad_call", place, _bad_call(call.function))
            elif call.function == "decide":
                yield from self._decide(call, place, known)
            elif call.function == "add" and call.arguments[1] is not None:
                yield from self._duration(call.arguments[1], place)

    def _decide(self, call: Call, place: Place, known: frozenset[str]) -> Iterator[Finding]:
        name = call.arguments[0]
        if name is None:
            yield error("decision_not_literal", place, _DECISION_NOT_LITERAL)
        elif name not in self.model.decisions:
            if ".dmn" not in self.model.unread:
                yield error("unknown_decision", place, _unknown_decision(name))
        else:
            yield from self.decision_names(name, place, known | call.keywords)

    def _duration(self, text: str, place: Place) -> Iterator[Finding]:
        try:
            parse_duration(text)
        except InvalidTimer as problem:
            yield _invalid("timer", problem, place)


def _is_foreign(text: str) -> bool:
    """Tell whether a text is another engine's notation, which has a finding of its own."""
    return "${" in text or "#{" in text


def _invalid(code: str, problem: WenzhengError, place: Place) -> Finding:
    return Finding(
        severity="error",
        code=code,
        file=place.file,
        node=place.node,
        message_zh=f"{place.chinese}：{problem.message_zh}",
        message_en=f"{place.english}: {problem.message_en}",
        fix=str(problem.fields["fix"]),
    )


def unknown_function(name: str) -> Text:
    """Return what to say about a function that does not exist here."""
    known = ", ".join(sorted(FUNCTIONS))
    return Text(
        f"calls {name}, which is not available here",
        f"调用了这里不能用的函数 {name}",
        f"Expressions may call {known}; decision tables and form rules call nothing",
        f"表达式可用 {known}；决策表和表单规则不能调用函数",
    )


def _unknown_name(name: str, known: frozenset[str]) -> Text:
    close = get_close_matches(name, known, n=1)
    hint_en = f"Did you mean {close[0]}? " if close else ""
    hint_zh = f"是否应为 {close[0]}？" if close else ""
    return Text(
        f"uses the name {name}, which no variable has",
        f"用到的变量 {name} 不存在",
        f"{hint_en}Correct it, put text in quotes, or declare the variable in procedure.toml",
        f"{hint_zh}请改正名称，文本请加引号，或在 procedure.toml 中声明变量",
    )


def _missing_input(decision: str, name: str) -> Text:
    return Text(
        f"uses the decision {decision}, which reads {name}: no variable has this name and none is passed",
        f"使用的决策 {decision} 要读取 {name}，但没有这个变量，也没有传入",
        f'Pass it, as in decide("{decision}", {name}=…), or declare the variable in procedure.toml',
        f'请传入，例如 decide("{decision}", {name}=…)，或在 procedure.toml 中声明变量',
    )


def _undeclared(name: str) -> Text:
    return Text(
        f"sets the variable {name}, which procedure.toml does not declare",
        f"要写入的变量 {name} 没有在 procedure.toml 中声明",
        "Declare it under [variables] with its type and meaning",
        "请在 [variables] 中声明，写明类型和含义",
    )


def _unknown_decision(name: str) -> Text:
    return Text(
        f"uses the decision “{name}”, which the bundle does not have",
        f"使用的决策“{name}”在流程包中不存在",
        "Correct the name, or add the decision to a DMN file",
        "请改正名称，或在 DMN 文件中补上该决策",
    )


def _bad_call(name: str) -> Text:
    return Text(
        f"calls {name} with the wrong arguments",
        f"调用 {name} 的参数不对",
        'Write now(), add(when, "P3WD"), decide("name", key=value), coalesce(a, b), len(list), min(a, b), max(a, b)',
        '请写成 now()、add(when, "P3WD")、decide("name", key=value)、coalesce(a, b)、len(list)、min(a, b)、max(a, b)',
    )


_DECISION_NOT_LITERAL = Text(
    "does not name its decision literally",
    "没有直接写明决策名称",
    'Write the name in quotes: decide("time_limits")',
    '请用引号写明名称：decide("time_limits")',
)
_CYCLE_NEEDED = Text(
    "is a cycle whose text is not one",
    "是周期定时，但内容不是周期",
    "Write R3/P1D (three times, daily) or R/P1D, or make it a duration",
    "请写成 R3/P1D（每天一次共三次）或 R/P1D，或改为时长",
)
_CYCLE_UNFIT = Text(
    "is a cycle where only one moment is possible",
    "写成了周期，但这里只能是一个时刻",
    "Write a duration, a moment or an =expression",
    "请写成时长、时刻或 =表达式",
)
