"""Checks of the drawing: flows connect, every node leads somewhere and can be reached."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from engine.bpmn.lint.files import DUPLICATE_ID
from engine.bpmn.lint.findings import Finding, Place, Text, error, warning
from engine.bpmn.lint.model import ACTIVITIES, FLOW_NODES, GATEWAYS, Model, Node, Scope
from engine.bpmn.xml import BPMNDI_NAMESPACE, bpmn, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

#: Messages and the like are matched by name or code, so files may each declare the same one.
_SHARED = frozenset({"message", "signal", "error", "escalation"})
#: The engine keeps these by id for the whole bundle; other ids need to be unique in their file only.
_IDENTIFIED = FLOW_NODES | _SHARED | {"process", "sequenceFlow"}


def check_structure(model: Model) -> Iterator[Finding]:
    """Yield what is wrong with the drawing."""
    yield from _ids(model)
    for scope in model.scopes:
        if scope.owner is not None and scope.owner.kind == "adHocSubProcess":
            continue  # refused as a whole, and not drawn with starts and ends
        yield from _starts_and_ends(scope)
        yield from _flows(scope)
        for node in scope.nodes.values():
            yield from _node(node)
        yield from _unreachable(scope)
    yield from _shapes(model)


def _ids(model: Model) -> Iterator[Finding]:
    across: dict[str, tuple[str | None, ...] | None] = {}
    for file, root in model.documents.items():
        within: set[str] = set()
        for element in root.iterdescendants(bpmn("*")):
            identity, kind = element.get("id"), local_name(element)
            if identity is None:
                if kind in FLOW_NODES or kind == "process":
                    yield error("missing_id", Place(file, "", element.get("name", "")), _MISSING_ID)
            elif identity in within or (kind in _IDENTIFIED and not _same(across, identity, element)):
                yield error("duplicate_id", Place(file, identity), DUPLICATE_ID)
            within.add(identity or "")


def _same(across: dict[str, tuple[str | None, ...] | None], identity: str, element: etree._Element) -> bool:
    """Note an id; tell whether the bundle uses it for this meaning only."""
    kind = local_name(element)
    if kind not in _SHARED:
        known = identity in across
        across.setdefault(identity, None)
        return not known
    meaning = (kind, element.get("name"), element.get(f"{kind}Code"))
    return across.setdefault(identity, meaning) == meaning


def _starts_and_ends(scope: Scope) -> Iterator[Finding]:
    starts = scope.of_kind("startEvent")
    if len(starts) != 1:
        yield error("start_events", scope.place, _ONE_START)
    if not scope.of_kind("endEvent"):
        yield error("no_end", scope.place, _NO_END)


def _flows(scope: Scope) -> Iterator[Finding]:
    for flow in scope.flows:
        place = Place(scope.file, flow.id, flow.element.get("name", ""))
        if flow.source is None or flow.target is None:
            yield error("bad_flow", place, _DANGLING)
        elif flow.target.kind in {"startEvent", "boundaryEvent"} or flow.source.kind == "endEvent":
            yield error("bad_flow", place, _WRONG_WAY)
        elif flow.target.is_event_subprocess or flow.source.is_event_subprocess:
            yield error("bad_flow", place, _INTO_EVENT_SUBPROCESS)


def _node(node: Node) -> Iterator[Finding]:
    if node.kind != "endEvent" and not node.is_event_subprocess and not node.outgoing:
        yield error("dead_end", node.place, _DEAD_END)
    if node.kind not in GATEWAYS and len(node.outgoing) > 1:
        yield error("implicit_split", node.place, _IMPLICIT_SPLIT)
    if node.kind == "boundaryEvent":
        yield from _boundary(node)
    if node.kind in {"exclusiveGateway", "inclusiveGateway"}:
        yield from _choice(node)
    else:
        for flow in node.outgoing:
            if flow.element.find(bpmn("conditionExpression")) is not None:
                yield error("condition_ignored", Place(node.scope.file, flow.id), _CONDITION_IGNORED)
    if node.kind == "eventBasedGateway":
        yield from _event_gateway(node)


def _boundary(node: Node) -> Iterator[Finding]:
    host = node.scope.nodes.get(node.element.get("attachedToRef", ""))
    if host is None or host.kind not in ACTIVITIES or host.is_event_subprocess:
        yield error("bad_boundary", node.place, _NOT_ATTACHED)
    elif not node.definitions():
        yield error("bad_boundary", node.place, _NO_DEFINITION)
    elif node.definition("error") is not None and not node.interrupts:
        yield error("bad_boundary", node.place, _ERROR_INTERRUPTS)


def _choice(node: Node) -> Iterator[Finding]:
    default = node.element.get("default")
    flows = {flow.id for flow in node.outgoing}
    if default and default not in flows:
        yield error("unknown_default", node.place, _UNKNOWN_DEFAULT)
    for flow in node.outgoing:
        conditional = flow.element.find(bpmn("conditionExpression")) is not None
        if len(flows) > 1 and not conditional and flow.id != default:
            yield error("missing_condition", Place(node.scope.file, flow.id), _MISSING_CONDITION)
        if conditional and flow.id == default:
            yield error("condition_ignored", Place(node.scope.file, flow.id), _DEFAULT_CONDITION)
    if len(flows) > 1 and not default:
        yield warning("no_default", node.place, _NO_DEFAULT)


def _event_gateway(node: Node) -> Iterator[Finding]:
    targets = [flow.target for flow in node.outgoing if flow.target is not None]
    waits = all(
        target.kind in {"intermediateCatchEvent", "receiveTask"} and len(target.incoming) == 1 for target in targets
    )
    if len(targets) < 2 or not waits:  # noqa: PLR2004 - a choice needs two
        yield error("event_gateway", node.place, _EVENT_GATEWAY)


def _unreachable(scope: Scope) -> Iterator[Finding]:
    waiting = [node for node in scope.nodes.values() if node.kind == "startEvent" or node.is_event_subprocess]
    reached: set[Node] = set()
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += [flow.target for flow in node.outgoing if flow.target is not None]
            waiting += node.boundaries
    for node in scope.nodes.values():
        # A boundary event that hangs on nothing is reported as such.
        if node not in reached and not (node.kind == "boundaryEvent" and not node.incoming):
            yield error("unreachable", node.place, _UNREACHABLE)


def _shapes(model: Model) -> Iterator[Finding]:
    for file, root in model.documents.items():
        drawn = Counter(
            element.get("bpmnElement")
            for tag in ("BPMNShape", "BPMNEdge")
            for element in root.iterdescendants(f"{{{BPMNDI_NAMESPACE}}}{tag}")
        )
        missing = [
            element.get("id", "")
            for element in root.iterdescendants(bpmn("*"))
            if local_name(element) in FLOW_NODES | {"sequenceFlow"}
            and element.get("id")
            and element.get("id") not in drawn
        ]
        if missing:
            yield warning(
                "no_shape",
                Place(file, missing[0]),
                Text(
                    f"is not drawn in the diagram; neither are {len(missing) - 1} others",
                    f"没有画在图上，另有 {len(missing) - 1} 个元素也没有",
                    "Open the file in a BPMN editor, place the elements and save it",
                    "请用 BPMN 编辑器打开，摆放元素后保存",
                )
                if len(missing) > 1
                else _NO_SHAPE,
            )


_MISSING_ID = Text(
    "holds an element without an id",
    "中有元素没有编号",
    "Give every element an id",
    "请给每个元素编号",
)
_ONE_START = Text(
    "does not have exactly one start event",
    "不是恰好有一个开始事件",
    "Draw one start event and lead everything from it",
    "请只画一个开始事件，并由它引出流程",
)
_NO_END = Text("has no end event", "没有结束事件", "Draw an end event", "请画上结束事件")
_DANGLING = Text(
    "does not connect two elements of the same process",
    "没有连接同一流程中的两个元素",
    "Connect both ends of the flow, or delete it",
    "请连好两端，或删去该连线",
)
_WRONG_WAY = Text(
    "leads into a start or boundary event, or out of an end event",
    "进入了开始事件或边界事件，或从结束事件引出",
    "Lead the flow elsewhere",
    "请改变连线的方向或终点",
)
_INTO_EVENT_SUBPROCESS = Text(
    "connects an event subprocess, which only its event starts",
    "连接了事件子流程，而事件子流程只能由其事件启动",
    "Delete the flow",
    "请删去该连线",
)
_DEAD_END = Text(
    "leads nowhere",
    "没有后续",
    "Draw a flow to what comes next, or to an end event",
    "请连到下一步或结束事件",
)
_IMPLICIT_SPLIT = Text(
    "has several outgoing flows without a gateway",
    "没有网关却有多条出线",
    "Put a gateway behind it that says whether one or all of them are taken",
    "请在其后画网关，写明走一条还是全部",
)
_NOT_ATTACHED = Text(
    "is not attached to a task, subprocess or call activity",
    "没有附着在任务、子流程或调用活动上",
    "Attach the event to the edge of an activity",
    "请把该事件放到活动的边框上",
)
_NO_DEFINITION = Text(
    "does not say what it waits for",
    "没有写明等待什么",
    "Make it a timer, message, escalation, error or signal event",
    "请改成定时、消息、升级、错误或信号事件",
)
_ERROR_INTERRUPTS = Text(
    "is a non-interrupting error event, which BPMN does not have",
    "是不中断的错误事件，BPMN 中没有这种事件",
    "Make it interrupting, or use an escalation",
    "请改为中断事件，或改用升级事件",
)
_CONDITION_IGNORED = Text(
    "has a condition that nothing evaluates, since it does not leave an exclusive or inclusive gateway",
    "上的条件不会被判断，因为它不是排他或包容网关的出线",
    "Remove the condition or put an exclusive gateway before it",
    "请删去条件，或在前面加排他网关",
)
_DEFAULT_CONDITION = Text(
    "is the default flow, so its condition is never evaluated",
    "是默认出线，其条件不会被判断",
    "Remove the condition",
    "请删去该条件",
)
_UNKNOWN_DEFAULT = Text(
    "names a default flow that does not leave it",
    "的默认出线不是它的出线",
    "Choose one of its own outgoing flows as the default",
    "请在它自己的出线中选定默认出线",
)
_MISSING_CONDITION = Text(
    "has neither a condition nor is it the gateway's default flow",
    "既没有条件，也不是网关的默认出线",
    "Write a condition, or mark it as the default flow",
    "请写上条件，或设为默认出线",
)
_NO_DEFAULT = Text(
    "has no default flow: when no condition holds, the case stops there",
    "没有默认出线：条件都不成立时，该件会停在这里",
    "Mark one outgoing flow as the default",
    "请把一条出线设为默认",
)
_EVENT_GATEWAY = Text(
    "must lead to at least two catching events that have no other incoming flow",
    "后面必须是至少两个只有这一条入线的捕获事件",
    "Lead it to timer or message catch events only",
    "请只连到定时或消息捕获事件",
)
_UNREACHABLE = Text(
    "can never be reached from the start event",
    "从开始事件无法到达",
    "Draw a flow that leads there, or delete it",
    "请画出通向它的连线，或删去它",
)
_NO_SHAPE = Text(
    "is not drawn in the diagram",
    "没有画在图上",
    "Open the file in a BPMN editor, place the element and save it",
    "请用 BPMN 编辑器打开，摆放该元素后保存",
)
