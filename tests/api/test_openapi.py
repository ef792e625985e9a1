"""The OpenAPI document: what it promises is what the API does, whatever is sent."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

import api
from engine.services import people
from engine.vocabulary import Role
from tests.api.callers import Caller, answer, find_task
from tests.api.conftest import Staff

Uow = Callable[[], AbstractContextManager[Session]]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
METHODS = ("get", "post", "delete")


def read_document() -> dict[str, Any]:
    app = Flask("document")
    app.config["RATELIMIT_ENABLED"] = False
    api.register(app)
    document: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").json  # type: ignore[assignment]
    return document


DOCUMENT = read_document()
OPERATIONS = [(method, path) for path, item in DOCUMENT["paths"].items() for method in METHODS if method in item]


def operations() -> list[dict[str, Any]]:
    return [DOCUMENT["paths"][path][method] for method, path in OPERATIONS]


def test_every_operation_has_a_name_a_summary_and_says_who_may_call_it() -> None:
    names = [operation["operationId"] for operation in operations()]
    assert len(set(names)) == len(names) == 32
    assert all(operation["summary"].endswith(".") for operation in operations())
    assert all("security" in operation or "x-roles" in operation for operation in operations())
    assert DOCUMENT["security"] == [{"bearer": []}, {"cookie": []}]
    assert DOCUMENT["components"]["securitySchemes"].keys() == {"bearer", "cookie"}


def test_what_is_open_to_strangers_is_known() -> None:
    public = {operation["operationId"] for operation in operations() if operation.get("security") == []}
    assert public == {
        "sign_in",
        "issue_token",
        "submit_petition",
        "track_petition",
        "supplement_petition",
        "withdraw_petition",
        "rate_petition",
        "list_units",
        "list_categories",
        "list_topics",
    }


def test_every_body_to_send_has_an_example_for_every_needed_field() -> None:
    bodies = [operation["requestBody"] for operation in operations() if "requestBody" in operation]
    for body in bodies:
        name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        schema = DOCUMENT["components"]["schemas"][name]
        missing = [field for field in schema["required"] if "examples" not in schema["properties"][field]]
        assert (name, missing) == (name, [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_people_read_the_document_as_a_page_without_scripts(citizen: Caller) -> None:
    page = citizen.get("/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    for operation in operations():
        assert f'id="{operation["operationId"]}"' in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "http://" not in page.text.replace("http://localhost", "")
    with citizen.get("/static/docs.css") as sheet:
        assert sheet.mimetype == "text/css"


@pytest.fixture
def everybody(app: Flask, uow: Uow) -> Caller:
    """Somebody of every role, so that no call ends at the door."""
    with uow() as session:
        account = people.create_account(
            session, username="everybody", display_name="全岗", password="long-enough", roles=list(Role), unit="T01"
        )
        token, _row = people.issue_token(session, account=account)
    return Caller(app.test_client(), token)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_whatever_is_sent_the_answer_is_as_documented(
    app: Flask, staff: Staff, everybody: Caller, forwarded: str, receipt: dict[str, str], method: str, path: str
) -> None:
    known = {
        "number": forwarded,
        "task_id": find_task(staff("t01"), forwarded, "accept"),
        "instance_id": answer(everybody.get(f"/petitions/{forwarded}"))["petition"]["instance"],
        "definition_id": answer(everybody.get("/definitions"))["items"][0]["id"],
        "name": "procedure.toml",
    }
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)[path][method.upper()]

    @given(case=operation.as_strategy(), meant=st.booleans(), signed_in=st.booleans())
    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    def send(case: schemathesis.Case[Any], *, meant: bool, signed_in: bool) -> None:
        if meant and case.path_parameters:
            case.path_parameters = {name: known[name] for name in case.path_parameters}
        if meant and isinstance(case.body, dict) and "query_code" in case.body:
            case.body |= receipt
        case.call_and_validate(headers=everybody.headers if signed_in else {}, checks=CHECKS)

    send()
