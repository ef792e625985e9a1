"""From a bundle to an executable procedure: SpiffWorkflow specs plus what our runner needs to know about each node.

Parsing happens once per deployment and process; the result is cached by the caller and never stored with a case.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import event_parsers, task_parsers
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask

from engine.bpmn import specs
from engine.bpmn.bundle import Bundle
from engine.bpmn.expressions import compile_assignments, compile_expression
from engine.bpmn.timers import CaseTimer
from engine.bpmn.xml import InvalidModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

    from engine.bpmn.decisions import Decision
    from engine.bpmn.forms import Form

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


@dataclass(frozen=True)
class Node:
    """A flow node as the diagram shows it."""

    id: str
    name: str
    kind: str
    process: str
    file: str
    lane: str | None


@dataclass(frozen=True)
class Procedure:
    """A parsed deployment, ready to run; ``titles`` are the names of its processes."""

    key: str
    start: str
    specs: Mapping[str, BpmnProcessSpec]
    nodes: Mapping[str, Node]
    titles: Mapping[str, str]
    variables: frozenset[str]
    decisions: Mapping[str, Decision]
    forms: Mapping[str, Form]


class _OurTaskParser(TaskParser):  # type: ignore[misc]
    PARALLEL_MI_CLASS = specs.ParallelMultiInstance
    SEQUENTIAL_MI_CLASS = specs.SequentialMultiInstance


class _UserTaskParser(_OurTaskParser):
    def create_task(self) -> specs.UserTask:
        task: specs.UserTask = super().create_task()
        task.binding = self.process_parser.parser.bindings[self.bpmn_id]
        return task


class _EffectParser(_OurTaskParser):
    def create_task(self) -> specs.EffectTask:
        task: specs.EffectTask = super().create_task()
        task.effect = self.node.get(f"{CAMUNDA}topic", "")
        task.parameters = {
            each.get("name"): compile_expression(each.text) if (each.text or "").startswith("=") else (each.text or "")
            for each in self.node.iterfind(f"{BPMN}extensionElements/{CAMUNDA}inputOutput/{CAMUNDA}inputParameter")
        }
        return task


class _DecisionParser(_OurTaskParser):
    def create_task(self) -> specs.DecisionTask:
        task: specs.DecisionTask = super().create_task()
        task.decision = self.node.get(f"{CAMUNDA}decisionRef", "")
        task.result = self.node.get(f"{CAMUNDA}resultVariable")
        return task


class _ScriptParser(_OurTaskParser):
    def create_task(self) -> specs.AssignmentTask:
        script = "".join(self.node.itertext(f"{BPMN}script"))
        task: specs.AssignmentTask = self.spec_class(self.spec, self.bpmn_id, script=script, **self.bpmn_attributes)
        task.program = compile_assignments(script)
        return task


class _CallParser(_OurTaskParser, task_parsers.CallActivityParser):  # type: ignore[misc]
    pass


class _SubprocessParser(_OurTaskParser, task_parsers.SubWorkflowParser):  # type: ignore[misc]
    def create_task(self) -> Any:  # noqa: ANN401 - the library decides the class
        # The library looks for this attribute in the BPMN namespace, where editors never write it.
        if self.node.get("triggeredByEvent") == "true":
            self.spec_class = self.EVENT_SUBPROCESS_CLASS
        return super().create_task()


class _TimerParsing:
    node: etree._Element

    def parse_timer_event(self, event: etree._Element) -> CaseTimer:
        identity = self.node.get("id", "")
        for child in event.iterchildren(etree.Element):
            if etree.QName(child).localname in {"timeDate", "timeDuration", "timeCycle"}:
                return CaseTimer(self.node.get("name") or identity, identity, child.text or "")
        raise InvalidModel(
            f"Timer {identity} says neither date, duration nor cycle.",
            message_zh=f"定时事件 {identity} 没有写明日期、时长或周期。",
            node=identity,
        )


class _StartParser(_TimerParsing, event_parsers.StartEventParser):  # type: ignore[misc]
    pass


class _CatchParser(_TimerParsing, event_parsers.IntermediateCatchEventParser):  # type: ignore[misc]
    pass


class _BoundaryParser(_TimerParsing, event_parsers.BoundaryEventParser):  # type: ignore[misc]
    pass


class _Parser(BpmnParser):  # type: ignore[misc]
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - the library's hook
        full_tag("userTask"): (_UserTaskParser, specs.UserTask),
        full_tag("serviceTask"): (_EffectParser, specs.EffectTask),
        full_tag("businessRuleTask"): (_DecisionParser, specs.DecisionTask),
        full_tag("scriptTask"): (_ScriptParser, specs.AssignmentTask),
        full_tag("callActivity"): (_CallParser, defaults.CallActivity),
        full_tag("subProcess"): (_SubprocessParser, defaults.SubWorkflowTask),
        full_tag("startEvent"): (_StartParser, defaults.StartEvent),
        full_tag("intermediateCatchEvent"): (_CatchParser, defaults.IntermediateCatchEvent),
        full_tag("boundaryEvent"): (_BoundaryParser, specs.BoundaryEvent),
    }

    def __init__(self, bindings: Mapping[str, specs.TaskBinding]) -> None:
        super().__init__()
        self.bindings = bindings


def parse_procedure(files: Mapping[str, str]) -> Procedure:
    """Parse a bundle's files into a procedure.

    Raises:
        InvalidModel: a file is broken in a way that makes it impossible to run; lint says it more kindly.

    """
    bundle = Bundle.parse(files)
    nodes: dict[str, Node] = {}
    for file, document in bundle.documents.items():
        nodes.update(_nodes(document, file))
    parser = _Parser(_bindings(bundle, nodes))
    for file, document in bundle.documents.items():
        parser.add_bpmn_xml(_prepare(document), filename=file)
    try:
        parsed = parser.find_all_specs()
    except ValidationException as error:
        raise InvalidModel(str(error), file=error.file_name, node=error.id) from error
    for spec in parsed.values():
        _settle(spec)
    manifest = bundle.manifest
    return Procedure(
        key=manifest.key,
        start=manifest.start,
        specs=parsed,
        nodes=nodes,
        titles={
            process.get("id", ""): process.get("name", "") or process.get("id", "")
            for document in bundle.documents.values()
            for process in document.iter(f"{BPMN}process")
        },
        variables=frozenset(manifest.variables),
        decisions=bundle.decisions,
        forms=bundle.forms,
    )


def _nodes(document: etree._Element, file: str) -> dict[str, Node]:
    lanes = {
        reference.text: lane.get("name")
        for lane in document.iter(f"{BPMN}lane")
        for reference in lane.iterfind(f"{BPMN}flowNodeRef")
    }
    found: dict[str, Node] = {}
    for process in document.iter(f"{BPMN}process"):
        for element in process.iter(etree.Element):
            identity = element.get("id")
            kind = etree.QName(element).localname
            if identity and kind not in {"sequenceFlow", "process", "laneSet", "lane"}:
                lane = next(
                    (lanes[each.get("id")] for each in _self_and_ancestors(element) if each.get("id") in lanes), None
                )
                found[identity] = Node(identity, element.get("name", ""), kind, process.get("id", ""), file, lane)
    return found


def _self_and_ancestors(element: etree._Element) -> list[etree._Element]:
    return [element, *element.iterancestors()]


def _bindings(bundle: Bundle, nodes: Mapping[str, Node]) -> dict[str, specs.TaskBinding]:
    bindings: dict[str, specs.TaskBinding] = {}
    for document in bundle.documents.values():
        for element in document.iter(f"{BPMN}userTask"):
            identity = element.get("id", "")
            lane = bundle.manifest.lanes.get(nodes[identity].lane or "")
            properties = {
                each.get("name"): each.get("value", "")
                for each in element.iterfind(f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property")
            }
            candidate = element.get(f"{CAMUNDA}candidateGroups")
            unit = lane.unit if lane is not None and not candidate else None
            bindings[identity] = specs.TaskBinding(
                role=candidate or (lane.role if lane is not None else ""),
                unit=compile_expression(unit) if unit else None,
                form=element.get(f"{CAMUNDA}formRef"),
                due=element.get(f"{CAMUNDA}dueDate"),
                not_done_by=properties.get("not_done_by"),
                context=tuple(properties.get("context", "").split()),
                effect=properties.get("effect"),
            )
    return bindings


def _prepare(document: etree._Element) -> etree._Element:
    """Return a copy in which the editors' multi-instance attributes stand as the BPMN elements the library reads."""
    copy = deepcopy(document)
    for loop in copy.iter(f"{BPMN}multiInstanceLoopCharacteristics"):
        collection = loop.get(f"{CAMUNDA}collection")
        item = loop.get(f"{CAMUNDA}elementVariable")
        if collection:
            etree.SubElement(loop, f"{BPMN}loopDataInputRef").text = collection
        if item:
            etree.SubElement(loop, f"{BPMN}inputDataItem", id=item, name=item)
    return copy


def _settle(spec: BpmnProcessSpec) -> None:
    """Make the spec safe to share between cases: the library would otherwise change it while a case runs."""
    for task_spec in list(spec.task_specs.values()):
        if isinstance(task_spec, MultiInstanceTask):
            spec.task_specs[task_spec.task_spec].completed_event.connect(task_spec.merge_child)
            if task_spec.data_input is not None:
                task_spec.data_input = specs.CollectionReference(task_spec.data_input.bpmn_id)
            if task_spec.input_item is not None:
                task_spec.input_item = specs.ItemReference(task_spec.input_item.bpmn_id)
    for name in spec.start.trigger_specs:
        # An event subprocess hangs on the start task only when its event arrives: link it one way, so that
        # the library does not add it to the outputs that every new case takes.
        triggered = spec.task_specs[name]
        triggered._inputs.append(spec.start.name)  # noqa: SLF001
        triggered.connect(spec.end)
