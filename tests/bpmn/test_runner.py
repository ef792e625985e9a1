"""The runner executes each construct faithfully, its state saved and loaded between every two steps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.bpmn import runner
from engine.bpmn.expressions import ExpressionFailed
from engine.bpmn.state import UnreadableState
from engine.errors import NotFound
from tests.bpmn.case_models import Walk, boundary, ends, flow, procedure, process, timer, user

LANE = (
    '<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="承办单位">'
    "<bpmn:flowNodeRef>work</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
)
START = '<bpmn:startEvent id="start"/>'


def straight(task: str, extra: str = "") -> str:
    return START + flow("start", "work") + task + flow("work", "done") + ends("done") + extra


def test_a_task_opens_with_its_role_and_due_date_and_its_completion_ends_the_case() -> None:
    walk = Walk(procedure(process(straight(user("work", 'camunda:dueDate="P1WD"')))))
    [task] = walk.tasks["work"]
    assert task.role == "intake"
    assert task.due_at == datetime.fromisoformat("2020-01-07T23:59:59+08:00")
    advance = walk.complete("work")
    assert advance.ended
    assert advance.path == ["work", "done"]


def test_a_task_in_a_lane_belongs_to_the_lanes_role_and_unit() -> None:
    model = procedure(process(LANE + straight('<bpmn:userTask id="work" name="work"/>')))
    [task] = Walk(model, choice="T01").tasks["work"]
    assert (task.role, task.unit) == ("handler", "T01")


def test_a_unit_task_without_a_unit_is_refused_rather_than_opened_to_every_unit() -> None:
    model = procedure(process(LANE + straight('<bpmn:userTask id="work" name="work"/>')))
    with pytest.raises(ExpressionFailed):
        Walk(model)


def test_an_exclusive_gateway_follows_its_condition_and_else_its_default() -> None:
    body = (
        START
        + flow("start", "work")
        + user("work")
        + flow("work", "gate")
        + '<bpmn:exclusiveGateway id="gate" default="gate_to_other"/>'
        + flow("gate", "one", 'choice == "one"')
        + flow("gate", "other")
        + ends("one", "other")
    )
    model = procedure(process(body))
    first, second = Walk(model), Walk(model)
    assert first.complete("work", choice="one").path[-1] == "one"
    assert second.complete("work", choice="two").path[-1] == "other"


def test_a_loop_opens_the_task_again_every_round() -> None:
    body = (
        START
        + flow("start", "work")
        + user("work")
        + flow("work", "gate")
        + '<bpmn:exclusiveGateway id="gate" default="gate_to_done"/>'
        + flow("gate", "work", 'choice == "again"')
        + flow("gate", "done")
        + ends("done")
    )
    walk = Walk(procedure(process(body)))
    for _round in range(20):
        assert not walk.complete("work", choice="again").ended
    assert walk.complete("work", choice="enough").ended


def test_parallel_branches_join_when_all_are_done() -> None:
    body = (
        START
        + flow("start", "fork")
        + '<bpmn:parallelGateway id="fork"/>'
        + flow("fork", "a")
        + flow("fork", "b")
        + user("a")
        + user("b")
        + flow("a", "join")
        + flow("b", "join")
        + '<bpmn:parallelGateway id="join"/>'
        + flow("join", "work")
        + user("work")
        + flow("work", "done")
        + ends("done")
    )
    walk = Walk(procedure(process(body)))
    assert walk.open() == ["a", "b"]
    walk.complete("b")
    assert walk.open() == ["a"]
    walk.complete("a")
    assert walk.open() == ["work"]


def test_multi_instance_gives_each_its_own_item_and_goes_on_when_all_are_done() -> None:
    loop = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="units" camunda:elementVariable="each"/>'
    effect = '<bpmn:serviceTask id="note" camunda:type="external" camunda:topic="note"></bpmn:serviceTask>'
    body = (
        START
        + flow("start", "work")
        + user("work", inside=loop)
        + flow("work", "note")
        + effect
        + flow("note", "done")
        + ends("done")
    )
    walk = Walk(procedure(process(body)), units=["D01", "D02", "D03"])
    assert walk.open() == ["work"] * 3
    walk.complete("work")
    walk.complete("work")
    assert not walk.effects
    assert walk.complete("work").ended
    assert [name for name, _parameters in walk.effects] == ["note"]


def test_multi_instance_over_nothing_is_passed_at_once() -> None:
    loop = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="units" camunda:elementVariable="each"/>'
    assert Walk(procedure(process(straight(user("work", inside=loop))))).last.ended


def test_a_sequential_multi_instance_opens_one_after_the_other() -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"'
        ' camunda:collection="units" camunda:elementVariable="each"/>'
    )
    walk = Walk(procedure(process(straight(user("work", inside=loop)))), units=["D01", "D02"])
    assert walk.open() == ["work"]
    walk.complete("work")
    assert walk.open() == ["work"]
    assert walk.complete("work").ended


def test_an_interrupting_boundary_timer_takes_the_task_away() -> None:
    extra = boundary("late", "work", timer("P3D")) + flow("late", "expired") + ends("expired")
    walk = Walk(procedure(process(straight(user("work"), extra))))
    assert walk.timers["late"].due_at == walk.now + timedelta(days=3)
    advance = walk.fire("late")
    assert advance.ended
    assert walk.open() == []


def test_a_non_interrupting_boundary_timer_leaves_the_task_open() -> None:
    extra = (
        boundary("late", "work", timer("P3D"), interrupting=False)
        + flow("late", "remind")
        + user("remind")
        + flow("remind", "told")
        + ends("told")
    )
    walk = Walk(procedure(process(straight(user("work"), extra))))
    walk.fire("late")
    assert walk.open() == ["remind", "work"]
    walk.complete("work")
    assert walk.open() == ["remind"], "what the timer started outlives the task it watched"
    assert walk.complete("remind").ended


def test_completing_the_task_disarms_its_timers() -> None:
    extra = boundary("late", "work", timer("P3D"), interrupting=False) + flow("late", "told") + ends("told")
    walk = Walk(procedure(process(straight(user("work"), extra))))
    armed = walk.timers["late"].id
    assert walk.complete("work").disarmed == [armed]


def beside(watched: str, extra: str) -> str:
    """Two tasks side by side: what is set by completing ``adjust`` moves what waits at ``work``."""
    return (
        START
        + flow("start", "fork")
        + '<bpmn:parallelGateway id="fork"/>'
        + flow("fork", "work")
        + flow("fork", "adjust")
        + watched
        + user("adjust")
        + flow("work", "join")
        + flow("adjust", "join")
        + '<bpmn:parallelGateway id="join"/>'
        + flow("join", "done")
        + ends("done")
        + extra
    )


FOLLOWING = (
    boundary("late", "work", timer('=add(due, "P1WD")', "timeDate"), interrupting=False)
    + flow("late", "told")
    + ends("told")
)


def test_a_timer_written_as_an_expression_follows_its_variable() -> None:
    walk = Walk(procedure(process(beside(user("work"), FOLLOWING))), due="2020-01-08T18:00:00+08:00")
    identity = walk.timers["late"].id
    assert walk.timers["late"].due_at == datetime.fromisoformat("2020-01-09T23:59:59+08:00")
    moved = walk.complete("adjust", due="2020-01-13T18:00:00+08:00").rearmed
    assert moved == {identity: datetime.fromisoformat("2020-01-14T23:59:59+08:00")}


def test_a_timer_whose_variable_is_emptied_sleeps() -> None:
    walk = Walk(procedure(process(beside(user("work"), FOLLOWING))), due="2020-01-08T18:00:00+08:00")
    identity = walk.timers["late"].id
    assert walk.complete("adjust", due=None).rearmed == {identity: None}


def test_a_due_date_follows_its_variable_but_not_when_it_counts_from_opening() -> None:
    following = Walk(procedure(process(beside(user("work", 'camunda:dueDate="=due"'), ""))))
    [task] = following.tasks["work"]
    later = datetime.fromisoformat("2020-01-13T18:00:00+08:00")
    assert following.complete("adjust", due=later.isoformat()).moved == {task.id: later}
    fixed = Walk(procedure(process(beside(user("work", "camunda:dueDate=\"=add(now(), 'P1D')\""), ""))))
    fixed.now += timedelta(days=5)
    assert fixed.complete("adjust", rounds=2).moved == {}


def test_a_cycle_fires_as_often_as_it_says_and_keeps_its_rhythm() -> None:
    extra = (
        boundary("tick", "work", timer("R3/P1D", "timeCycle"), interrupting=False) + flow("tick", "told") + ends("told")
    )
    walk = Walk(procedure(process(straight(user("work"), extra))))
    begun = walk.now
    for turn in (1, 2, 3):
        assert walk.timers["tick"].due_at == begun + timedelta(days=turn)
        walk.now = begun + timedelta(days=turn, hours=2)
        walk.fire("tick")
    assert "tick" not in walk.timers
    assert walk.open() == ["work"]


def test_a_cycle_that_slept_through_a_downtime_fires_once_for_all_of_it() -> None:
    extra = (
        boundary("tick", "work", timer("R/P1D", "timeCycle"), interrupting=False) + flow("tick", "told") + ends("told")
    )
    walk = Walk(procedure(process(straight(user("work"), extra))))
    begun = walk.now
    walk.now = begun + timedelta(days=10, hours=1)
    walk.fire("tick")
    assert walk.timers["tick"].due_at == begun + timedelta(days=11)


def test_an_event_based_gateway_takes_whichever_comes_first() -> None:
    messages = '<bpmn:message id="answer_message" name="answer"/>'
    body = (
        START
        + flow("start", "either")
        + '<bpmn:eventBasedGateway id="either"/>'
        + flow("either", "answered")
        + flow("either", "expired")
        + '<bpmn:intermediateCatchEvent id="answered">'
        + '<bpmn:messageEventDefinition messageRef="answer_message"/></bpmn:intermediateCatchEvent>'
        + f'<bpmn:intermediateCatchEvent id="expired">{timer("P10WD")}</bpmn:intermediateCatchEvent>'
        + flow("answered", "good")
        + flow("expired", "bad")
        + ends("good", "bad")
    )
    model = procedure(messages + process(body))
    assert Walk(model).catch("answer").path[-1] == "good"
    late = Walk(model)
    assert late.timers["expired"].due_at == datetime.fromisoformat("2020-01-20T23:59:59+08:00")
    advance = late.fire("expired")
    assert advance.path[-1] == "bad"
    assert advance.ended


def test_a_message_nobody_waits_for_is_refused_and_changes_nothing() -> None:
    walk = Walk(procedure('<bpmn:message id="m" name="answer"/>' + process(straight(user("work")))))
    with pytest.raises(runner.NobodyWaits):
        walk.catch("answer")
    assert walk.complete("work").ended


NESTED = (
    '<bpmn:message id="w" name="withdrawal"/><bpmn:message id="s" name="supplement"/>'
    '<bpmn:escalation id="e" name="late" escalationCode="late"/>'
    + process(
        START
        + flow("start", "sub")
        + '<bpmn:subProcess id="sub"><bpmn:startEvent id="sub_start"/>'
        + flow("sub_start", "call")
        + '<bpmn:callActivity id="call" calledElement="inner"/>'
        + flow("call", "sub_end")
        + ends("sub_end")
        + "</bpmn:subProcess>"
        + boundary("withdrawn", "sub", '<bpmn:messageEventDefinition messageRef="w"/>')
        + flow("withdrawn", "gone")
        + boundary("escalated", "sub", '<bpmn:escalationEventDefinition escalationRef="e"/>', interrupting=False)
        + flow("escalated", "supervise")
        + user("supervise")
        + flow("supervise", "supervised")
        + flow("sub", "done")
        + ends("gone", "supervised", "done")
        + '<bpmn:subProcess id="adding" triggeredByEvent="true"><bpmn:startEvent id="added" isInterrupting="false">'
        + '<bpmn:messageEventDefinition messageRef="s"/></bpmn:startEvent>'
        + flow("added", "read")
        + user("read")
        + flow("read", "noted")
        + ends("noted")
        + "</bpmn:subProcess>"
    ),
    '<bpmn:escalation id="e2" name="late" escalationCode="late"/>'
    + process(
        '<bpmn:startEvent id="inner_start"/>'
        + flow("inner_start", "work")
        + user("work")
        + boundary("day_1", "work", timer("P1D"), interrupting=False)
        + flow("day_1", "raise_1")
        + boundary("day_2", "work", timer("P2D"), interrupting=False)
        + flow("day_2", "raise_2")
        + '<bpmn:endEvent id="raise_1"><bpmn:escalationEventDefinition escalationRef="e2"/></bpmn:endEvent>'
        + '<bpmn:endEvent id="raise_2"><bpmn:escalationEventDefinition escalationRef="e2"/></bpmn:endEvent>'
        + flow("work", "inner_end")
        + ends("inner_end"),
        "inner",
    ),
)


def test_an_interrupting_message_cancels_a_subprocess_with_all_it_called() -> None:
    walk = Walk(procedure(*NESTED))
    timers = sorted(each.id for each in walk.timers.values())
    advance = walk.catch("withdrawal")
    assert advance.ended
    assert walk.open() == []
    assert sorted(advance.disarmed) == timers


def test_escalations_from_a_called_process_arrive_each_time_and_interrupt_nothing() -> None:
    walk = Walk(procedure(*NESTED))
    walk.fire("day_1")
    walk.fire("day_2")
    assert walk.open() == ["supervise", "supervise", "work"]
    walk.complete("work")
    assert walk.open() == ["supervise", "supervise"]


def test_a_non_interrupting_event_subprocess_starts_as_often_as_its_message_comes() -> None:
    walk = Walk(procedure(*NESTED))
    walk.catch("supplement")
    walk.catch("supplement")
    assert walk.open() == ["read", "read", "work"]
    walk.complete("read")
    walk.complete("work")
    assert walk.complete("read").ended


def test_an_event_subprocess_used_by_one_case_does_not_start_by_itself_in_the_next() -> None:
    model = procedure(*NESTED)
    Walk(model).catch("supplement")
    assert Walk(model).open() == ["work"]


def test_a_decision_table_answers_into_its_variable() -> None:
    table = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="http://wenzheng/test">
      <decision id="limits" name="limits"><decisionTable id="t" hitPolicy="FIRST">
      <input id="i"><inputExpression id="ie" typeRef="string"><text>choice</text></inputExpression></input>
      <output id="o" name="limit" typeRef="string"/>
      <rule id="r1"><inputEntry id="c1"><text>"urgent"</text></inputEntry>
        <outputEntry id="v1"><text>"PT2H"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="c2"><text>-</text></inputEntry>
        <outputEntry id="v2"><text>"P1WD"</text></outputEntry></rule>
      </decisionTable></decision></definitions>"""
    rule = '<bpmn:businessRuleTask id="ask" camunda:decisionRef="limits" camunda:resultVariable="answer"/>'
    body = (
        START
        + flow("start", "ask")
        + rule
        + flow("ask", "work")
        + user("work", "camunda:dueDate=\"=decide('limits')\"")
        + flow("work", "done")
        + ends("done")
    )
    model = procedure(process(body), **{"limits.dmn": table})
    walk = Walk(model, choice="urgent")
    assert walk.last.variables["answer"] == "PT2H"
    assert walk.tasks["work"][0].due_at == walk.now + timedelta(hours=2)


def test_a_script_assigns_variables_and_nothing_else() -> None:
    script = '<bpmn:scriptTask id="count"><bpmn:script>rounds = coalesce(rounds, 0) + 1</bpmn:script></bpmn:scriptTask>'
    body = (
        START
        + flow("start", "count")
        + script
        + flow("count", "work")
        + user("work")
        + flow("work", "done")
        + ends("done")
    )
    assert Walk(procedure(process(body))).last.variables["rounds"] == 1


def test_an_undeclared_variable_is_refused() -> None:
    with pytest.raises(ExpressionFailed, match="not declared"):
        Walk(procedure(process(straight(user("work"))))).complete("work", unheard_of=1)


def test_a_task_that_is_done_cannot_be_done_again() -> None:
    walk = Walk(procedure(*NESTED))
    task = walk.tasks["work"][0].id
    walk.complete("work")
    with pytest.raises(NotFound):
        runner.complete(walk.model, walk.environment, walk.last.state, task, {})


def test_a_state_of_an_unknown_format_or_of_another_model_is_refused() -> None:
    walk = Walk(procedure(*NESTED))
    with pytest.raises(UnreadableState):
        runner.catch(walk.model, walk.environment, b"\x07" + walk.last.state[1:], "withdrawal")
    other = procedure(process(START + flow("start", "done") + ends("done")))
    with pytest.raises(UnreadableState):
        runner.catch(other, walk.environment, walk.last.state, "withdrawal")


def test_the_state_of_a_waiting_case_is_small() -> None:
    walk = Walk(procedure(*NESTED))
    assert len(walk.last.state) < 1000


def test_the_thousandth_round_of_rework_costs_no_more_state_than_the_tenth() -> None:
    body = (
        '<bpmn:startEvent id="inner_start"/>'
        + flow("inner_start", "work")
        + user("work")
        + boundary("late", "work", timer("P1D"), interrupting=False)
        + flow("late", "told")
        + flow("work", "gate")
        + '<bpmn:exclusiveGateway id="gate" default="gate_to_done"/>'
        + flow("gate", "work", 'choice == "again"')
        + flow("gate", "done")
        + ends("done", "told")
    )
    outer = (
        START
        + flow("start", "call")
        + '<bpmn:callActivity id="call" calledElement="inner"/>'
        + flow("call", "end")
        + ends("end")
    )
    walk = Walk(procedure(process(outer), process(body, "inner")))
    sizes = [len(walk.complete("work", choice="again").state) for _round in range(1000)]
    assert max(sizes[10:]) <= sizes[9] + 8
    assert walk.complete("work", choice="enough").ended


def test_a_boundary_event_still_interrupts_after_many_rounds() -> None:
    body = (
        START
        + flow("start", "work")
        + user("work")
        + boundary("late", "work", timer("P1D"))
        + flow("late", "expired")
        + flow("work", "gate")
        + '<bpmn:exclusiveGateway id="gate" default="gate_to_done"/>'
        + flow("gate", "work", 'choice == "again"')
        + flow("gate", "done")
        + ends("done", "expired")
    )
    walk = Walk(procedure(process(body)))
    for _round in range(5):
        walk.complete("work", choice="again")
    advance = walk.fire("late")
    assert advance.ended
    assert walk.open() == []


def test_a_tasks_effect_sees_the_submission_before_the_token_moves_on() -> None:
    properties = '<camunda:properties><camunda:property name="effect" value="check"/></camunda:properties>'
    inside = f"<bpmn:extensionElements>{properties}</bpmn:extensionElements>"
    walk = Walk(procedure(process(straight(user("work", inside=inside)))))
    assert walk.complete("work").ended
    assert walk.effects == [("check", {})]


def test_a_cycle_that_runs_for_years_is_due_in_a_moment() -> None:
    extra = (
        boundary("tick", "work", timer("R/PT10M", "timeCycle"), interrupting=False)
        + flow("tick", "told")
        + ends("told")
    )
    walk = Walk(procedure(process(straight(user("work"), extra))))
    begun = walk.now
    for turn in range(1, 4):
        walk.now = begun + timedelta(minutes=10 * turn, seconds=1)
        walk.fire("tick")
    assert walk.timers["tick"].due_at == begun + timedelta(minutes=40)
