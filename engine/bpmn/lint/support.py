"""What SpiffWorkflow 3.2 accepts and then does not run faithfully, refused from the XML without trying to run it.

What is refused: what its parser drops without a word (link events, signal ends, error starts), what leaves a case
open for ever (a timer on an event subprocess), what it runs otherwise than BPMN says (interrupting cycles and event
subprocesses, uncaught errors), and what editors can draw but nothing here carries out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.lint.findings import Finding, Place, Text, error
from engine.bpmn.lint.model import ACTIVITIES, CHOREOGRAPHY, Model, Node, Scope
from engine.bpmn.xml import bpmn, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_USER_TASK = ("Make it a user task, a service task or a script task", "请改成用户任务、服务任务或脚本任务")
_REPLACE = ("Draw it with tasks, gateways and subprocesses instead", "请改用任务、网关和子流程表达")

#: kind of node → what it is called, in both languages, and what to draw instead
_REFUSED_NODES: dict[str, tuple[str, str, tuple[str, str]]] = {
    "task": ("a task of no kind", "未定类型的任务", _USER_TASK),
    "manualTask": ("a manual task", "手工任务", _USER_TASK),
    "sendTask": (
        "a send task",
        "发送任务",
        ("Make it a service task whose effect sends the message", "请改成服务任务，由其效果发送消息"),
    ),
    "complexGateway": (
        "a complex gateway",
        "复杂网关",
        ("Use exclusive, inclusive or parallel gateways", "请改用排他、包容或并行网关"),
    ),
    "transaction": (
        "a transaction",
        "事务子流程",
        ("Use a plain subprocess with an error boundary event", "请改用普通子流程加错误边界事件"),
    ),
    "adHocSubProcess": ("an ad hoc subprocess", "即席子流程", _REPLACE),
    **dict.fromkeys(CHOREOGRAPHY, ("a choreography element", "编排元素", _REPLACE)),
}

_THROWN = ("Let a service task carry it out, then use a plain event", "请由服务任务完成，再用普通事件")
#: kind of event → the definitions the engine runs there
_EVENT_DEFINITIONS: dict[str, frozenset[str]] = {
    "endEvent": frozenset({"terminate", "error", "escalation"}),
    "intermediateThrowEvent": frozenset({"escalation", "signal"}),
    "intermediateCatchEvent": frozenset({"message", "signal", "timer"}),
    "boundaryEvent": frozenset({"message", "signal", "timer", "error", "escalation"}),
}
_EVENT_SUBPROCESS_STARTS = frozenset({"message", "signal"})


def check_support(model: Model) -> Iterator[Finding]:
    """Yield what the engine would not run as drawn."""
    for scope in model.scopes:
        for node in scope.nodes.values():
            yield from _node(node, model)
        yield from _start(scope)
    for file, root in model.documents.items():
        for tag in ("dataStore", "dataStoreReference"):
            for element in root.iterdescendants(bpmn(tag)):
                yield _refused(Place(file, element.get("id", "")), "a data store", "数据存储", _DATA)


def _node(node: Node, model: Model) -> Iterator[Finding]:
    if node.kind in _REFUSED_NODES:
        english, chinese, fix = _REFUSED_NODES[node.kind]
        yield _refused(node.place, english, chinese, fix)
    if node.element.get("isForCompensation") == "true":
        yield _refused(node.place, "a compensation task", "补偿任务", _REPLACE)
    if node.kind in _EVENT_DEFINITIONS:
        yield from _event(node, _EVENT_DEFINITIONS[node.kind])
    if node.is_event_subprocess:
        yield from _event_subprocess(node, model)
    if node.kind in ACTIVITIES:
        yield from _activity(node)
    error_definition = node.definition("error") if node.kind == "endEvent" else None
    if error_definition is not None and not _caught(model, node.scope, model.code(error_definition, "error"), ()):
        yield error("uncaught_error", node.place, _UNCAUGHT_ERROR)


def _caught(model: Model, scope: Scope, code: str, above: tuple[Scope, ...]) -> bool:
    """Tell whether an error that leaves ``scope`` is caught on every way out; the engine drops it otherwise."""
    owners = [scope.owner] if scope.owner is not None else model.callers(scope)
    return bool(owners) and all(
        model.catcher(owner, "error", code) is not None
        or (owner.scope not in above and _caught(model, owner.scope, code, (*above, scope)))
        for owner in owners
    )


def _event(node: Node, allowed: frozenset[str]) -> Iterator[Finding]:
    definitions = [local_name(each).removesuffix("EventDefinition") for each in node.definitions()]
    if len(definitions) > 1:
        yield error("several_definitions", node.place, _SEVERAL)
        return
    if node.element.find(bpmn("eventDefinitionRef")) is not None:
        yield _refused(node.place, "a reference to a shared event definition", "对公共事件定义的引用", _REPLACE)
    elif node.kind == "intermediateCatchEvent" and not definitions:
        yield _refused(node.place, "a catch event that waits for nothing", "没有写明等待什么的捕获事件", _REPLACE)
    for kind in definitions:
        if kind not in allowed:
            yield _refused(node.place, f"a {kind} event here", f"此处的 {kind} 事件", _THROWN)
    if _is_cycle(node):
        yield from _cycle(node)


def _cycle(node: Node) -> Iterator[Finding]:
    if node.kind == "boundaryEvent" and node.interrupts:
        yield error("interrupting_cycle", node.place, _INTERRUPTING_CYCLE)
    elif node.kind == "intermediateCatchEvent":
        yield _refused(node.place, "a cycle in an intermediate event", "中间事件上的周期定时", _CYCLE)


def _is_cycle(node: Node) -> bool:
    timer = node.definition("timer")
    return timer is not None and timer.find(bpmn("timeCycle")) is not None


def _start(scope: Scope) -> Iterator[Finding]:
    """Check start events: plain ones for processes and embedded subprocesses, messages for event subprocesses."""
    event_subprocess = scope.owner is not None and scope.owner.is_event_subprocess
    for node in scope.of_kind("startEvent"):
        definitions = [local_name(each).removesuffix("EventDefinition") for each in node.definitions()]
        if not event_subprocess and definitions:
            yield error("start_not_plain", node.place, _START_NOT_PLAIN)
        elif event_subprocess and len(definitions) > 1:
            yield error("several_definitions", node.place, _SEVERAL)
        elif event_subprocess and _is_cycle(node) and node.interrupts:
            yield error("interrupting_cycle", node.place, _INTERRUPTING_CYCLE)
        elif event_subprocess and not set(definitions) & _EVENT_SUBPROCESS_STARTS:
            what = definitions[0] if definitions else "plain"
            yield _refused(
                node.place, f"a {what} start of an event subprocess", f"事件子流程的 {what} 开始事件", _EVENT_START
            )


def _event_subprocess(node: Node, model: Model) -> Iterator[Finding]:
    starts = node.inner.of_kind("startEvent") if node.inner is not None else []
    if any(start.interrupts and start.definitions() and not _is_cycle(start) for start in starts):
        yield error("interrupting_event_subprocess", node.place, _INTERRUPTING_EVENT_SUBPROCESS)
    if model.start is not None and node.scope is not model.start:
        yield error("nested_event_subprocess", node.place, _NESTED_EVENT_SUBPROCESS)


def _activity(node: Node) -> Iterator[Finding]:
    several = node.element.find(bpmn("multiInstanceLoopCharacteristics")) is not None
    if (
        several
        and node.kind in {"callActivity", "subProcess"}
        and any(_interrupts(event, node) for event in node.scope.of_kind("boundaryEvent"))
    ):
        yield error("interrupted_multi_instance", node.place, _INTERRUPTED_MULTI_INSTANCE)
    if node.element.find(bpmn("standardLoopCharacteristics")) is not None:
        yield _refused(
            node.place,
            "a loop marker",
            "循环标记",
            ("Draw the loop as a flow back through an exclusive gateway", "请用排他网关画回退连线表达循环"),
        )
    for tag in ("ioSpecification", "dataInputAssociation", "dataOutputAssociation"):
        if node.element.find(bpmn(tag)) is not None:
            yield _refused(node.place, "a data association", "数据关联", _DATA)
            break


def _interrupts(event: Node, activity: Node) -> bool:
    return event.interrupts and event.element.get("attachedToRef") == activity.id


def _refused(place: Place, english: str, chinese: str, fix: tuple[str, str]) -> Finding:
    return error(
        "unsupported",
        place,
        Text(f"is or has {english}, which the engine does not run", f"是或含有{chinese}，引擎不能执行", *fix),
    )


_DATA = (
    "Keep the value in a variable declared in procedure.toml",
    "请把数据放在 procedure.toml 声明的变量中",
)
_CYCLE = ("Use a duration, or a non-interrupting boundary event", "请改用时长，或不中断的边界事件")
_EVENT_START = ("Start it by a message or signal", "请改为由消息或信号启动")
_SEVERAL = Text(
    "waits for or throws several events at once, which the engine does not run",
    "同时含有多个事件定义，引擎不能执行",
    "Draw one event for each",
    "请为每个事件各画一个",
)
_UNCAUGHT_ERROR = Text(
    "throws an error nothing catches, and the engine would go on as if it had ended well",
    "抛出的错误没有被捕获，引擎会当作正常结束继续",
    "Put an error boundary event on the subprocess or on every call of the process, or make it a plain end",
    "请在子流程或每个调用活动上加错误边界事件，或改为普通结束事件",
)
_INTERRUPTING_CYCLE = Text(
    "is an interrupting cycle timer, which the engine does not run",
    "是中断的周期定时，引擎不能执行",
    "Make it non-interrupting, or write a duration instead of a cycle",
    "请改为不中断，或把周期改成时长",
)
_INTERRUPTED_MULTI_INSTANCE = Text(
    "runs several times over and has an interrupting boundary event, which the engine cannot cancel",
    "是多实例的调用或子流程，又带中断边界事件，引擎不能取消",
    "Put the boundary event on a subprocess around it, or make it non-interrupting",
    "请在外面再套一个子流程并把边界事件放在外层，或改为不中断",
)
_START_NOT_PLAIN = Text(
    "is a start event that waits for something; cases and called processes start plainly",
    "是等待事件的开始事件；办件和被调用流程只能普通开始",
    "Make it a plain start event",
    "请改成普通开始事件",
)
_INTERRUPTING_EVENT_SUBPROCESS = Text(
    "is an interrupting event subprocess, which does not stop the main flow in this engine",
    "是中断的事件子流程，引擎不会因此停止主流程",
    "Make it non-interrupting, or put an interrupting boundary event on a subprocess around the work",
    "请改为不中断，或把工作放进子流程并在其边框上加中断事件",
)
_NESTED_EVENT_SUBPROCESS = Text(
    "is an event subprocess below the top level of the start process, where no event wakes it",
    "是起始流程顶层以下的事件子流程，事件无法触发它",
    "Move it to the top level of the start process, or use a boundary event",
    "请移到起始流程的顶层，或改用边界事件",
)
