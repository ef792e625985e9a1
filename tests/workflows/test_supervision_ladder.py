"""The supervision ladder (domain: T-1 预警, T 催办, T+1 黄牌, T+3 红牌, T+5 督办函, T+7 通报, in working days)."""

from __future__ import annotations

from collections.abc import Callable

from engine.rules.access import Principal
from engine.services import supervision
from engine.vocabulary import DeadlineKind, Role
from tests.workflows.conftest import Letter, moment

Submit = Callable[..., Letter]
SUPERVISOR = Principal(1, "supervisor1", frozenset({Role.SUPERVISOR}))


def test_when_nobody_accepts_the_ladder_fires_rung_by_rung(submit: Submit) -> None:
    letter = submit()
    letter.to_unit("D18")
    letter.wait_until("2020-03-04 08:00")
    assert letter.rungs() == [("accept", "warning"), ("accept", "reminder")]
    letter.wait_until("2020-03-05 08:00")
    assert letter.rungs()[-1] == ("accept", "yellow_card")
    letter.wait_until("2020-03-07 08:00")
    assert letter.rungs()[-1] == ("accept", "red_card")
    letter.wait_until("2020-03-11 08:00")
    assert [rung for clock, rung in letter.rungs() if clock == "accept"][-1] == "supervision_letter"
    letter.wait_until("2020-03-13 08:00")
    assert [rung for clock, rung in letter.rungs() if clock == "accept"] == [
        "warning",
        "reminder",
        "yellow_card",
        "red_card",
        "supervision_letter",
        "circular",
    ]


def test_every_rung_opens_a_supervisors_task_and_is_written_to_history(submit: Submit) -> None:
    letter = submit()
    letter.to_unit("D18")
    letter.wait_until("2020-03-05 08:00")
    assert letter.open().count("supervise") == 3
    assert letter.history().count("escalation_raised") == 3
    letter.do("supervise", supervision="urge", note="已电话催办")
    assert letter.open().count("supervise") == 2
    assert letter.data("supervised")["note"] == "已电话催办"


def test_the_supervisor_sees_the_overdue_case_with_its_days(submit: Submit) -> None:
    letter = submit()
    letter.to_unit("D18")
    letter.wait_until("2020-03-10 10:00")
    with letter.uow() as session:
        [overdue] = supervision.list_overdue(session, principal=SUPERVISOR)
        assert overdue.petition.number == letter.number
        assert (overdue.deadline.kind, overdue.days) == (DeadlineKind.ACCEPT, 7)
        waiting = supervision.list_escalations(session, principal=SUPERVISOR)
        assert waiting
        assert all(each.task is not None for each in waiting)


def test_a_case_accepted_and_not_answered_is_late_in_replying(submit: Submit) -> None:
    letter = submit()
    letter.to_handling("D19")
    letter.wait_until("2020-03-11 10:00")
    assert [rung for clock, rung in letter.rungs() if clock == "reply"] == ["warning", "reminder", "yellow_card"]
    with letter.uow() as session:
        [overdue] = supervision.list_overdue(session, principal=SUPERVISOR)
        assert (overdue.deadline.kind, overdue.days) == (DeadlineKind.REPLY, 2)


def test_a_case_in_time_climbs_no_rung(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.to_review()
    letter.through_review()
    letter.wait_until("2020-05-01 10:00")
    assert letter.rungs() == []


def test_a_new_unit_starts_at_the_foot_of_the_acceptance_ladder(submit: Submit) -> None:
    letter = submit()
    letter.to_unit("T01")
    letter.wait_until("2020-03-03 10:00")
    letter.do("accept", acceptance="return", return_reason="不属本镇", return_basis="职责清单", suggested_unit="D02")
    letter.do("review_return", return_decision="reassign", unit="D02", opinion="同意")
    letter.wait_until("2020-03-05 09:00")
    assert [rung for clock, rung in letter.rungs() if clock == "accept"] == ["warning", "warning", "reminder"]


def test_a_rung_is_climbed_once_for_a_deadline_even_when_its_step_is_entered_again(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.wait_until("2020-03-11 08:00")
    before = letter.rungs()
    letter.to_review()
    letter.do("first_review", first_review="return", opinion="再核实")
    letter.wait_until("2020-03-11 09:00")
    assert letter.rungs() == before
    assert letter.open().count("supervise") == len(before)


def test_an_extension_moves_the_rungs_not_yet_climbed(submit: Submit) -> None:
    letter = submit()
    letter.to_handling()
    letter.do("investigate", handling="extension", extension_days=5, extension_reason="需现场勘查")
    letter.do("extension_unit", extension_unit="approve")
    letter.do("extension_centre", extension_centre="approve")
    assert letter.deadline(DeadlineKind.REPLY) == moment("2020-03-16 23:59:59")
    assert letter.wait_until("2020-03-13 10:00") == []
    letter.wait_until("2020-03-17 10:00")
    assert letter.rungs() == [("reply", "warning"), ("reply", "reminder")]


def test_an_urgent_letter_is_not_warned_of_before_its_clock_started(submit: Submit) -> None:
    letter = submit()
    letter.to_unit("T01", classification="urgent")
    letter.wait_until("2020-03-02 10:00")
    assert letter.rungs() == []
    letter.wait_until("2020-03-02 11:00")
    assert letter.rungs() == [("accept", "reminder")]
