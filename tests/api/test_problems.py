"""Every error is problem details under /api, a page elsewhere, and tells nothing that is not the caller's business."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, g

import api
from api.errors import Problem
from engine.errors import Conflict, Misconfigured
from tests.api.callers import LETTER, Caller, problem

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("path", ["/nothing", "/definitions/x", "/../x", "/petitions/%00", "/definitions/-1"])
def test_an_address_that_is_none_is_a_problem(citizen: Caller, path: str) -> None:
    problem(citizen.get(path), 404, "not_found")


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(citizen: Caller) -> None:
    refused = citizen.delete("/units")
    problem(refused, 405, "method_not_allowed")
    assert "GET" in refused.headers["Allow"]


@pytest.mark.parametrize("body", [b"{", b'{"title": "\xff"}', b"[" * 100_000])
def test_a_body_that_is_no_json_is_a_problem(citizen: Caller, body: bytes) -> None:
    refused = citizen.send("POST", "/petitions", data=body, content_type="application/json")
    assert problem(refused, 400, "bad_request")["errors"] == {"body": "请求体不是有效的 JSON。"}


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"7"])
def test_json_that_is_no_object_is_a_problem(citizen: Caller, body: bytes) -> None:
    refused = citizen.send("POST", "/petitions", data=body, content_type="application/json")
    assert list(problem(refused, 422, "unprocessable_entity")["errors"]) == ["body"]


def test_a_form_is_not_taken_for_json(citizen: Caller) -> None:
    problem(citizen.send("POST", "/petitions", data=LETTER), 415, "unsupported_media_type")


def test_a_body_that_is_too_large_is_a_problem(citizen: Caller) -> None:
    body = b'{"content": "' + b"x" * 3_000_000 + b'"}'
    refused = citizen.send("POST", "/petitions", data=body, content_type="application/json")
    problem(refused, 413, "request_entity_too_large")


@pytest.mark.parametrize(
    ("header", "title"),
    [
        (None, "没有找到"),
        ("zh-CN,zh;q=0.9", "没有找到"),
        ("en-US", "Not found"),
        ("fr", "没有找到"),
        ("de, en;q=0.5", "Not found"),
    ],
)
def test_a_problem_speaks_the_callers_language(citizen: Caller, header: str | None, title: str) -> None:
    headers = {"Accept-Language": header} if header else {}
    assert problem(citizen.get("/nothing", headers=headers), 404, "not_found")["title"] == title


def test_a_failure_of_ours_is_logged_and_not_told(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    @app.get("/api/v1/broken")
    def break_down() -> str:
        raise RuntimeError("password of the database")

    @app.get("/api/v1/misconfigured")
    def be_misconfigured() -> str:
        raise Misconfigured("the key is guessable")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    caller = Caller(app.test_client())
    with caplog.at_level(logging.ERROR):
        for path, secret in (("/broken", "password"), ("/misconfigured", "guessable")):
            refused = caller.get(path)
            problem(refused, 500, "internal_server_error")
            assert secret not in refused.text
            assert secret in caplog.text


def page_app() -> Flask:
    def render(problem: Problem) -> str:
        return f"<h1>{problem.title}</h1>"

    app = Flask("pages")
    app.config.update(TESTING=True, RATELIMIT_ENABLED=False)
    api.register(app, render_page=render)

    @app.get("/late")
    def come_late() -> str:
        raise Conflict("Too late.")

    return app


def test_outside_the_api_a_problem_is_a_page_of_the_same_status(database_url: str) -> None:
    client = page_app().test_client()
    late = client.get("/late")
    assert (late.status_code, late.mimetype, late.text) == (409, "text/html", "<h1>状态已变化</h1>")
    assert client.get("/nothing").status_code == 404
    assert client.get("/api/nothing").mimetype == "application/problem+json"


def test_a_redirect_is_no_problem(database_url: str) -> None:
    app = page_app()

    @app.get("/folder/")
    def show_folder() -> str:
        return "folder"

    moved = app.test_client().get("/folder")
    assert (moved.status_code, moved.location) == (308, "http://localhost/folder/")


def test_a_page_speaks_the_language_that_was_chosen_on_it(database_url: str) -> None:
    app = page_app()

    @app.before_request
    def choose() -> None:
        g.language = "en"

    client = app.test_client()
    chinese = {"Accept-Language": "zh"}
    assert client.get("/late", headers=chinese).text == "<h1>Conflict</h1>"
    assert client.get("/api/nothing", headers=chinese).json["title"] == "没有找到"  # type: ignore[index]
