from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

import webui
from api.limits import limiter
from engine import db
from engine.clock import ManualClock
from engine.db import unit_of_work
from engine.services import facts
from tests.webui.letters import Letters
from tests.webui.visitors import Page, Visitor

Visit = Callable[..., Visitor]


@pytest.mark.parametrize(
    ("username", "places"),
    [
        ("intake1", ["工作台", "案件", "简报"]),
        ("t01", ["工作台", "案件"]),
        ("t01head", ["工作台", "案件", "督办"]),
        ("supervisor1", ["工作台", "案件", "督办", "简报"]),
        ("leader1", ["工作台", "案件", "督办", "简报"]),
        ("auditor1", ["工作台", "案件", "督办", "简报"]),
        ("editor1", ["工作台"]),
        ("admin1", ["工作台"]),
    ],
)
def test_the_navigation_shows_only_what_the_role_may_use(visit: Visit, username: str, places: list[str]) -> None:
    page = visit(username).get("/desk")
    assert page.texts("//nav[@class='places']//a") == places


@pytest.mark.parametrize("address", ["/cases", "/supervision", "/bulletin"])
def test_a_procedure_editor_reads_no_petition(visit: Visit, address: str) -> None:
    assert visit("editor1").get(address, status=403).heading == "没有权限"


def test_one_who_must_sign_in_comes_back_to_where_they_were_going(visit: Visit) -> None:
    visitor = visit()
    page = visitor.get("/supervision")
    assert page.heading == "工作人员登录"
    page = visitor.send(page.form("/sign-in"), username="supervisor1", password="wenzheng-demo")
    assert page.address == "/supervision"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "/\\example.org", "/\n/example.org", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(visit: Visit, elsewhere: str) -> None:
    client = visit().client
    form = Visitor(client).get("/sign-in").form("/sign-in")
    data = {**dict(form.form_values()), "username": "intake1", "password": "wenzheng-demo", "next": elsewhere}
    assert client.post("/sign-in", data=data).location == "/desk"


def test_a_wrong_password_is_refused_without_saying_what_was_wrong(visit: Visit) -> None:
    visitor = visit()
    form = visitor.get("/sign-in").form("/sign-in")
    wrong = visitor.send(form, username="intake1", password="guess", status=401)
    nobody = visitor.send(form, username="nobody", password="guess", status=401)
    assert wrong.texts("//*[@role='alert']") == nobody.texts("//*[@role='alert']") == ["用户名或密码不正确。"]
    assert wrong.form("/sign-in").fields["username"] == "intake1"


def test_signing_out_ends_the_session(visit: Visit) -> None:
    visitor = visit("intake1")
    visitor.send(visitor.get("/desk").form("/sign-out"))
    assert visitor.get("/desk").heading == "工作人员登录"


def test_the_demo_says_that_it_is_one_and_who_may_try(visit: Visit, clock: ManualClock) -> None:
    assert "演示" not in visit().get("/sign-in").text
    with unit_of_work() as session:
        facts.set_demo_clock(session, at=clock.now())
    page = visit().get("/sign-in")
    assert "演示数据" in page.text
    assert "wenzheng-demo" in page.text
    assert "supervisor1" in page.text


def test_every_answer_carries_the_headers(visit: Visit) -> None:
    headers = visit().get("/").response.headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_a_form_without_its_token_is_refused(visit: Visit) -> None:
    response = visit().client.post("/submit", data={"type": "help", "title": "t", "content": "c"})
    assert response.status_code == 400
    assert "页面已过期" in response.text


@pytest.mark.parametrize(
    ("language", "heading", "remedy"),
    [("zh", "没有找到", "请核对地址或编号"), ("en", "Not found", "Check the address or the number")],
)
def test_what_is_not_there_is_told_in_the_reader_s_language(
    visit: Visit, language: str, heading: str, remedy: str
) -> None:
    page = visit(language=language).get("/no/such/page", status=404)
    assert page.heading == heading
    assert remedy in page.text


def test_a_wrong_method_is_told_as_a_page(visit: Visit) -> None:
    response = visit().client.get("/sign-out")
    assert response.status_code == 405
    assert "不支持该方法" in response.text


def test_an_address_with_no_such_language_is_refused(visit: Visit) -> None:
    visitor = visit()
    form = visitor.get("/").form("/language")
    visitor.send(form, language="fr", status=400)


def test_a_failure_of_ours_is_a_page_even_without_a_database(tmp_path: Path) -> None:
    db.configure(f"sqlite:///{tmp_path}/empty.db")
    app = webui.create_app({"RATELIMIT_ENABLED": False})
    response = app.test_client().get("/")
    db.configure(None)
    db.dispose()
    assert response.status_code == 500
    assert "故障已记录" in Page(response).text


@pytest.fixture
def limited(app: Flask) -> Iterator[Flask]:
    """An application that counts requests; the counter is the process's, so it is stopped again."""
    yield webui.create_app({"TESTING": True})
    limiter.reset()
    limiter.enabled = False


def test_guessing_passwords_is_slowed_down(limited: Flask) -> None:
    visitor = Visitor(limited.test_client())
    form = visitor.get("/sign-in").form("/sign-in")
    for _attempt in range(10):
        visitor.send(form, username="intake1", password="guess", status=401)
    page = visitor.send(form, username="intake1", password="guess", status=429)
    assert "请稍等一分钟再试" in page.text


def test_the_style_page_shows_every_component(visit: Visit) -> None:
    page = visit("supervisor1").get("/style")
    for state in ("ok", "soon", "today", "late", "met", "paused"):
        assert page.tree.xpath(f"//span[contains(@class, 'due {state}')]"), state


@pytest.mark.parametrize("username", ["intake1", "t01", "leader1", "auditor1", "confidential1", "followup1"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_sound_for_every_role(visit: Visit, letters: Letters, username: str, language: str) -> None:
    number = letters.forwarded()
    visitor = visit(username, language=language)
    for address in visitor.get("/desk").tree.xpath("//nav[@class='places']//a/@href"):
        visitor.get(address)
    if username != "confidential1":
        visitor.get(f"/cases/{number}")
