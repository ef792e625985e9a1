from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.bpmn.parser import parse_procedure
from tests.bpmn.mistakes import H, M, lint
from tests.bpmn.models import BPMN, sound_bundle

KINDS = [
    "adHocSubProcess",
    "boundaryEvent",
    "businessRuleTask",
    "callActivity",
    "endEvent",
    "errorEventDefinition",
    "escalationEventDefinition",
    "eventBasedGateway",
    "exclusiveGateway",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "messageEventDefinition",
    "parallelGateway",
    "receiveTask",
    "scriptTask",
    "serviceTask",
    "signalEventDefinition",
    "startEvent",
    "subProcess",
    "task",
    "terminateEventDefinition",
    "timerEventDefinition",
    "transaction",
    "userTask",
]
VALUES = [
    "main",
    "handling",
    "classify",
    "draft",
    "work",
    "withdrawal",
    "true",
    "false",
    "P1D",
    "R3/P1D",
    "=unit",
    "begin",
    "which",
    "${a}",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([H, M]), st.data())
def test_whatever_is_done_to_a_model_lint_answers_and_what_it_accepts_can_be_parsed(
    file: str, data: st.DataObject
) -> None:
    files = sound_bundle()
    root = etree.fromstring(files[file])
    for _ in range(data.draw(st.integers(1, 3))):
        elements = [element for element in root.iterdescendants() if "/DI" not in str(element.tag)]
        _mutate(data.draw(st.sampled_from(elements)), data)
    files[file] = etree.tostring(root, encoding="unicode")

    findings = lint(files)

    if not any(finding.severity == "error" for finding in findings):
        assert parse_procedure(files).start == "main"


def _mutate(element: etree._Element, data: st.DataObject) -> None:
    what = data.draw(st.sampled_from(["delete", "rename", "forget", "confuse", "rewrite"]))
    parent = element.getparent()
    if what == "delete" and parent is not None:
        parent.remove(element)
    elif what == "rename":
        element.tag = f"{{{BPMN}}}{data.draw(st.sampled_from(KINDS))}"
    elif what == "rewrite":
        element.text = data.draw(st.sampled_from(VALUES))
    elif element.attrib:
        name = data.draw(st.sampled_from(sorted(element.attrib)))
        if what == "forget":
            del element.attrib[name]
        else:
            element.set(name, data.draw(st.sampled_from(VALUES)))
