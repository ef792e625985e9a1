"""A lenient view of a bundle for lint: scopes, nodes and flows read straight from the XML.

Nothing in here judges; a reference that leads nowhere is simply None. The engine's own parser would stop at the
first mistake, so it is not used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.bpmn.lint.findings import Place
from engine.bpmn.xml import bpmn, local_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from lxml import etree

    from engine.bpmn.decisions import Decision
    from engine.bpmn.forms import Form
    from engine.bpmn.manifest import Lane, Manifest

SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
    }
)
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
CHOREOGRAPHY = frozenset({"choreographyTask", "subChoreography", "callChoreography"})
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS | CHOREOGRAPHY


@dataclass(eq=False, slots=True)
class Flow:
    """A sequence flow; an end that does not exist in the same scope is None."""

    id: str
    element: etree._Element
    source: Node | None
    target: Node | None


@dataclass(eq=False, slots=True)
class Node:
    """A flow node with its flows, its boundary events and the scope it stands in."""

    id: str
    name: str
    kind: str
    element: etree._Element
    scope: Scope
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundaries: list[Node] = field(default_factory=list)
    inner: Scope | None = None

    @property
    def place(self) -> Place:
        """Return where a finding about the node belongs."""
        return Place(self.scope.file, self.id, self.name)

    @property
    def is_event_subprocess(self) -> bool:
        """Tell whether the node is a subprocess that an event starts."""
        return self.kind == "subProcess" and self.element.get("triggeredByEvent") == "true"

    @property
    def interrupts(self) -> bool:
        """Tell whether a boundary or start event cancels what it is attached to."""
        attribute = "isInterrupting" if self.kind == "startEvent" else "cancelActivity"
        return self.element.get(attribute, "true") == "true"

    @property
    def is_multi_instance(self) -> bool:
        """Tell whether the activity runs once per member of a collection."""
        return self.element.find(bpmn("multiInstanceLoopCharacteristics")) is not None

    def definitions(self) -> list[etree._Element]:
        """Return the event definitions of an event."""
        return [child for child in self.element if local_name(child).endswith("EventDefinition")]

    def definition(self, kind: str) -> etree._Element | None:
        """Return the event definition of one kind, such as ``timer``."""
        return self.element.find(bpmn(f"{kind}EventDefinition"))


@dataclass(eq=False, slots=True)
class Scope:
    """A process or a subprocess: what flows can connect."""

    id: str
    element: etree._Element
    file: str
    owner: Node | None
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Return where a finding about the scope belongs."""
        return Place(self.file, self.id, self.element.get("name", ""))

    @property
    def process(self) -> Scope:
        """Return the outermost scope around this one."""
        scope = self
        while scope.owner is not None:
            scope = scope.owner.scope
        return scope

    def of_kind(self, *kinds: str) -> list[Node]:
        """Return the nodes of some kinds."""
        return [node for node in self.nodes.values() if node.kind in kinds]


@dataclass(eq=False, slots=True)
class Model:
    """A bundle as far as it could be read; what could not is missing here and reported by ``files``."""

    manifest: Manifest | None
    documents: Mapping[str, etree._Element]
    decisions: Mapping[str, Decision]
    forms: Mapping[str, Form]
    form_files: Mapping[str, str]
    effects: Collection[str]
    roles: Collection[str]
    processes: dict[str, Scope] = field(default_factory=dict)
    scopes: list[Scope] = field(default_factory=list)
    lane_names: dict[str, str] = field(default_factory=dict)
    #: Suffixes of which a file could not be read: what is missing may be defined there.
    unread: frozenset[str] = frozenset()

    def nodes(self, *kinds: str) -> Iterator[Node]:
        """Yield the nodes of all scopes, or those of some kinds."""
        for scope in self.scopes:
            yield from (node for node in scope.nodes.values() if not kinds or node.kind in kinds)

    @property
    def start(self) -> Scope | None:
        """Return the process a new case starts."""
        return self.processes.get(self.manifest.start) if self.manifest else None

    def called_by(self, node: Node) -> Scope | None:
        """Return the process a call activity calls."""
        return self.processes.get(node.element.get("calledElement", ""))

    def callers(self, process: Scope) -> list[Node]:
        """Return the call activities that call a process."""
        return [node for node in self.nodes("callActivity") if self.called_by(node) is process]

    def inside(self, node: Node) -> Scope | None:
        """Return the scope an activity runs: an embedded subprocess or a called process."""
        return self.called_by(node) if node.kind == "callActivity" else node.inner

    def code(self, definition: etree._Element, kind: str) -> str:
        """Return the code an error or escalation event definition refers to; "" catches every one."""
        reference = definition.get(f"{kind}Ref", "")
        declared = (
            element
            for root in self.documents.values()
            for element in root.iterchildren(bpmn(kind))
            if element.get("id") == reference
        )
        element = next(declared, None)
        return reference if element is None else element.get(f"{kind}Code", "")

    def catcher(self, node: Node, kind: str, code: str) -> Node | None:
        """Return the boundary event of an activity that catches an error or escalation thrown inside."""
        for event in node.boundaries:
            definition = event.definition(kind)
            if definition is not None and self.code(definition, kind) in {"", code}:
                return event
        return None

    def lane_of(self, node: Node) -> str | None:
        """Return the name of the lane around a node; nodes of a subprocess belong to the subprocess's lane."""
        current: Node | None = node
        while current is not None:
            if current.id in self.lane_names:
                return self.lane_names[current.id]
            current = current.scope.owner
        return None

    def lane(self, node: Node) -> Lane | None:
        """Return what procedure.toml says about the lane around a node."""
        name = self.lane_of(node)
        return self.manifest.lanes.get(name) if self.manifest and name is not None else None


def add_document(model: Model, root: etree._Element, file: str) -> None:
    """Add the processes of one BPMN file to the model."""
    for lane in root.iter(bpmn("lane")):
        for reference in lane.iterchildren(bpmn("flowNodeRef")):
            model.lane_names[(reference.text or "").strip()] = lane.get("name", "")
    for process in root.iterchildren(bpmn("process")):
        scope = _scope(model, process, file, None)
        model.processes.setdefault(scope.id, scope)


def _scope(model: Model, element: etree._Element, file: str, owner: Node | None) -> Scope:
    scope = Scope(element.get("id", ""), element, file, owner)
    model.scopes.append(scope)
    for child in element:
        kind = local_name(child)
        if kind in FLOW_NODES and child.get("id"):
            node = Node(child.get("id", ""), child.get("name", "").strip(), kind, child, scope)
            scope.nodes.setdefault(node.id, node)
            if kind in SUBPROCESSES:
                node.inner = _scope(model, child, file, node)
    for node in scope.nodes.values():
        host = scope.nodes.get(node.element.get("attachedToRef", ""))
        if node.kind == "boundaryEvent" and host is not None:
            host.boundaries.append(node)
    for child in element.iterchildren(bpmn("sequenceFlow")):
        _connect(scope, child)
    return scope


def _connect(scope: Scope, element: etree._Element) -> None:
    source = scope.nodes.get(element.get("sourceRef", ""))
    target = scope.nodes.get(element.get("targetRef", ""))
    flow = Flow(element.get("id", ""), element, source, target)
    scope.flows.append(flow)
    if source is not None:
        source.outgoing.append(flow)
    if target is not None:
        target.incoming.append(flow)
