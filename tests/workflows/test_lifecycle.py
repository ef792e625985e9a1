"""The paths of a letter through the shipped procedure (domain: lifecycle)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.bpmn.runner import NobodyWaits
from engine.clock import local
from engine.errors import Conflict, Forbidden, InvalidInput
from engine.services import petitions
from engine.vocabulary import DeadlineKind, PetitionType, Result, Satisfaction, Stage
from tests.workflows.conftest import REPLY, Letter, moment

Submit = Callable[..., Letter]


def test_a_letter_goes_from_receipt_to_the_archive(submit: Submit) -> None:
    letter = submit()
    assert letter.open() == ["classify"]
    letter.to_unit()
    assert letter.petition().stage == Stage.FORWARDED
    letter.do("accept", acceptance="accept")
    assert letter.petition().stage == Stage.ACCEPTED
    letter.to_review()
    letter.through_review()
    assert letter.petition().stage == Stage.REPLIED
    letter.do("call_back", satisfaction="satisfied")
    done = letter.petition()
    assert (done.stage, done.result) == (Stage.CLOSED, Result.REPLIED)
    assert letter.open() == []
    assert letter.history()[-2:] == ["archived", "case_ended"]


def test_the_units_clock_starts_at_forwarding_not_at_acceptance(submit: Submit) -> None:
    letter = submit()
    letter.to_unit()
    assert letter.deadline(DeadlineKind.ACCEPT) == moment("2020-03-03 23:59:59")
    assert letter.deadline(DeadlineKind.REPLY) == moment("2020-03-09 23:59:59")
    letter.wait_until("2020-03-03 15:00")
    letter.do("accept", acceptance="accept")
    assert letter.deadline(DeadlineKind.REPLY) == moment("2020-03-09 23:59:59")


@pytest.mark.parametrize(
    ("kind", "assisting", "classification", "due"),
    [
        ("consultation", [], "forward", "2020-03-05 23:59:59"),
        ("complaint", [], "forward", "2020-03-09 23:59:59"),
        ("accusation", [], "forward", "2020-03-16 23:59:59"),
        ("help", ["D01"], "forward", "2020-03-23 23:59:59"),
        ("help", [], "urgent", "2020-03-03 09:00"),
    ],
)
def test_the_limit_to_reply_depends_on_type_units_and_urgency(
    submit: Submit, kind: str, assisting: list[str], classification: str, due: str
) -> None:
    letter = submit()
    letter.do("classify", petition_type=kind, category="other", topic=None, classification=classification)
    letter.do("forward", dispatching="forward", unit="T01", assisting_units=assisting)
    assert letter.deadline(DeadlineKind.REPLY) == moment(due)


def test_a_returned_case_keeps_its_clock_and_the_new_unit_gets_its_own_day_to_accept(submit: Submit) -> None:
    letter = submit()
    letter.to_unit("T01")
    letter.wait_until("2020-03-03 10:00")
    letter.do("accept", acceptance="return", return_reason="不属本镇", return_basis="职责清单", suggested_unit="D02")
    letter.do("review_return", return_decision="reassign", unit="D02", opinion="同意")
    assert letter.task("accept").unit_code == "D02"
    assert letter.deadline(DeadlineKind.REPLY) == moment("2020-03-09 23:59:59")
    assert letter.deadline(DeadlineKind.ACCEPT) == moment("2020-03-04 23:59:59")
    assert letter.petition().unit_code == "D02"


def test_a_refused_return_leaves_unit_and_clocks_as_they_were(submit: Submit) -> None:
    letter = submit()
    letter.to_unit("T01")
    letter.wait_until("2020-03-03 10:00")
    letter.do("accept", acceptance="return", return_reason="不属本镇", return_basis="职责清单", suggested_unit="D02")
    letter.do("review_return", return_decision="reject", opinion="属你镇职责")
    assert letter.task("accept").unit_code == "T01"
    assert letter.deadline(DeadlineKind.ACCEPT) == moment("2020-03-03 23:59:59")


def test_the_third_return_goes_to_the_leader(submit: Submit) -> None:
    letter = submit()
    letter.to_unit("T01")
    for unit in ("D02", "D03"):
        letter.do(
            "accept", acceptance="return", return_reason="不属本单位", return_basis="职责清单", suggested_unit=unit
        )
        letter.do("review_return", return_decision="reassign", unit=unit, opinion="同意")
    letter.do("accept", acceptance="return", return_reason="不属本单位", return_basis="职责清单", suggested_unit="T01")
    assert letter.open() == ["adjudicate"]
    assert letter.task("adjudicate").role == "leader"
    letter.do("adjudicate", unit="D02", opinion="由住建局牵头")
    assert letter.task("accept").unit_code == "D02"
    assert letter.deadline(DeadlineKind.REPLY) == moment("2020-03-09 23:59:59")


def test_a_return_after_five_working_days_is_too_late(submit: Submit) -> None:
    letter = submit()
    letter.to_unit()
    letter.wait_until("2020-03-10 09:00")
    with pytest.raises(InvalidInput) as refused:
        letter.do(
            "accept", acceptance="return", return_reason="不属本镇", return_basis="职责清单", suggested_unit="D02"
        )
    assert "acceptance" in refused.value.fields["errors"]  # type: ignore[operator]
    assert letter.open()[0] == "accept"


def test_an_extension_needs_unit_head_and_centre_and_is_granted_once(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.do("investigate", handling="extension", extension_days=3, extension_reason="需现场勘查")
    letter.do("extension_unit", extension_unit="approve")
    letter.do("extension_centre", extension_centre="approve")
    assert letter.deadline(DeadlineKind.REPLY) == moment("2020-03-12 23:59:59")
    assert local(letter.task("investigate").due_at) == moment("2020-03-12 23:59:59")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="extended before"):
        letter.do("investigate", handling="extension", extension_days=2, extension_reason="再次申请")
    assert letter.open() == ["investigate"]


def test_an_extension_is_asked_before_the_deadline_and_within_the_tables_limit(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    with pytest.raises(InvalidInput, match="At most 5"):
        letter.do("investigate", handling="extension", extension_days=6, extension_reason="需现场勘查")
    letter.wait_until("2020-03-10 09:00")
    with pytest.raises(InvalidInput, match="before the deadline"):
        letter.do("investigate", handling="extension", extension_days=1, extension_reason="需现场勘查")


def test_a_refused_extension_leaves_the_deadline(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.do("investigate", handling="extension", extension_days=3, extension_reason="需现场勘查")
    letter.do("extension_unit", extension_unit="reject")
    assert letter.open() == ["investigate"]
    assert letter.deadline(DeadlineKind.REPLY) == moment("2020-03-09 23:59:59")


def test_assisting_units_answer_in_parallel_before_the_lead_drafts(submit: Submit) -> None:
    letter = submit()
    letter.to_unit("T01", "D01", "D02")
    letter.do("accept", acceptance="accept")
    assert sorted(task.unit_code or "" for task in letter.open_tasks()) == ["D01", "D02"]
    letter.do("assist", opinion="已提供资料")
    assert letter.open() == ["assist"]
    letter.do("assist", opinion="已提供资料")
    assert letter.open() == ["investigate"]


def test_an_assisting_unit_that_does_not_answer_does_not_hold_up_the_lead(submit: Submit) -> None:
    letter = submit()
    letter.to_unit("T01", "D01")
    letter.do("accept", acceptance="accept")
    due = local(letter.task("assist").due_at)  # type: ignore[arg-type]
    letter.wait_until(f"{due:%Y-%m-%d} 23:59:59")
    assert letter.open() == ["investigate"]


def test_the_lead_asks_other_units_to_assist_and_their_opinions_are_kept(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    with pytest.raises(InvalidInput):
        letter.do("investigate", handling="assist", assisting_units=["T01"], assist_request="请协助")
    letter.do("investigate", handling="assist", assisting_units=["D02"], assist_request="请协助")
    assert letter.task("assist").unit_code == "D02"
    letter.do("assist", opinion="线路属我局管理")
    assert letter.open() == ["investigate"]
    assert "线路属我局管理" in letter.notes("assist_opinion")


def test_a_pause_stops_the_units_clock_and_the_answer_moves_the_deadline(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.do("investigate", handling="pause", pause_reason="请补充路灯编号")
    assert letter.deadline(DeadlineKind.REPLY) is None
    assert letter.petition().stage == Stage.CORRECTION
    assert letter.wait_until("2020-03-05 09:00") == [], "the ladder sleeps while the clock is paused"
    letter.tell(petitions.supplement_petition, text="编号 C-17")
    assert letter.open() == ["investigate"]
    assert letter.deadline(DeadlineKind.REPLY) == moment("2020-03-12 23:59:59")


def test_a_correction_nobody_answers_ends_as_a_withdrawal_with_notice(submit: Submit) -> None:
    letter = submit()
    letter.do(
        "classify", petition_type="help", category="other", topic=None, classification="correction", reason="请写明地点"
    )
    letter.wait_until("2020-03-16 23:59:59")
    assert letter.petition().result == Result.WITHDRAWN
    assert "treated_as_withdrawn" in letter.history()


def test_an_answered_correction_is_classified_again(submit: Submit) -> None:
    letter = submit()
    letter.do(
        "classify", petition_type="help", category="other", topic=None, classification="correction", reason="请写明地点"
    )
    letter.tell(petitions.supplement_petition, text="城关镇东街")
    assert letter.open() == ["classify"]
    assert letter.petition().stage == Stage.RECEIVED
    letter.tell(petitions.supplement_petition, text="靠近小学")
    assert "supplemented" in letter.history()


@pytest.mark.parametrize(
    ("classification", "more", "result", "event"),
    [
        ("reject", {"reason": "已进入诉讼程序"}, Result.REJECTED, "rejected"),
        ("transfer", {"reason": "属检察机关职责", "transfer_to": "县检察院"}, Result.TRANSFERRED, "transferred"),
        ("spam", {"reason": "广告"}, Result.SPAM, "spam"),
    ],
)
def test_a_letter_may_end_at_classification_with_a_reason(
    submit: Submit, classification: str, more: dict[str, str], result: Result, event: str
) -> None:
    letter = submit()
    letter.do("classify", petition_type="help", category="other", topic=None, classification=classification, **more)
    assert letter.petition().result == result
    assert event in letter.history()
    assert letter.open() == []


def test_a_second_letter_on_the_same_matter_is_merged_into_the_first(submit: Submit) -> None:
    first, second = submit(), submit()
    second.do(
        "classify",
        petition_type="help",
        category="other",
        topic=None,
        classification="merge",
        reason="重复",
        target_number=first.number,
    )
    assert second.petition().merged_into_id == first.id
    with pytest.raises(InvalidInput):
        submit().do(
            "classify",
            petition_type="help",
            category="other",
            topic=None,
            classification="merge",
            reason="重复",
            target_number="WZ20200101-0001",
        )


def test_letters_cannot_be_merged_in_a_circle_or_into_one_that_ended_unanswered(submit: Submit) -> None:
    merge = {"petition_type": "help", "category": "other", "topic": None, "classification": "merge", "reason": "重复"}
    first, second, third = submit(), submit(), submit()
    with pytest.raises(InvalidInput, match="later letter"):
        first.do("classify", **merge, target_number=second.number)
    second.do("classify", **merge, target_number=first.number)
    with pytest.raises(InvalidInput, match="without an answer"):
        third.do("classify", **merge, target_number=second.number)


def test_the_merged_petitioner_is_not_told_another_citizens_number(submit: Submit) -> None:
    first, second = submit(), submit()
    second.do(
        "classify",
        petition_type="help",
        category="other",
        topic=None,
        classification="merge",
        reason="重复",
        target_number=first.number,
    )
    assert all(first.number not in text for text in second.notes("notice"))


def test_intake_answers_a_simple_letter_itself(submit: Submit) -> None:
    letter = submit(kind=PetitionType.CONSULTATION)
    letter.do("classify", petition_type="consultation", category="other", topic=None, classification="direct_reply")
    letter.do("direct_reply", **{name: text for name, text in REPLY.items() if name != "handling"})
    assert letter.petition().result == Result.DIRECT


def test_a_dispute_about_the_unit_is_decided_by_the_leader(submit: Submit) -> None:
    letter = submit()
    letter.do("classify", petition_type="help", category="other", topic=None, classification="forward")
    letter.do("forward", dispatching="refer_leader", opinion="职责不清")
    letter.do("assign_leader", unit="D19", opinion="由城管局办理")
    assert letter.task("accept").unit_code == "D19"


def test_the_unit_head_may_send_a_draft_back(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.do("investigate", **REPLY)
    letter.do("sign_off", sign_off="return", opinion="再核实")
    assert letter.open() == ["investigate"]


def test_the_final_reviewer_is_never_the_first_reviewer(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.do("first_review", by="reviewer1", first_review="pass")
    with pytest.raises(Forbidden):
        letter.do("final_review", by="reviewer1", final_review="pass", publish=True)
    letter.do("final_review", by="final1", final_review="pass", publish=True)


def test_the_first_reviewer_of_the_next_round_is_not_the_final_reviewer_of_the_last(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.do("first_review", by="reviewer1", first_review="pass")
    letter.do("final_review", by="final1", final_review="return", opinion="再核实")
    letter.to_review()
    with pytest.raises(Forbidden):
        letter.do("first_review", by="final1", first_review="pass")


def test_a_reply_given_back_by_review_is_answered_again_and_review_time_is_not_the_units(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.wait_until("2020-03-04 10:00")
    letter.do("first_review", first_review="return", opinion="缺政策依据")
    assert letter.open() == ["investigate"]
    assert letter.deadline(DeadlineKind.REPLY) == moment("2020-03-11 23:59:59")


def test_a_dissatisfied_petitioner_gets_one_redo_on_a_limit_of_its_own(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.through_review()
    letter.do("call_back", satisfaction="dissatisfied", comment="没修好")
    letter.do("redo_decision", redo_decision="redo", opinion="重办")
    assert letter.open() == ["investigate"]
    assert letter.deadline(DeadlineKind.REPLY) == moment("2020-03-09 23:59:59")
    letter.to_review()
    letter.through_review()
    letter.do("call_back", satisfaction="dissatisfied")
    assert letter.open() == [], "a second redo is not offered"
    assert letter.petition().redo_count == 1


def test_a_redo_may_be_declined_with_an_explanation(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.through_review()
    letter.do("call_back", satisfaction="dissatisfied")
    letter.do("redo_decision", redo_decision="explain", opinion="已依法办理")
    assert letter.petition().stage == Stage.CLOSED
    assert "explained_final" in letter.history()


def test_unreachable_needs_three_calls(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.through_review()
    with pytest.raises(InvalidInput):
        letter.do("call_back", satisfaction="unreachable", tries=2)
    letter.do("call_back", satisfaction="unreachable", tries=3)


def test_a_withdrawal_cancels_everything_open_with_notice(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.tell(petitions.withdraw_petition, text="问题已解决")
    assert letter.open() == []
    assert letter.petition().result == Result.WITHDRAWN
    assert letter.wait_until("2020-04-01 09:00") == []


def test_an_answered_letter_cannot_be_withdrawn(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.through_review()
    with pytest.raises(NobodyWaits):
        letter.tell(petitions.withdraw_petition)


def test_a_letter_that_was_answered_once_cannot_be_withdrawn_during_its_redo(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.through_review()
    letter.do("call_back", satisfaction="dissatisfied")
    letter.do("redo_decision", redo_decision="redo", opinion="重办")
    with pytest.raises(Conflict):
        letter.tell(petitions.withdraw_petition)


def test_nothing_is_added_to_a_closed_letter(submit: Submit) -> None:
    letter = submit()
    letter.tell(petitions.withdraw_petition)
    with pytest.raises(Conflict):
        letter.tell(petitions.supplement_petition, text="还有")


def test_a_supplement_is_kept_and_interrupts_nothing(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.tell(petitions.supplement_petition, text="又有两盏不亮了")
    letter.tell(petitions.supplement_petition, text="晚上有人摔倒")
    assert letter.open() == ["investigate"]
    assert letter.history().count("supplemented") == 2


def test_a_leaders_instruction_opens_a_task_for_the_supervisor_beside_the_handling(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.tell(petitions.instruct, text="请城关镇限期解决", actor="leader1")
    assert sorted(letter.open()) == ["carry_out_instruction", "investigate"]
    letter.do("carry_out_instruction", result="已督促")
    assert letter.open() == ["investigate"]


def test_words_of_despair_are_put_before_a_person_within_thirty_minutes(submit: Submit) -> None:
    letter = submit(content="我真的活不下去了，想跳楼自杀。")
    task = letter.task("confirm_crisis")
    assert local(task.due_at) == moment("2020-03-02 09:30")  # type: ignore[arg-type]
    assert not letter.petition().crisis, "nobody is labelled by a machine"
    letter.do("confirm_crisis", crisis="confirmed", note="电话核实")
    assert letter.petition().crisis
    letter.do("crisis_care", contacted=["person", "town"], note="已联系本人和村干部")
    letter.wait_until("2020-03-03 09:00")
    letter.do("crisis_follow_up", note="情绪平稳")
    assert not letter.petition().crisis, "the flag expires"
    assert letter.open() == ["classify"]


def test_a_crisis_nobody_confirms_is_escalated_and_a_false_alarm_dismissed(submit: Submit) -> None:
    letter = submit(content="我真的活不下去了，想跳楼自杀。")
    letter.wait_until("2020-03-02 09:31")
    assert ("crisis", "supervision_letter") in letter.rungs()
    letter.do("confirm_crisis", crisis="dismissed", note="已当面核实，系气话")
    letter.do("supervise", supervision="none", note="已排除")
    assert letter.open() == ["classify"]


def test_a_petition_of_a_confirmed_crisis_is_not_published(submit: Submit) -> None:
    letter = submit(content="我真的活不下去了，想跳楼自杀。", wants_public=True)
    letter.do("confirm_crisis", crisis="confirmed", note="电话核实")
    letter.to_handling()
    letter.to_review()
    letter.through_review(publish=True)
    assert not letter.petition().public


def test_a_confirmed_crisis_is_not_published_even_when_the_flag_has_expired(submit: Submit) -> None:
    letter = submit(content="我真的活不下去了，想跳楼自杀。", wants_public=True)
    letter.do("confirm_crisis", crisis="confirmed", note="电话核实")
    letter.do("crisis_care", contacted=["person"], note="已联系")
    letter.wait_until("2020-03-03 09:00")
    letter.do("crisis_follow_up", note="情绪平稳")
    letter.to_handling()
    letter.to_review()
    letter.through_review(publish=True)
    assert not letter.petition().public


def test_nothing_is_published_while_a_suspicion_waits_for_a_person(submit: Submit) -> None:
    letter = submit(content="我真的活不下去了，想跳楼自杀。", wants_public=True)
    letter.to_handling()
    letter.to_review()
    letter.through_review(publish=True)
    assert not letter.petition().public


def test_a_dismissed_suspicion_withholds_nothing(submit: Submit) -> None:
    letter = submit(content="我真的活不下去了，想跳楼自杀。", wants_public=True)
    letter.do("confirm_crisis", crisis="dismissed", note="系气话")
    letter.to_handling()
    letter.to_review()
    letter.through_review(publish=True)
    assert letter.petition().public


def test_whoever_records_otherwise_than_the_petitioner_rated_says_why(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.through_review()
    letter.tell(petitions.rate_petition, satisfaction=Satisfaction.DISSATISFIED)
    with pytest.raises(InvalidInput, match="own rating"):
        letter.do("call_back", satisfaction="satisfied")
    letter.do("call_back", satisfaction="satisfied", comment="电话核实，误点")


def test_words_of_despair_in_a_supplement_are_noticed_too(submit: Submit) -> None:
    letter = submit()
    letter.tell(petitions.supplement_petition, text="再不解决我就不想活了，想自杀")
    assert "confirm_crisis" in letter.open()


def test_intake_names_the_unit_an_accusation_is_against(submit: Submit) -> None:
    letter = submit(kind=PetitionType.ACCUSATION)
    letter.do(
        "classify",
        petition_type="accusation",
        category="conduct",
        topic=None,
        classification="forward",
        complained_unit="T01",
    )
    assert letter.petition().complained_unit_code == "T01"
    with pytest.raises(InvalidInput):
        letter.do("forward", dispatching="forward", unit="D01", assisting_units=["T01"])


def test_a_leader_cannot_give_an_accusation_to_the_accused_as_assisting_unit(submit: Submit) -> None:
    letter = submit(kind=PetitionType.ACCUSATION, complained_unit="T01")
    letter.do("classify", petition_type="accusation", category="conduct", topic=None, classification="forward")
    letter.do("forward", dispatching="refer_leader", opinion="请裁定")
    with pytest.raises(InvalidInput):
        letter.do("assign_leader", unit="D01", assisting_units=["T01"], opinion="由交通局办理")


def test_an_accusation_cannot_be_forwarded_to_the_unit_it_complains_of(submit: Submit) -> None:
    letter = submit(kind=PetitionType.ACCUSATION, complained_unit="T01")
    letter.do("classify", petition_type="accusation", category="conduct", topic=None, classification="forward")
    with pytest.raises(InvalidInput):
        letter.do("forward", dispatching="forward", unit="T01")
    letter.do("forward", dispatching="forward", unit="T02")


def test_the_citizen_follows_a_letter_by_number_and_code_and_rates_the_answer(submit: Submit, county: object) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.through_review()
    with letter.uow() as session:
        found = petitions.track_petition(session, number=letter.number.lower(), query_code=letter.query_code.lower())
        assert found.id == letter.id
        petitions.rate_petition(session, petition=found, satisfaction=Satisfaction.SATISFIED, comment="很快")
