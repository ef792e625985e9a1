"""The desk through the API: who finds which task, takes it and completes it, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engine.clock import ManualClock
from engine.services import people
from engine.vocabulary import Role
from tests.api.callers import DRAFT, Caller, answer, do, find_task, problem, submit
from tests.api.conftest import Staff

Uow = Callable[[], AbstractContextManager[Session]]


def desk(caller: Caller, **query: object) -> list[str]:
    return [row["task"]["element"] for row in answer(caller.get("/tasks", query))["items"]]


def test_a_task_is_on_the_desk_of_its_role_and_unit_alone(staff: Staff, forwarded: str) -> None:
    assert desk(staff("t01")) == ["accept"]
    for username in ("t02", "t01head", "dispatcher1", "leader1", "auditor1", "editor1"):
        assert desk(staff(username)) == []


def test_the_desk_is_narrowed_and_comes_in_pages(staff: Staff, citizen: Caller, clock: ManualClock) -> None:
    first = submit(citizen)["number"]
    clock.advance(timedelta(days=1))
    second = submit(citizen)["number"]
    intake = staff("intake1")
    task = find_task(intake, first, "classify")
    answer(intake.post(f"/tasks/{task}/claim"))
    mine = answer(intake.get("/tasks", {"mine": True}))
    assert [row["petition"]["number"] for row in mine["items"]] == [first]
    page = answer(intake.get("/tasks", {"limit": 1, "offset": 1}))
    assert [row["petition"]["number"] for row in page["items"]] == [second]
    assert (page["total"], page["limit"], page["offset"]) == (2, 1, 1)
    assert desk(intake, element="accept") == []
    assert desk(intake, overdue=True) == []
    clock.advance(timedelta(days=7))
    assert desk(staff("intake1"), overdue=True) == ["classify", "classify"]


def test_a_task_shows_the_form_that_completes_it(staff: Staff, forwarded: str) -> None:
    handler = staff("t01")
    detail = answer(handler.get(f"/tasks/{find_task(handler, forwarded, 'accept')}"))
    assert detail["may_work"] is True
    assert detail["petition"]["number"] == forwarded
    assert detail["form"]["title"] == "受理"
    fields = {field["key"]: field for field in detail["form"]["fields"]}
    assert fields["acceptance"]["required"] is True
    assert [option["value"] for option in fields["acceptance"]["options"]] == ["accept", "return"]
    assert fields["return_reason"]["hide_when"] == 'acceptance !="return"'
    assert {"value": "T02", "label": answer(handler.get("/units"))["items"][1]["name"]} in fields["suggested_unit"][
        "options"
    ]


def test_a_task_is_read_by_who_sees_the_case_and_worked_on_by_its_unit(staff: Staff, forwarded: str) -> None:
    task = find_task(staff("t01"), forwarded, "accept")
    assert answer(staff("auditor1").get(f"/tasks/{task}"))["may_work"] is False
    completed = {"submission": {"acceptance": "accept"}}
    for path, body in (("claim", None), ("unclaim", None), ("complete", completed)):
        problem(staff("t01head").post(f"/tasks/{task}/{path}", body), 403, "forbidden")
        problem(staff("dispatcher1").post(f"/tasks/{task}/{path}", body), 403, "forbidden")
        problem(staff("t02").post(f"/tasks/{task}/{path}", body), 404, "not_found")
    problem(staff("t02").get(f"/tasks/{task}"), 404, "not_found")
    problem(staff("t01").get("/tasks/nothing"), 404, "not_found")


def test_a_colleague_who_comes_second_is_told_so(staff: Staff, receipt: dict[str, str]) -> None:
    task = find_task(staff("intake1"), receipt["number"], "classify")
    assert answer(staff("intake1").post(f"/tasks/{task}/claim"))["assignee"] == "intake1"
    assert answer(staff("intake1").post(f"/tasks/{task}/claim"))["assignee"] == "intake1"
    problem(staff("intake2").post(f"/tasks/{task}/claim"), 409, "conflict")
    problem(staff("intake2").post(f"/tasks/{task}/unclaim"), 409, "conflict")
    spam = {"submission": {"petition_type": "help", "category": "other", "classification": "spam", "reason": "广告"}}
    problem(staff("intake2").post(f"/tasks/{task}/complete", spam), 409, "conflict")

    assert answer(staff("intake1").post(f"/tasks/{task}/unclaim"))["assignee"] is None
    assert answer(staff("intake2").post(f"/tasks/{task}/claim"))["assignee"] == "intake2"


def test_completing_moves_the_case_on(staff: Staff, forwarded: str) -> None:
    handler = staff("t01")
    completed = do(handler, forwarded, "accept", acceptance="accept")
    assert completed["ended"] is False
    [opened] = completed["opened"]
    assert (opened["element"], opened["name"], opened["role"], opened["unit"]) == (
        "investigate",
        "调查办理",
        "handler",
        "T01",
    )
    assert opened["due_at"].endswith("+08:00")
    assert answer(handler.get(f"/petitions/{forwarded}"))["petition"]["stage"] == "accepted"


def test_a_task_is_completed_once(staff: Staff, forwarded: str) -> None:
    handler = staff("t01")
    task = find_task(handler, forwarded, "accept")
    body = {"submission": {"acceptance": "accept"}}
    answer(handler.post(f"/tasks/{task}/complete", body))
    events = answer(handler.get(f"/petitions/{forwarded}/history"))["total"]
    problem(handler.post(f"/tasks/{task}/complete", body), 409, "conflict")
    assert answer(handler.get(f"/petitions/{forwarded}/history"))["total"] == events
    detail = answer(handler.get(f"/tasks/{task}"))
    assert (detail["task"]["status"], detail["task"]["completed_by"], detail["may_work"]) == ("completed", "t01", False)


@pytest.mark.parametrize(
    ("submission", "errors"),
    [
        ({}, {"acceptance": "请填写此项。"}),
        ({"acceptance": "maybe"}, {"acceptance": "没有这个选项,可选:accept, return。"}),
        ({"acceptance": ["accept"]}, {"acceptance": "应为文本。"}),
        ({"acceptance": "return"}, {"return_reason": "请填写此项。", "return_basis": "请填写此项。"}),
        (
            {"acceptance": "return", "return_reason": "不属我镇", "return_basis": "三定", "suggested_unit": "X99"},
            {"suggested_unit": None},
        ),
        ({"acceptance": "accept", "opinion": "长" * 5001}, {"opinion": "最多 5000 个字。"}),
        ({"acceptance": "accept", "decision": "yes"}, {"decision": "没有这一项,请删去。"}),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_form_filled_in_wrongly_is_refused_by_field_and_changes_nothing(
    staff: Staff, forwarded: str, submission: dict[str, object], errors: dict[str, str | None]
) -> None:
    handler = staff("t01")
    task = find_task(handler, forwarded, "accept")
    before = answer(handler.get(f"/petitions/{forwarded}/history"))["total"]
    refused = problem(handler.post(f"/tasks/{task}/complete", {"submission": submission}), 422, "invalid_input")
    assert refused["errors"].keys() == errors.keys()
    assert all(refused["errors"][field] == text for field, text in errors.items() if text)
    assert answer(handler.get(f"/petitions/{forwarded}/history"))["total"] == before
    assert find_task(handler, forwarded, "accept") == task


@pytest.mark.parametrize("body", [{}, {"submission": []}, {"submission": None}, {"submission": {}, "extra": 1}])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_completion_without_a_submission_is_refused(staff: Staff, forwarded: str, body: dict[str, object]) -> None:
    task = find_task(staff("t01"), forwarded, "accept")
    refused = problem(staff("t01").post(f"/tasks/{task}/complete", body), 422, "unprocessable_entity")
    assert list(refused["errors"]) in (["submission"], ["extra"])


def test_what_a_hidden_field_holds_is_dropped(staff: Staff, forwarded: str) -> None:
    handler = staff("t01")
    do(handler, forwarded, "accept", acceptance="accept", return_reason="改主意之前写的", return_basis="也是")
    history = str(answer(handler.get(f"/petitions/{forwarded}/history")))
    assert "改主意之前写的" not in history
    assert answer(handler.get(f"/petitions/{forwarded}"))["petition"]["return_count"] == 0


def test_a_draft_is_looked_through_before_it_is_sent_on(staff: Staff, forwarded: str) -> None:
    handler = staff("t01")
    do(handler, forwarded, "accept", acceptance="accept")
    task = find_task(handler, forwarded, "investigate")
    draft = {**DRAFT, "next_step": "我们将尽快研究解决。"}
    warnings = answer(handler.post(f"/tasks/{task}/check-reply", {"submission": draft}))["warnings"]
    assert ("empty_promise", "next_step") in {(warning["code"], warning["field"]) for warning in warnings}
    assert desk(handler) == ["investigate"], "nothing was kept"


def test_the_first_reviewer_is_not_the_final_one(staff: Staff, uow: Uow, forwarded: str) -> None:
    with uow() as session:
        both = [Role.REVIEWER, Role.FINAL_REVIEWER]
        people.create_account(session, username="both", display_name="两岗", password="long-enough", roles=both)
    do(staff("t01"), forwarded, "accept", acceptance="accept")
    do(staff("t01"), forwarded, "investigate", **DRAFT)
    do(staff("t01head"), forwarded, "sign_off", sign_off="approve")
    do(staff("both"), forwarded, "first_review", first_review="pass")
    task = find_task(staff("both"), forwarded, "final_review")
    refused = staff("both").post(f"/tasks/{task}/complete", {"submission": {"final_review": "pass"}})
    problem(refused, 403, "forbidden")
    do(staff("final1"), forwarded, "final_review", final_review="pass", publish=False)


def test_an_assisting_unit_reads_its_task_and_the_case(staff: Staff, forwarded: str) -> None:
    do(staff("t01"), forwarded, "accept", acceptance="accept")
    asked = {"handling": "assist", "assisting_units": ["D03"], "assist_request": "请说明线路权属。"}
    do(staff("t01"), forwarded, "investigate", **asked)
    helper = staff("d03")
    task = find_task(helper, forwarded, "assist")
    assert answer(helper.get(f"/tasks/{task}"))["form"]["title"] == "协办"
    problem(staff("d04").get(f"/tasks/{task}"), 404, "not_found")
    do(helper, forwarded, "assist", opinion="线路归城管部门。")
