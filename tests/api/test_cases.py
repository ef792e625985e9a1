"""What the staff sees of cases and may write on them, each by role and unit."""

from __future__ import annotations

import pytest

from tests.api.callers import Caller, answer, do, find_task, problem, submit
from tests.api.conftest import Staff


def numbers(caller: Caller, **query: object) -> list[str]:
    return [row["number"] for row in answer(caller.get("/petitions", query))["items"]]


@pytest.mark.parametrize(
    "path",
    ["/petitions", "/petitions/WZ20200102-0001", "/petitions/WZ20200102-0001/history", "/tasks", "/tasks/x", "/me"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_strangers_see_nothing(citizen: Caller, receipt: dict[str, str], path: str) -> None:
    problem(citizen.get(path), 401, "sign_in_required")


def test_a_case_is_found_by_what_one_knows_of_it(citizen: Caller, staff: Staff, forwarded: str) -> None:
    other = submit(citizen, title="公交改线建议", content="建议7路延伸到新区。", type="suggestion", topic="epidemic")[
        "number"
    ]
    centre = staff("dispatcher1")
    assert numbers(centre) == [other, forwarded]
    assert numbers(centre, text="路灯") == [forwarded]
    assert numbers(centre, text="%") == []
    assert numbers(centre, text=other) == [other]
    assert numbers(centre, unit="T01") == [forwarded]
    assert numbers(centre, stage="forwarded") == [forwarded]
    assert numbers(centre, type="suggestion") == [other]
    assert numbers(centre, topic="epidemic") == [other]
    assert numbers(centre, received_from="2020-01-02T09:00:01+08:00") == []
    assert numbers(centre, received_before="2020-01-02T09:00:01") == [other, forwarded]


def test_a_list_comes_in_pages(citizen: Caller, staff: Staff) -> None:
    sent = [submit(citizen)["number"] for _ in range(3)]
    page = answer(staff("intake1").get("/petitions", {"limit": 2, "offset": 1}))
    assert [row["number"] for row in page["items"]] == sent[1::-1]
    assert (page["total"], page["limit"], page["offset"]) == (3, 2, 1)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"offset": -1}, "offset"),
        ({"offset": 10**30}, "offset"),
        ({"stage": "lost"}, "stage"),
        ({"received_from": "yesterday"}, "received_from"),
        ({"unti": "T01"}, "unti"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nonsense_in_a_query_is_refused_by_name(staff: Staff, query: dict[str, object], field: str) -> None:
    refused = problem(staff("intake1").get("/petitions", query), 422, "unprocessable_entity")
    assert list(refused["errors"]) == [field]


def test_a_unit_sees_its_own_cases_and_of_others_not_even_that_they_exist(staff: Staff, forwarded: str) -> None:
    assert numbers(staff("t01")) == [forwarded]
    assert numbers(staff("t02")) == []
    missing = problem(staff("t02").get("/petitions/WZ20200102-9999"), 404, "not_found")
    hidden = problem(staff("t02").get(f"/petitions/{forwarded}"), 404, "not_found")
    assert hidden == missing
    problem(staff("t02").get(f"/petitions/{forwarded}/history"), 404, "not_found")
    problem(staff("t02").post(f"/petitions/{forwarded}/unmask", {"reason": "好奇"}), 404, "not_found")


@pytest.mark.parametrize("username", ["editor1", "admin1"])
def test_those_who_run_the_system_read_no_petition(staff: Staff, forwarded: str, username: str) -> None:
    assert numbers(staff(username)) == []
    problem(staff(username).get(f"/petitions/{forwarded}"), 404, "not_found")


def test_an_accusation_is_hidden_from_the_unit_it_complains_of(citizen: Caller, staff: Staff) -> None:
    number = submit(citizen, type="accusation", complained_unit="T02")["number"]
    assert numbers(staff("confidential1")) == [number]
    classified = {
        "petition_type": "accusation",
        "category": "conduct",
        "complained_unit": "T02",
        "classification": "forward",
    }
    do(staff("intake1"), number, "classify", **classified)

    task = find_task(staff("dispatcher1"), number, "forward")
    to_the_accused = {"submission": {"dispatching": "forward", "unit": "T02"}}
    refused = staff("dispatcher1").post(f"/tasks/{task}/complete", to_the_accused)
    assert list(problem(refused, 422, "invalid_input")["errors"]) == ["unit"]

    do(staff("dispatcher1"), number, "forward", dispatching="forward", unit="D03")
    assert numbers(staff("d03")) == [number]
    assert numbers(staff("t02")) == []
    problem(staff("d03").post(f"/petitions/{number}/unmask", {"reason": "核实情况"}), 403, "forbidden")
    clear = answer(staff("confidential1").post(f"/petitions/{number}/unmask", {"reason": "核实情况"}))
    assert clear["name"] == "张小兰"


def test_a_case_is_read_whole_with_the_petitioner_masked(staff: Staff, forwarded: str) -> None:
    case = answer(staff("t01").get(f"/petitions/{forwarded}"))
    assert case["petition"]["petitioner"] == {"name": "张**", "phone": "138****1234"}
    assert "13800001234" not in str(case)
    assert {task["element"] for task in case["tasks"]} == {"classify", "forward", "accept"}
    assert [line["unit"] for line in case["assignments"]] == ["T01"]
    accept = next(line for line in case["deadlines"] if line["kind"] == "accept")
    assert accept["due_at"].endswith("+08:00")
    assert accept["explanation"]["counted"]


def test_whoever_unmasks_says_why_and_is_written_down(staff: Staff, forwarded: str) -> None:
    handler = staff("t01")
    refused = problem(handler.post(f"/petitions/{forwarded}/unmask", {}), 422, "unprocessable_entity")
    assert list(refused["errors"]) == ["reason"]
    clear = answer(handler.post(f"/petitions/{forwarded}/unmask", {"reason": "电话核实"}))
    assert clear == {"name": "张小兰", "phone": "13800001234", "address": "城关镇东街12号"}
    last = answer(handler.get(f"/petitions/{forwarded}/history"))["items"][-1]
    assert (last["kind"], last["actor"], last["data"]) == ("petitioner_unmasked", "t01", {"reason": "电话核实"})


@pytest.mark.parametrize("username", ["leader1", "auditor1"])
def test_those_who_only_read_do_not_unmask(staff: Staff, forwarded: str, username: str) -> None:
    problem(staff(username).post(f"/petitions/{forwarded}/unmask", {"reason": "了解情况"}), 403, "forbidden")


def test_history_is_a_chain_oldest_first(staff: Staff, forwarded: str) -> None:
    history = answer(staff("auditor1").get(f"/petitions/{forwarded}/history"))
    events = history["items"]
    assert [event["seq"] for event in events] == list(range(1, history["total"] + 1))
    assert events[0]["kind"] == "case_started"
    assert {event["actor"] for event in events} >= {"citizen", "intake1", "dispatcher1"}
    assert all(len(event["hash"]) == 64 for event in events)


def test_a_leader_instructs_and_the_supervisor_has_it_to_do(staff: Staff, forwarded: str) -> None:
    text = {"text": "请城关镇三日内办结并报告。"}
    problem(staff("supervisor1").post(f"/petitions/{forwarded}/instruction", text), 403, "forbidden")
    assert staff("leader1").post(f"/petitions/{forwarded}/instruction", text).status_code == 204
    notes = answer(staff("t01").get(f"/petitions/{forwarded}"))["notes"]
    assert [note["text"] for note in notes if note["kind"] == "instruction"] == [text["text"]]
    find_task(staff("supervisor1"), forwarded, "carry_out_instruction")


def test_whoever_works_on_a_case_may_report_a_crisis_and_intake_confirms_it(staff: Staff, forwarded: str) -> None:
    worry = {"text": "来电中多次提到不想活了。"}
    problem(staff("auditor1").post(f"/petitions/{forwarded}/crisis", worry), 403, "forbidden")
    problem(staff("t02").post(f"/petitions/{forwarded}/crisis", worry), 404, "not_found")
    assert staff("t01").post(f"/petitions/{forwarded}/crisis", worry).status_code == 204
    do(staff("intake1"), forwarded, "confirm_crisis", crisis="confirmed", note="电话确认情绪低落。")
    assert answer(staff("t01").get(f"/petitions/{forwarded}"))["petition"]["crisis"] is True
