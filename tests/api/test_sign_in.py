"""Signing in by cookie and by token, and what each of them is good for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from engine.clock import ManualClock
from engine.models.people import Account
from tests.api.callers import Caller, answer, find_task, problem

PASSWORD = "wenzheng-demo"
T01 = {"username": "t01", "password": PASSWORD}
Uow = Callable[[], AbstractContextManager[Session]]


def test_a_token_opens_the_staffs_side_until_it_is_revoked(citizen: Caller, app: Flask) -> None:
    issued = answer(citizen.post("/tokens", T01), 201)
    assert issued["token_type"] == "Bearer"
    assert issued["expires_at"] == "2020-01-02T21:00:00+08:00"
    handler = Caller(app.test_client(), issued["token"])

    me = answer(handler.get("/me"))
    assert me == {
        "username": "t01",
        "display_name": me["display_name"],
        "unit": "T01",
        "roles": ["handler"],
        "csrf_token": None,
    }

    assert handler.delete("/tokens/current").status_code == 204
    problem(handler.get("/me"), 401, "sign_in_required")


def test_a_token_ends_after_twelve_hours(citizen: Caller, app: Flask, clock: ManualClock) -> None:
    handler = Caller(app.test_client(), answer(citizen.post("/tokens", T01), 201)["token"])
    clock.advance(timedelta(hours=11, minutes=59))
    answer(handler.get("/me"))
    clock.advance(timedelta(minutes=2))
    problem(handler.get("/me"), 401, "sign_in_required")


@pytest.mark.parametrize("path", ["/tokens", "/session"])
@pytest.mark.parametrize("wrong", [{"password": "guess"}, {"username": "nobody"}])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(citizen: Caller, path: str, wrong: dict[str, str]) -> None:
    refused = problem(citizen.post(path, {**T01, **wrong}), 401, "sign_in_refused")
    assert refused["detail"] == "用户名或密码不正确。"


def test_a_closed_account_may_not_sign_in_and_its_sessions_end(citizen: Caller, app: Flask, uow: Uow) -> None:
    handler = Caller(app.test_client(), answer(citizen.post("/tokens", T01), 201)["token"])
    browser = Caller(app.test_client())
    answer(browser.post("/session", T01), 201)
    with uow() as session:
        session.execute(sa.update(Account).where(Account.username == "t01").values(active=False))
    problem(handler.get("/me"), 401, "sign_in_required")
    problem(browser.get("/me"), 401, "sign_in_required")
    problem(citizen.post("/tokens", T01), 401, "sign_in_refused")


def test_a_cookie_signs_in_and_changes_nothing_without_its_csrf_token(app: Flask, forwarded: str) -> None:
    browser = Caller(app.test_client())
    signed_in = answer(browser.post("/session", T01), 201)
    task = find_task(browser, forwarded, "accept")

    refused = problem(browser.post(f"/tasks/{task}/claim"), 400, "csrf_refused")
    assert "X-CSRFToken" in refused["detail"]

    token = {"X-CSRFToken": signed_in["csrf_token"]}
    assert answer(browser.post(f"/tasks/{task}/claim", headers=token))["assignee"] == "t01"
    assert browser.delete("/session", headers=token).status_code == 204
    problem(browser.get("/me"), 401, "sign_in_required")


def test_the_csrf_token_can_be_asked_for_again(app: Flask, forwarded: str) -> None:
    browser = Caller(app.test_client())
    answer(browser.post("/session", T01), 201)
    token = answer(browser.get("/me"))["csrf_token"]
    task = find_task(browser, forwarded, "accept")
    answer(browser.post(f"/tasks/{task}/claim", headers={"X-CSRFToken": token}))


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(citizen: Caller) -> None:
    cookie = citizen.post("/session", T01).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_in_as_somebody_else_replaces_the_session(app: Flask) -> None:
    browser = Caller(app.test_client())
    answer(browser.post("/session", T01), 201)
    assert answer(browser.post("/session", {"username": "t02", "password": PASSWORD}), 201)["unit"] == "T02"
    assert answer(browser.get("/me"))["username"] == "t02"


def test_a_wrong_token_is_not_made_up_for_by_a_cookie(app: Flask) -> None:
    browser = Caller(app.test_client())
    answer(browser.post("/session", T01), 201)
    problem(browser.get("/me", headers={"Authorization": "Bearer stale"}), 401, "sign_in_required")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic dDAxOng=", "nonsense", "Bearer 令牌"])
def test_nonsense_for_a_token_is_refused(citizen: Caller, header: str) -> None:
    refused = citizen.get("/me", headers={"Authorization": header.encode().decode("latin-1")})
    problem(refused, 401, "sign_in_required")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_a_cookie_has_no_token_to_revoke(app: Flask) -> None:
    browser = Caller(app.test_client())
    token = answer(browser.post("/session", T01), 201)["csrf_token"]
    problem(browser.delete("/tokens/current", headers={"X-CSRFToken": token}), 401, "sign_in_required")
