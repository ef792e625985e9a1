"""Checks of everything a model writes as text to be evaluated: conditions, timers, parameters, scripts, form rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.lint.findings import Finding, Place, Text, error, warning
from engine.bpmn.lint.language import Language, unknown_function
from engine.bpmn.lint.names import element_variables
from engine.bpmn.lint.people import properties
from engine.bpmn.manifest import MANIFEST_FILE
from engine.bpmn.xml import bpmn, camunda

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

    from engine.bpmn.lint.model import Model, Node


def check_expressions(model: Model) -> Iterator[Finding]:
    """Yield texts that do not compile or use names and functions that do not exist."""
    yield from _Checker(model).findings()


class _Checker:
    """Walks over everything in a bundle that holds expressions."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.language = Language(model)
        self.names = self.language.names
        self._kinds: dict[str, Callable[[Node, frozenset[str]], Iterator[Finding]]] = {
            "userTask": self._user_task,
            "serviceTask": self._parameters,
            "scriptTask": self._script,
            "businessRuleTask": self._rule_task,
        }

    def findings(self) -> Iterator[Finding]:
        for node in self.model.nodes():
            yield from self._node(node)
        for lane, entry in (self.model.manifest.lanes if self.model.manifest else {}).items():
            if entry.unit:
                yield from self.language.expression(entry.unit, Place(MANIFEST_FILE, lane), self.names.declared)
        yield from self._forms()
        yield from self._decisions()

    def _node(self, node: Node) -> Iterator[Finding]:
        known = self.names.at(node)
        yield from self._conditions(node, known)
        timer = node.definition("timer")
        if timer is not None:
            yield from self._timer_event(timer, node, known)
        check = self._kinds.get(node.kind)
        if check is not None:
            yield from check(node, known)
        loop = node.element.find(bpmn("multiInstanceLoopCharacteristics"))
        if loop is not None:
            yield from self._multi_instance(loop, node, known)

    def _conditions(self, node: Node, known: frozenset[str]) -> Iterator[Finding]:
        for flow in node.outgoing:
            condition = flow.element.find(bpmn("conditionExpression"))
            if condition is not None:
                place = Place(node.scope.file, flow.id, flow.element.get("name", ""))
                yield from self.language.expression(condition.text or "", place, known)

    def _user_task(self, node: Node, known: frozenset[str]) -> Iterator[Finding]:
        due = node.element.get(camunda("dueDate"))
        if due:
            yield from self.language.timer(due, node.place, known, cycle=False)
        for name in properties(node).get("context", "").split():
            yield from self.language.known_names({name}, node.place, self.names.declared)

    def _parameters(self, node: Node, known: frozenset[str]) -> Iterator[Finding]:
        for parameter in node.element.iterdescendants(camunda("inputParameter")):
            if (parameter.text or "").startswith("="):
                yield from self.language.expression(parameter.text or "", node.place, known)

    def _script(self, node: Node, known: frozenset[str]) -> Iterator[Finding]:
        text = "".join(element.text or "" for element in node.element.iterchildren(bpmn("script")))
        yield from self.language.script(text, node.place, known)

    def _rule_task(self, node: Node, known: frozenset[str]) -> Iterator[Finding]:
        reference = node.element.get(camunda("decisionRef"), "")
        result = node.element.get(camunda("resultVariable"))
        yield from self.language.decision_names(reference, node.place, known)
        decision = self.model.decisions.get(reference)
        if result:
            yield from self.language.declared([result], node.place)
        elif decision is not None and len(decision.outputs) > 1:
            yield from self.language.declared([output.name for output in decision.outputs], node.place)

    def _multi_instance(self, loop: etree._Element, node: Node, known: frozenset[str]) -> Iterator[Finding]:
        collection, cardinality = loop.get(camunda("collection")), loop.find(bpmn("loopCardinality"))
        if (collection is None) is (cardinality is None) or loop.find(bpmn("loopDataInputRef")) is not None:
            yield error("multi_instance", node.place, _MULTI_INSTANCE)
            return
        outside = known - element_variables(node)
        count = collection if cardinality is None else cardinality.text
        yield from self.language.expression(count or "", node.place, outside | self.names.declared)
        condition = loop.find(bpmn("completionCondition"))
        if condition is not None:
            yield from self.language.expression(condition.text or "", node.place, known)

    def _timer_event(self, timer: etree._Element, node: Node, known: frozenset[str]) -> Iterator[Finding]:
        bodies = [child for tag in ("timeDate", "timeDuration", "timeCycle") for child in timer.iterchildren(bpmn(tag))]
        if len(bodies) != 1:
            yield error("timer", node.place, _NO_TIMER)
            return
        yield from self.language.timer(
            bodies[0].text or "", node.place, known, cycle=bodies[0].tag == bpmn("timeCycle")
        )

    def _decisions(self) -> Iterator[Finding]:
        for name, decision in self.model.decisions.items():
            place = Place(decision.file, name, decision.name)
            for call in decision.calls:
                yield error("unknown_function", place, unknown_function(call.function))
            if name not in self.language.used_decisions:
                yield warning("unused_decision", place, _UNUSED_DECISION)

    def _forms(self) -> Iterator[Finding]:
        for identity, form in self.model.forms.items():
            file = self.model.form_files[identity]
            known = self.names.declared | {field.key for field in form.fields}
            for field in form.fields:
                place = Place(file, field.key or identity, field.label)
                if field.hide is not None:
                    yield from self.language.known_names(field.hide.names, place, known)
                    for call in field.hide.calls:
                        yield error("unknown_function", place, unknown_function(call.function))
                if field.variable:
                    yield from self.language.declared([field.key], place)


_MULTI_INSTANCE = Text(
    "does not say plainly over what it repeats",
    "没有写明按什么多次执行",
    "Set camunda:collection (and camunda:elementVariable), or a loop cardinality, and nothing else",
    "请只填写 camunda:collection（及 camunda:elementVariable）或循环次数之一",
)
_NO_TIMER = Text(
    "says neither date, duration nor cycle, or several of them",
    "没有写明日期、时长或周期，或同时写了几种",
    "Write exactly one of them",
    "请只写其中一种",
)
_UNUSED_DECISION = Text(
    "is a decision nothing uses",
    "是没有被使用的决策",
    "Use it in a business rule task or with decide(…), or delete it",
    "请在业务规则任务或 decide(…) 中使用，或删去它",
)
