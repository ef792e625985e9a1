"""Procedures through the API: reading versions, checking and publishing files, where an instance stands."""

from __future__ import annotations

import pytest

from engine.bpmn.bundle import load_directory
from tests.api.callers import Caller, answer, do, find_task, problem, submit
from tests.api.conftest import WORKFLOWS, Staff


@pytest.fixture
def files() -> dict[str, str]:
    """The files of the shipped procedure."""
    return dict(load_directory(WORKFLOWS / "petition"))


def with_a_longer_limit(files: dict[str, str]) -> dict[str, str]:
    changed = files["time_limits.dmn"].replace("</definitions>", "<!-- 时限调整 --></definitions>")
    return {**files, "time_limits.dmn": changed}


def test_published_versions_are_listed_and_read(staff: Staff, files: dict[str, str]) -> None:
    handler = staff("t01")
    [definition] = answer(handler.get("/definitions"))["items"]
    assert (definition["key"], definition["version"], definition["published_by"]) == ("petition", 1, "editor1")
    assert answer(handler.get("/definitions", {"key": "other"})) == {"items": [], "total": 0}
    detail = answer(handler.get(f"/definitions/{definition['id']}"))
    assert detail["files"] == sorted(files)
    assert detail["note"] == "初版"
    problem(handler.get("/definitions/9999"), 404, "not_found")


@pytest.mark.parametrize("username", ["editor1", "auditor1", "supervisor1"])
def test_files_are_read_by_those_who_answer_for_them(staff: Staff, files: dict[str, str], username: str) -> None:
    caller = staff(username)
    [definition] = answer(caller.get("/definitions"))["items"]
    read = caller.get(f"/definitions/{definition['id']}/files/forms/accept.json")
    assert (read.status_code, read.text) == (200, files["forms/accept.json"])
    problem(caller.get(f"/definitions/{definition['id']}/files/../../etc/passwd"), 404, "not_found")


def test_files_are_not_for_everybody(staff: Staff) -> None:
    [definition] = answer(staff("t01").get("/definitions"))["items"]
    problem(staff("t01").get(f"/definitions/{definition['id']}/files/procedure.toml"), 403, "forbidden")


@pytest.mark.parametrize("username", ["auditor1", "admin1", "supervisor1", "t01"])
@pytest.mark.parametrize("path", ["/definitions", "/definitions/lint"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_a_procedure_editor_publishes(staff: Staff, files: dict[str, str], username: str, path: str) -> None:
    problem(staff(username).post(path, {"files": files, "note": "试试"}), 403, "forbidden")


def test_new_cases_follow_a_new_version_and_running_ones_keep_theirs(
    staff: Staff, citizen: Caller, files: dict[str, str], receipt: dict[str, str]
) -> None:
    editor = staff("editor1")
    published = answer(editor.post("/definitions", {"files": with_a_longer_limit(files), "note": "时限调整"}), 201)
    assert (published["version"], published["published_by"]) == (2, "editor1")
    again = answer(editor.post("/definitions", {"files": with_a_longer_limit(files), "note": "时限调整"}), 201)
    assert again == published
    later = submit(citizen)["number"]
    auditor = staff("auditor1")
    versions = {}
    for number in (receipt["number"], later):
        instance = answer(auditor.get(f"/petitions/{number}"))["petition"]["instance"]
        versions[number] = answer(auditor.get(f"/instances/{instance}"))["definition"]["version"]
    assert versions == {receipt["number"]: 1, later: 2}


def test_a_procedure_with_errors_is_not_published_and_each_is_named(staff: Staff, files: dict[str, str]) -> None:
    editor = staff("editor1")
    del files["forms/accept.json"]
    found = answer(editor.post("/definitions/lint", {"files": files}))
    assert found["publishable"] is False
    assert found["total"] == len(found["items"])

    refused = problem(editor.post("/definitions", {"files": files, "note": "少了表单"}), 422, "procedure_refused")
    assert refused["findings"] == found["items"]
    [missing] = [finding for finding in refused["findings"] if finding["node"] == "accept"]
    assert missing["severity"] == "error"
    assert missing["file"].endswith(".bpmn")
    assert missing["message_zh"]
    assert missing["fix"]
    assert answer(editor.get("/definitions"))["total"] == 1


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"procedure.toml": "nonsense"},
        {"../etc/passwd": "x"},
        {"petition.bpmn": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions>&e;</definitions>'},
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_files_that_are_no_procedure_are_refused_with_findings(staff: Staff, files: dict[str, str]) -> None:
    refused = problem(staff("editor1").post("/definitions", {"files": files, "note": "试试"}), 422, "procedure_refused")
    assert refused["findings"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"note": "x"}, "files"),
        ({"files": {"procedure.toml": ""}}, "note"),
        ({"files": {"procedure.toml": 1}, "note": "x"}, "files.procedure.toml.value"),
        ({"files": ["procedure.toml"], "note": "x"}, "files"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_publication_without_files_or_reason_is_refused(staff: Staff, body: dict[str, object], field: str) -> None:
    refused = problem(staff("editor1").post("/definitions", body), 422, "unprocessable_entity")
    assert list(refused["errors"]) == [field]


def test_an_instance_shows_what_it_waits_for(staff: Staff, forwarded: str) -> None:
    handler = staff("t01")
    instance = answer(handler.get(f"/petitions/{forwarded}"))["petition"]["instance"]
    standing = answer(handler.get(f"/instances/{instance}"))
    assert (standing["status"], standing["petition"], standing["ended_at"]) == ("active", forwarded, None)
    assert standing["definition"]["key"] == "petition"
    assert [task["id"] for task in standing["tasks"]] == [find_task(handler, forwarded, "accept")]
    dues = [timer["due_at"] for timer in standing["timers"] if timer["due_at"]]
    assert dues == sorted(dues)
    assert {timer["status"] for timer in standing["timers"]} <= {"armed", "sleeping"}
    assert all(timer["expression"] for timer in standing["timers"])


def test_an_ended_instance_waits_for_nothing(staff: Staff, receipt: dict[str, str]) -> None:
    spam = {"petition_type": "help", "category": "other", "classification": "spam", "reason": "广告"}
    assert do(staff("intake1"), receipt["number"], "classify", **spam)["ended"] is True
    auditor = staff("auditor1")
    instance = answer(auditor.get(f"/petitions/{receipt['number']}"))["petition"]["instance"]
    standing = answer(auditor.get(f"/instances/{instance}"))
    assert (standing["status"], standing["tasks"], standing["timers"]) == ("ended", [], [])


def test_an_instance_is_seen_by_who_sees_its_case(staff: Staff, forwarded: str) -> None:
    instance = answer(staff("t01").get(f"/petitions/{forwarded}"))["petition"]["instance"]
    for username in ("t02", "editor1", "admin1"):
        problem(staff(username).get(f"/instances/{instance}"), 404, "not_found")
    problem(staff("t01").get("/instances/2147483647"), 404, "not_found")
    problem(staff("t01").get("/instances/99999999999999999999"), 404, "not_found")
