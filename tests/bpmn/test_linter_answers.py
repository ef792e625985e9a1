from __future__ import annotations

from tests.bpmn.mistakes import H, M, lint
from tests.bpmn.models import HANDLING, MAIN, definitions, effect, flows, sound_bundle


def unanswered(*, main: str = MAIN, handling: str = HANDLING) -> list[str]:
    findings = lint(sound_bundle() | {M: definitions(main), H: definitions(handling)})
    assert {each.code for each in findings} <= {"unanswered_end"}, findings
    return [each.node for each in findings]


def test_an_answer_inside_a_called_process_counts() -> None:
    assert unanswered() == []
    assert unanswered(handling=HANDLING.replace("publish_reply", "record_draft")) == ["done"]


def test_the_message_shows_the_way() -> None:
    handling = HANDLING.replace("publish_reply", "record_draft")

    (finding,) = lint(sound_bundle() | {H: definitions(handling)})

    assert "begin → suggest → 甄别分类 → which → handle → 办结" in finding.message_zh


def test_an_interrupting_boundary_event_leads_past_the_answer() -> None:
    assert unanswered(main=MAIN.replace("record_withdrawal", "record_draft")) == ["end_withdrawn"]


def test_a_branch_beside_the_main_flow_needs_no_answer() -> None:
    # the reminder and the supplement of the sound bundle end without one
    assert unanswered() == []


def test_an_error_thrown_before_the_answer_must_be_answered_where_it_is_caught() -> None:
    declared = '<bpmn:error id="lost" name="lost" errorCode="lost"/>'
    raised = HANDLING.replace(
        '<bpmn:endEvent id="w_end"/>',
        '<bpmn:endEvent id="w_end"><bpmn:errorEventDefinition errorRef="lost"/></bpmn:endEvent>',
    )
    caught = raised.replace(
        '<bpmn:endEvent id="h_end"/>',
        '<bpmn:endEvent id="h_end"/><bpmn:boundaryEvent id="caught" attachedToRef="work">'
        '<bpmn:errorEventDefinition errorRef="lost"/></bpmn:boundaryEvent><bpmn:endEvent id="gone"/>'
        + flows("caught gone"),
    )

    assert unanswered(handling=declared + caught) == ["done"]
    assert (
        unanswered(
            handling=declared
            + caught.replace('"caught gone"', "")
            .replace(flows("caught gone"), flows("caught publish"))
            .replace('<bpmn:endEvent id="gone"/>', "")
        )
        == []
    )


def test_an_escalation_that_interrupts_leads_on_unanswered() -> None:
    declared = '<bpmn:escalation id="up" name="up" escalationCode="up"/>'
    throwing = HANDLING.replace(
        '<bpmn:endEvent id="w_end"/>',
        '<bpmn:endEvent id="w_end"><bpmn:escalationEventDefinition escalationRef="up"/></bpmn:endEvent>',
    )

    def caught(attributes: str) -> list[str]:
        boundary = (
            f'<bpmn:boundaryEvent id="caught" attachedToRef="work"{attributes}>'
            '<bpmn:escalationEventDefinition escalationRef="up"/></bpmn:boundaryEvent><bpmn:endEvent id="gone"/>'
            + flows("caught gone")
        )
        return unanswered(
            handling=declared
            + throwing.replace('<bpmn:endEvent id="h_end"/>', '<bpmn:endEvent id="h_end"/>' + boundary)
        )

    assert caught("") == ["done"]
    assert caught(' cancelActivity="false"') == []


def test_a_parallel_join_waits_for_the_answered_branch() -> None:
    split = HANDLING.replace(
        effect("publish", "publish_reply"),
        effect("publish", "publish_reply")
        + '<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>'
        + effect("file", "record_draft"),
    )
    both = split.replace(
        flows("count publish", "publish h_end"),
        flows("count fork", "fork publish", "fork file", "publish join", "file join", "join h_end"),
    )
    apart = both.replace(flows("file join"), flows("file h_end")).replace(
        '<bpmn:parallelGateway id="join"/>', '<bpmn:exclusiveGateway id="join"/>'
    )

    assert unanswered(handling=both) == []
    assert unanswered(handling=apart) == ["done"]


def test_a_multi_instance_may_run_no_time_at_all() -> None:
    loop = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="units" camunda:elementVariable="one"/>'

    assert unanswered(
        handling=HANDLING.replace(effect("publish", "publish_reply"), effect("publish", "publish_reply", loop))
    ) == ["done"]


def test_a_terminate_end_is_an_end() -> None:
    ending = HANDLING.replace(
        '<bpmn:endEvent id="w_end"/>', '<bpmn:endEvent id="w_end"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
    )

    assert unanswered(handling=ending) == []
