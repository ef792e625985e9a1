"""The application served to a real browser, on a county that has everything but letters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

import webui
from engine import db
from engine.clock import ManualClock
from tests.webui.county import furnish
from tests.webui.letters import Letters
from tests.webui.visitors import PASSWORD, Visitor

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def sqlite_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(sqlite_template, tmp_path_factory.mktemp("furnished") / "template.db")


@pytest.fixture
def app(sqlite_url: str, clock: ManualClock) -> Iterator[Flask]:
    """The application, on a database of the test's own."""
    db.configure(sqlite_url)
    yield webui.create_app({"RATELIMIT_ENABLED": False})
    db.configure(None)
    db.dispose()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the application, served from a thread of this process, under its clock."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def letters(app: Flask, clock: ManualClock) -> Letters:
    """Letters that go their way without a browser."""

    def visit(username: str | None = None) -> Visitor:
        visitor = Visitor(app.test_client())
        if username is not None:
            visitor.sign_in(username)
        return visitor

    return Letters(visit, clock)


@pytest.fixture
def open_browser(browser: Browser, site: str) -> Iterator[Open]:
    """Return a function that opens a browser of somebody's own, signed in where a user name is given."""
    contexts: list[BrowserContext] = []
    failures: list[str] = []

    def open_page(
        username: str | None = None, *, width: int = 1440, height: int = 900, scheme: Literal["light", "dark"] = "light"
    ) -> Page:
        context = browser.new_context(
            base_url=site,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            color_scheme=scheme,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("console", lambda said: failures.append(said.text) if "Content Security Policy" in said.text else None)
        if username is not None:
            page.goto("/sign-in")
            page.get_by_label("用户名").fill(username)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url("**/desk")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert failures == []
