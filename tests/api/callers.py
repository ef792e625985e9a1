"""Programs that call the API: a citizen's, or a member of the staff's with a bearer token; and the steps of a case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"

LETTER = {
    "title": "东街路灯不亮",
    "content": "东街自来水公司门口的三盏路灯已经一周不亮,夜里出行不便。",
    "type": "help",
    "name": "张小兰",
    "phone": "13800001234",
    "address": "城关镇东街12号",
    "category": "city_management",
}
DRAFT = {
    "handling": "draft",
    "facts": "三盏路灯线路老化。",
    "basis": "《城市道路照明管理办法》。",
    "action": "4月2日已更换线路并恢复照明。",
    "next_step": "每月巡查一次。",
    "contact": "城管股 0719-6221234",
    "outcome": "support",
}


class Request(TypedDict, total=False):
    """What else may be sent."""

    data: str | bytes | Mapping[str, object]
    content_type: str
    headers: Mapping[str, str]


class Caller:
    """Calls the API as one person."""

    def __init__(self, client: FlaskClient, token: str | None = None) -> None:
        self._client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, query: Mapping[str, object] | None = None, **more: Unpack[Request]) -> TestResponse:
        return self.send("GET", f"{path}?{urlencode(query)}" if query else path, **more)

    def post(self, path: str, body: object = None, **more: Unpack[Request]) -> TestResponse:
        if body is not None:
            # written out here: a program elsewhere may send what our own JSON would not write
            more["data"], more["content_type"] = json.dumps(body), "application/json"
        return self.send("POST", path, **more)

    def delete(self, path: str, **more: Unpack[Request]) -> TestResponse:
        return self.send("DELETE", path, **more)

    def send(self, method: str, path: str, **more: Unpack[Request]) -> TestResponse:
        more["headers"] = {**self.headers, **more.get("headers", {})}
        return self._client.open(PREFIX + path, method=method, **more)


def problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    """Return the problem details of a response that must be this problem."""
    assert (response.status_code, response.content_type) == (status, PROBLEM), response.text
    body: dict[str, Any] = response.json  # type: ignore[assignment]
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["type"] == f"urn:wenzheng:problem:{code}"
    assert body["title"]
    assert body["detail"]
    return body


def answer(response: TestResponse, status: int = 200) -> Any:  # noqa: ANN401 - plain data
    """Return the body of a response that must have gone well."""
    assert response.status_code == status, response.text
    return response.json


def submit(citizen: Caller, **changes: object) -> dict[str, str]:
    """Hand in a letter and return its number and query code."""
    receipt = answer(citizen.post("/petitions", {**LETTER, **changes}), 201)
    return {"number": receipt["number"], "query_code": receipt["query_code"]}


def find_task(caller: Caller, number: str, element: str) -> str:
    """Return the id of the caller's task ``element`` of a case."""
    rows = answer(caller.get("/tasks", {"element": element, "limit": 200}))["items"]
    [found] = [row["task"]["id"] for row in rows if row["petition"]["number"] == number]
    return str(found)


def do(caller: Caller, number: str, element: str, **submission: object) -> Any:  # noqa: ANN401 - plain data
    """Complete the caller's task ``element`` of a case."""
    task = find_task(caller, number, element)
    return answer(caller.post(f"/tasks/{task}/complete", {"submission": submission}))
