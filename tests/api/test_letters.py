"""What citizens do through the API: hand in, follow, add, take back, rate; with a receipt and no account."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.clock import ManualClock
from tests.api.callers import DRAFT, LETTER, Caller, answer, do, find_task, problem, submit
from tests.api.conftest import Staff

Receipt = dict[str, str]


def conclude(staff: Staff, number: str) -> None:
    """Take a case that lies with T01 through to the published answer."""
    do(staff("t01"), number, "accept", acceptance="accept")
    do(staff("t01"), number, "investigate", **DRAFT)
    do(staff("t01head"), number, "sign_off", sign_off="approve")
    do(staff("reviewer1"), number, "first_review", first_review="pass", checklist=["has_facts", "has_basis"])
    do(staff("final1"), number, "final_review", final_review="pass", publish=True)


def test_a_letter_gets_a_number_and_a_query_code_that_open_it(citizen: Caller) -> None:
    receipt = answer(citizen.post("/petitions", LETTER), 201)
    assert receipt["number"] == "WZ20200102-0001"
    assert receipt["received_at"] == "2020-01-02T09:00:00+08:00"

    progress = answer(citizen.post("/petitions/track", {name: receipt[name] for name in ("number", "query_code")}))
    assert progress["title"] == LETTER["title"]
    assert progress["stage"] == "received"
    assert progress["unit"] is None
    assert progress["answer"] is None
    assert (progress["may_supplement"], progress["may_withdraw"], progress["may_rate"]) == (True, True, False)


def test_an_anonymous_letter_is_taken_and_tracked(citizen: Caller, staff: Staff) -> None:
    receipt = submit(citizen, name="", phone="", address="", category="", topic="")
    answer(citizen.post("/petitions/track", receipt))
    case = answer(staff("intake1").get(f"/petitions/{receipt['number']}"))
    assert case["petition"]["petitioner"] == {"name": "匿名", "phone": ""}


@pytest.mark.parametrize(
    ("changes", "field", "zh", "en"),
    [
        ({"title": None}, "title", "请填写此项。", "Fill this in."),
        ({"title": "  "}, "title", "请填写此项。", "Fill this in."),
        ({"title": "长" * 201}, "title", "应为 1 至 200 个字。", "Between 1 and 200 characters."),
        ({"content": 7}, "content", "应为文本。", "Send text."),
        (
            {"content": "a\x00b"},
            "content",
            "含有不可见的控制字符,请删去。",
            "It contains a control character; remove it.",
        ),
        (
            {"content": "\ud800"},
            "content",
            "含有不可见的控制字符,请删去。",
            "It contains a control character; remove it.",
        ),
        (
            {"type": "wish"},
            "type",
            "没有这个选项,可选:consultation, help, complaint, suggestion, accusation, thanks。",
            "There is no such choice; choose from: consultation, help, complaint, suggestion, accusation, thanks.",
        ),
        (
            {"phone": ""},
            "phone",
            "请填写联系电话,便于承办单位与您联系;如需匿名,请将姓名和电话都留空。",
            "Give a telephone number with your name, or leave both out to stay anonymous.",
        ),
        ({"wants_public": "perhaps"}, "wants_public", "应为 true 或 false。", "Send true or false."),
        ({"titel": "x"}, "titel", "没有这一项,请删去。", "There is no such field; leave it out."),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_bad_input_is_refused_by_field_in_the_callers_language(
    citizen: Caller, changes: dict[str, object], field: str, zh: str, en: str
) -> None:
    letter = {name: value for name, value in {**LETTER, **changes}.items() if value is not None}
    refused = problem(citizen.post("/petitions", letter), 422, "unprocessable_entity")
    assert refused["errors"] == {field: zh}
    in_english = citizen.post("/petitions", letter, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert problem(in_english, 422, "unprocessable_entity")["errors"] == {field: en}


@pytest.mark.parametrize("field", ["category", "topic", "complained_unit"])
def test_codes_of_nothing_are_refused_by_field(citizen: Caller, field: str) -> None:
    refused = problem(citizen.post("/petitions", {**LETTER, field: "nothing"}), 422, "invalid_input")
    assert list(refused["errors"]) == [field]


def test_only_intake_registers_calls_and_visits(citizen: Caller, staff: Staff) -> None:
    called = {**LETTER, "channel": "phone"}
    problem(citizen.post("/petitions", called), 403, "forbidden")
    problem(staff("t01").post("/petitions", called), 403, "forbidden")
    number = answer(staff("intake1").post("/petitions", called), 201)["number"]
    case = answer(staff("intake1").get(f"/petitions/{number}"))
    assert case["petition"]["channel"] == "phone"
    history = answer(staff("intake1").get(f"/petitions/{number}/history"))["items"]
    assert history[0]["actor"] == "intake1"


@pytest.mark.parametrize("action", ["", "/supplement", "/withdraw", "/rating"])
def test_a_wrong_query_code_opens_nothing_and_does_not_tell_whether_the_number_exists(
    citizen: Caller, receipt: Receipt, action: str
) -> None:
    more = {"/supplement": {"text": "补充"}, "/rating": {"satisfaction": "satisfied"}}.get(action, {})
    wrong_code = {**receipt, "query_code": "22222222", **more}
    wrong_number = {**receipt, "number": "WZ20200102-9999", **more}
    first = problem(citizen.post(f"/petitions/track{action}", wrong_code), 404, "not_found")
    second = problem(citizen.post(f"/petitions/track{action}", wrong_number), 404, "not_found")
    assert first == second


def test_number_and_code_are_read_as_people_type_them(citizen: Caller, receipt: Receipt) -> None:
    code = receipt["query_code"]
    typed = {"number": f" {receipt['number'].lower()} ", "query_code": f"{code[:4].lower()}-{code[4:]}"}
    answer(citizen.post("/petitions/track", typed))


def test_the_citizen_sees_the_units_promise_and_not_what_is_said_inside(
    citizen: Caller, staff: Staff, receipt: Receipt, forwarded: str
) -> None:
    do(staff("t01"), forwarded, "accept", acceptance="accept", opinion="内部意见:先查线路")
    progress = answer(citizen.post("/petitions/track", receipt))
    assert (progress["unit"], progress["stage"]) == ("城关镇", "accepted")
    assert progress["reply_due"] is not None
    assert "内部意见" not in str(progress)


def test_the_answer_is_read_and_rated_once(
    citizen: Caller, staff: Staff, clock: ManualClock, receipt: Receipt, forwarded: str
) -> None:
    rating = {**receipt, "satisfaction": "satisfied", "comment": "很快"}
    problem(citizen.post("/petitions/track/rating", rating), 409, "conflict")
    conclude(staff, forwarded)
    clock.advance(timedelta(hours=1))

    progress = answer(citizen.post("/petitions/track", receipt))
    assert progress["answer"]["action"] == DRAFT["action"]
    assert progress["may_rate"] is True

    rated = answer(citizen.post("/petitions/track/rating", rating))
    assert (rated["rating"]["satisfaction"], rated["may_rate"]) == ("satisfied", False)
    problem(citizen.post("/petitions/track/rating", rating), 409, "conflict")


def test_only_follow_up_finds_somebody_unreachable(citizen: Caller, receipt: Receipt) -> None:
    refused = citizen.post("/petitions/track/rating", {**receipt, "satisfaction": "unreachable"})
    assert list(problem(refused, 422, "unprocessable_entity")["errors"]) == ["satisfaction"]


def test_a_supplement_is_added_to_the_case(citizen: Caller, staff: Staff, receipt: Receipt, forwarded: str) -> None:
    answer(citizen.post("/petitions/track/supplement", {**receipt, "text": "是靠近桥头的三盏。"}))
    notes = answer(staff("t01").get(f"/petitions/{forwarded}"))["notes"]
    assert [note["text"] for note in notes if note["kind"] == "supplement"] == ["是靠近桥头的三盏。"]
    refused = citizen.post("/petitions/track/supplement", {**receipt, "text": " "})
    assert problem(refused, 422, "unprocessable_entity")["errors"] == {"text": "请填写此项。"}


def test_a_letter_is_taken_back_once_and_its_tasks_are_gone(
    citizen: Caller, staff: Staff, receipt: Receipt, forwarded: str
) -> None:
    task = find_task(staff("t01"), forwarded, "accept")
    progress = answer(citizen.post("/petitions/track/withdraw", {**receipt, "text": "已经解决"}))
    assert (progress["stage"], progress["result"], progress["may_withdraw"]) == ("closed", "withdrawn", False)
    problem(citizen.post("/petitions/track/withdraw", receipt), 409, "conflict")
    refused = staff("t01").post(f"/tasks/{task}/complete", {"submission": {"acceptance": "accept"}})
    problem(refused, 409, "conflict")
