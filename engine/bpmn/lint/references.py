"""Checks of what models point to: forms, decisions, processes, effects, messages, escalations and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.lint.findings import Finding, Place, Text, error, warning
from engine.bpmn.lint.model import Model, Node
from engine.bpmn.lint.people import properties
from engine.bpmn.manifest import MANIFEST_FILE
from engine.bpmn.xml import bpmn, camunda

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree


def check_references(model: Model) -> Iterator[Finding]:
    """Yield references that lead nowhere, and things nothing refers to."""
    yield from _manifest(model)
    yield from _forms(model)
    yield from _effects(model)
    yield from _decisions(model)
    yield from _calls(model)
    yield from _recursion(model)
    declared = {kind: _declared(model, kind) for kind in ("message", "signal", "error", "escalation")}
    for node in model.nodes():
        yield from _events(node, declared)


def _manifest(model: Model) -> Iterator[Finding]:
    if model.manifest is None:
        return
    if model.start is None and ".bpmn" not in model.unread:
        yield error("unknown_start", Place(MANIFEST_FILE, model.manifest.start), _UNKNOWN_START)
    for effect in model.manifest.answering_effects:
        if effect not in model.effects:
            yield error("unknown_effect", Place(MANIFEST_FILE, effect), _unknown_effect(model))
    for process in model.processes.values():
        if process.element.get("isExecutable") == "false":
            yield error("not_executable", process.place, _NOT_EXECUTABLE)


def _forms(model: Model) -> Iterator[Finding]:
    used = set()
    for node in model.nodes("userTask"):
        form = node.element.get(camunda("formRef"))
        used.add(form)
        if not form:
            yield warning("no_form", node.place, _NO_FORM)
        elif form not in model.forms and ".json" not in model.unread:
            yield error("unknown_form", node.place, _unknown("form", "表单", form, "forms/*.json"))
    for identity, file in model.form_files.items():
        if identity not in used:
            yield warning("unused_form", Place(file, identity), _UNUSED_FORM)


def _effects(model: Model) -> Iterator[Finding]:
    for node in model.nodes("serviceTask"):
        topic = node.element.get(camunda("topic"))
        if node.element.get(camunda("type")) != "external" or not topic:
            yield error("no_effect", node.place, _NO_EFFECT)
        elif topic not in model.effects:
            yield error("unknown_effect", node.place, _unknown_effect(model))

    for node in model.nodes("userTask"):
        effect = properties(node).get("effect")
        if effect is not None and effect not in model.effects:
            yield error("unknown_effect", node.place, _unknown_effect(model))


def _decisions(model: Model) -> Iterator[Finding]:
    for node in model.nodes("businessRuleTask"):
        reference = node.element.get(camunda("decisionRef"))
        decision = model.decisions.get(reference or "")
        if not reference:
            yield error("no_decision", node.place, _NO_DECISION)
        elif decision is None and ".dmn" not in model.unread:
            yield error("unknown_decision", node.place, _unknown("decision", "决策", reference, "*.dmn"))
        elif decision is not None and len(decision.outputs) == 1 and not node.element.get(camunda("resultVariable")):
            yield error("no_result_variable", node.place, _NO_RESULT_VARIABLE)


def _calls(model: Model) -> Iterator[Finding]:
    called = {model.manifest.start} if model.manifest else set()
    has_start = model.start is not None
    for node in model.nodes("callActivity"):
        target = node.element.get("calledElement", "")
        called.add(target)
        if target not in model.processes and ".bpmn" not in model.unread:
            yield error("unknown_process", node.place, _unknown("process", "流程", target, "*.bpmn"))
    for identity, process in model.processes.items():
        if identity not in called and has_start:
            yield warning("unused_process", process.place, _UNUSED_PROCESS)


def _recursion(model: Model) -> Iterator[Finding]:
    calls = {
        identity: {
            node.element.get("calledElement", "")
            for node in model.nodes("callActivity")
            if node.scope.process is process
        }
        for identity, process in model.processes.items()
    }
    for identity, process in model.processes.items():
        seen: set[str] = set()
        waiting = list(calls[identity])
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting += calls.get(current, ())
        if identity in seen:
            yield error("recursive_call", process.place, _RECURSIVE)


def _declared(model: Model, kind: str) -> dict[str, etree._Element]:
    return {
        element.get("id", ""): element for root in model.documents.values() for element in root.iterchildren(bpmn(kind))
    }


def _events(node: Node, declared: dict[str, dict[str, etree._Element]]) -> Iterator[Finding]:
    """Check that events name what they throw or wait for, by a name or code the engine can match."""
    holders = [(kind, node.definition(kind)) for kind in declared]
    if node.kind == "receiveTask":
        holders.append(("message", node.element))
    for kind, holder in holders:
        if holder is None:
            continue
        reference = holder.get(f"{kind}Ref")
        # Without a reference a boundary event catches every error or escalation.
        if not reference:
            if not (node.kind == "boundaryEvent" and kind in {"error", "escalation"}):
                yield error("no_reference", node.place, _no_reference(kind))
            continue
        target = declared[kind].get(reference)
        if target is None:
            yield error("unknown_reference", node.place, _unknown(kind, _CHINESE[kind], reference, f"<bpmn:{kind}>"))
        elif not target.get("name" if kind in {"message", "signal"} else f"{kind}Code"):
            yield error("no_reference", node.place, _no_reference(kind))


_CHINESE = {"message": "消息", "signal": "信号", "error": "错误", "escalation": "升级"}


def _no_reference(kind: str) -> Text:
    part_en, part_zh = ("name", "名称") if kind in {"message", "signal"} else ("code", "代码")
    return Text(
        f"refers to no {kind} with a {part_en}",
        f"没有引用带{part_zh}的{_CHINESE[kind]}",
        f"Choose a {kind} and give it a {part_en}",
        f"请选定{_CHINESE[kind]}并填写其{part_zh}",
    )


def _unknown(english: str, chinese: str, name: str, where: str) -> Text:
    return Text(
        f"refers to the {english} “{name}”, which the bundle does not have",
        f"引用的{chinese}“{name}”在流程包中不存在",
        f"Correct the name, or add it to the bundle ({where})",
        f"请改正名称，或在流程包中补上（{where}）",
    )


def _unknown_effect(model: Model) -> Text:
    known = ", ".join(sorted(model.effects))
    return Text(
        "names an effect the program does not have",
        "指定的效果在程序中不存在",
        f"Choose one of: {known}",
        f"请从以下效果中选择：{known}",
    )


_UNKNOWN_START = Text(
    "is the start process of procedure.toml, but no file defines it",
    "是 procedure.toml 指定的起始流程，但没有文件定义它",
    "Correct start in procedure.toml or the process id in the diagram",
    "请改正 procedure.toml 中的 start 或图中的流程编号",
)
_NOT_EXECUTABLE = Text(
    "is not marked as executable",
    "没有标为可执行",
    "Tick “executable” in the process's properties",
    "请在流程属性中勾选可执行",
)
_NO_FORM = Text(
    "has no form, so whoever does it can enter nothing",
    "没有表单，办理人无法填写内容",
    "Set its form (camunda:formRef)",
    "请指定表单（camunda:formRef）",
)
_UNUSED_FORM = Text(
    "is a form no task uses",
    "是没有任务使用的表单",
    "Set it as a task's form or delete the file",
    "请在任务中引用，或删去该文件",
)
_NO_EFFECT = Text(
    "names no effect",
    "没有指定效果",
    'Set camunda:type="external" and the effect\'s name as camunda:topic',
    '请设置 camunda:type="external"，并在 camunda:topic 填写效果名称',
)
_NO_DECISION = Text(
    "names no decision",
    "没有指定决策",
    "Set camunda:decisionRef to the id of a decision",
    "请在 camunda:decisionRef 填写决策编号",
)
_NO_RESULT_VARIABLE = Text(
    "does not say which variable takes the decision's answer",
    "没有写明决策结果存入哪个变量",
    "Set camunda:resultVariable",
    "请设置 camunda:resultVariable",
)
_UNUSED_PROCESS = Text(
    "is neither the start process nor called by another",
    "既不是起始流程，也没有被其他流程调用",
    "Call it, or delete it",
    "请调用它，或删去它",
)
_RECURSIVE = Text(
    "calls itself, directly or through others, and would never end",
    "直接或间接调用了自己，永远不会结束",
    "Draw the repetition as a loop with a gateway instead",
    "请改用网关回退表达重复",
)
