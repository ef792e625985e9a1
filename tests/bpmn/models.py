"""Small models for the tests of engine.bpmn: a wrapper that adds diagram and namespaces, and one sound bundle."""

from __future__ import annotations

import json

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = (
    f'<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'targetNamespace="http://example.org/procedure">'
)
EFFECTS = frozenset({"publish_reply", "notify_rejection", "record_withdrawal", "record_draft", "record_supplement"})
ROLES = frozenset({"intake", "handler", "leader"})


def definitions(content: str) -> str:
    """Wrap processes and declarations into a BPMN file whose every node and flow is drawn."""
    root = etree.fromstring(f"{HEAD}{content}</bpmn:definitions>")
    process = root.find(f"{{{BPMN}}}process")
    assert process is not None
    plane = ""
    for element in root.iterdescendants():
        kind, node = etree.QName(element).localname, element.get("id")
        if kind == "sequenceFlow":
            ends = '<di:waypoint x="0" y="0"/><di:waypoint x="1" y="1"/>'
            plane += f'<bpmndi:BPMNEdge id="{node}_di" bpmnElement="{node}">{ends}</bpmndi:BPMNEdge>'
        elif kind.endswith(("Event", "Task", "task", "Gateway", "ubProcess", "callActivity", "transaction")):
            bounds = '<dc:Bounds x="0" y="0" width="1" height="1"/>'
            plane += f'<bpmndi:BPMNShape id="{node}_di" bpmnElement="{node}">{bounds}</bpmndi:BPMNShape>'
    diagram = f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{process.get("id")}">{plane}'
    return f"{HEAD}{content}{diagram}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"


def flows(*pairs: str) -> str:
    """Return plain sequence flows written as ``"a b"``; the flow's id is ``a_b``."""
    text = ""
    for pair in pairs:
        source, target = pair.split()
        text += f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
    return text


def choice(source: str, target: str, condition: str) -> str:
    """Return a sequence flow with a condition."""
    escaped = condition.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escaped}</bpmn:conditionExpression>'
        "</bpmn:sequenceFlow>"
    )


def effect(identity: str, topic: str, extra: str = "") -> str:
    """Return a service task."""
    return (
        f'<bpmn:serviceTask id="{identity}" camunda:type="external" camunda:topic="{topic}">{extra}</bpmn:serviceTask>'
    )


LATE_TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>P3WD</bpmn:timeDuration></bpmn:timerEventDefinition>"
DRAFT = effect(
    "draft",
    "record_draft",
    '<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="unit">=unit</camunda:inputParameter>'
    "</camunda:inputOutput></bpmn:extensionElements>",
)
DRAFT_TO_END = flows("draft late_end")

MAIN = (
    """
  <bpmn:message id="withdrawal" name="withdrawal"/>
  <bpmn:message id="supplement" name="supplement"/>
  <bpmn:process id="main" name="主流程" isExecutable="true">
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="lane_intake" name="受理岗">
        <bpmn:flowNodeRef>classify</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="begin"/>
    <bpmn:businessRuleTask id="suggest" camunda:decisionRef="routing" camunda:resultVariable="suggested"/>
    <bpmn:userTask id="classify" name="甄别分类" camunda:formRef="classify"
        camunda:dueDate='=add(now(), decide("limit", step="classify"))'/>
    <bpmn:boundaryEvent id="remind" attachedToRef="classify" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeCycle>R3/P1D</bpmn:timeCycle></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:endEvent id="reminded"/>
    <bpmn:exclusiveGateway id="which" default="which_reject"/>
    """
    + effect("reject", "notify_rejection")
    + """
    <bpmn:callActivity id="handle" calledElement="handling"/>
    <bpmn:boundaryEvent id="withdraw" attachedToRef="handle">
      <bpmn:messageEventDefinition messageRef="withdrawal"/>
    </bpmn:boundaryEvent>
    """
    + effect("withdrawn", "record_withdrawal")
    + """
    <bpmn:endEvent id="end_rejected"/>
    <bpmn:endEvent id="end_withdrawn"/>
    <bpmn:endEvent id="done" name="办结"/>
    <bpmn:subProcess id="supplementing" triggeredByEvent="true">
      <bpmn:startEvent id="supplemented" isInterrupting="false">
        <bpmn:messageEventDefinition messageRef="supplement"/>
      </bpmn:startEvent>
      """
    + effect("note", "record_supplement")
    + """
      <bpmn:endEvent id="noted"/>
      """
    + flows("supplemented note", "note noted")
    + """
    </bpmn:subProcess>
    """
    + flows(
        "begin suggest",
        "suggest classify",
        "remind reminded",
        "classify which",
        "which reject",
        "reject end_rejected",
        "handle done",
        "withdraw withdrawn",
        "withdrawn end_withdrawn",
    )
    + choice("which", "handle", 'choice == "forward"')
    + """
  </bpmn:process>
"""
)

HANDLING = (
    """
  <bpmn:process id="handling" name="办理" isExecutable="true">
    <bpmn:startEvent id="h_begin"/>
    <bpmn:subProcess id="work">
      <bpmn:startEvent id="w_begin"/>
      <bpmn:userTask id="assist" name="协办" camunda:formRef="assist" camunda:candidateGroups="handler">
        <bpmn:extensionElements>
          <camunda:properties>
            <camunda:property name="not_done_by" value="classify"/>
            <camunda:property name="context" value="unit choice"/>
          </camunda:properties>
        </bpmn:extensionElements>
        <bpmn:multiInstanceLoopCharacteristics camunda:collection="units" camunda:elementVariable="one">
          <bpmn:completionCondition>rounds >= 3</bpmn:completionCondition>
        </bpmn:multiInstanceLoopCharacteristics>
      </bpmn:userTask>
      <bpmn:endEvent id="w_end"/>
      """
    + flows("w_begin assist", "assist w_end")
    + """
    </bpmn:subProcess>
    <bpmn:boundaryEvent id="late" attachedToRef="work" cancelActivity="false">
      """
    + LATE_TIMER
    + """
    </bpmn:boundaryEvent>
    """
    + DRAFT
    + """
    <bpmn:endEvent id="late_end"/>
    <bpmn:scriptTask id="count" scriptFormat="python">
      <bpmn:script>rounds = coalesce(rounds, 0) + 1</bpmn:script>
    </bpmn:scriptTask>
    """
    + effect("publish", "publish_reply")
    + """
    <bpmn:endEvent id="h_end"/>
    """
    + flows("h_begin work", "work count", "late draft", "draft late_end", "count publish", "publish h_end")
    + """
  </bpmn:process>
"""
)

PROCEDURE = """
[procedure]
key = "sound"
name = "示例流程"
start = "main"
answering_effects = ["publish_reply", "notify_rejection", "record_withdrawal"]

[variables]
choice = { type = "string", about = "甄别结果" }
suggested = { type = "string", about = "建议单位" }
unit = { type = "string", about = "主办单位" }
units = { type = "list", about = "协办单位" }
rounds = { type = "number", about = "轮次" }

[lanes."受理岗"]
role = "intake"
unit = "unit"
"""


def decision(identity: str, inputs: str, outputs: str, *rules: str, policy: str = "UNIQUE") -> str:
    """Return a decision table: columns by comma-separated names, rules as ``"cell | cell | output"``."""
    columns, results = inputs.split(","), outputs.split(",")
    rows = ""
    for number, rule in enumerate(rules):
        cells = [cell.strip().replace("&", "&amp;").replace("<", "&lt;") for cell in rule.split("|")]
        rows += f'<rule id="{identity}_r{number}">'
        for position, cell in enumerate(cells):
            kind = "inputEntry" if position < len(columns) else "outputEntry"
            rows += f'<{kind} id="{identity}_r{number}_{position}"><text>{cell}</text></{kind}>'
        rows += "</rule>"
    return (
        f'<decision id="{identity}" name="{identity}"><decisionTable id="{identity}_table" hitPolicy="{policy}">'
        + "".join(
            f'<input id="{identity}_in{n}"><inputExpression id="{identity}_ie{n}">'
            f"<text>{name}</text></inputExpression></input>"
            for n, name in enumerate(columns)
        )
        + "".join(f'<output id="{identity}_out{n}" name="{name}"/>' for n, name in enumerate(results))
        + rows
        + "</decisionTable></decision>"
    )


def dmn(*decisions: str) -> str:
    """Wrap decisions into a DMN 1.3 file."""
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="tables" name="tables" '
        f'namespace="http://example.org/tables">{"".join(decisions)}</definitions>'
    )


def form(identity: str, *components: dict[str, object]) -> str:
    """Return a form-js form."""
    return json.dumps({"type": "default", "id": identity, "schemaVersion": 17, "components": components})


CHOICE: dict[str, object] = {
    "type": "radio",
    "key": "choice",
    "label": "结果",
    "values": [{"label": "转办", "value": "forward"}, {"label": "不予受理", "value": "reject"}],
    "properties": {"variable": "true"},
    "validate": {"required": True},
}
REASON: dict[str, object] = {
    "type": "textarea",
    "key": "reason",
    "label": "理由",
    "conditional": {"hide": '=choice != "reject"'},
}


def sound_bundle() -> dict[str, str]:
    """Return the files of a bundle in which lint finds nothing."""
    return {
        "procedure.toml": PROCEDURE,
        "main.bpmn": definitions(MAIN),
        "handling.bpmn": definitions(HANDLING),
        "tables.dmn": dmn(
            decision("routing", "choice", "unit", '"forward" | "A01"', "- | null", policy="FIRST"),
            decision("limit", "step", "limit", '"classify" | "P1WD"'),
        ),
        "forms/classify.json": form("classify", CHOICE, REASON),
        "forms/assist.json": form("assist", {"type": "textarea", "key": "opinion", "label": "协办意见"}),
    }
