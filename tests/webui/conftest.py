"""The whole application on a county with units, accounts and the shipped procedure; visitors to its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

import webui
from engine import db
from engine.clock import ManualClock
from tests.webui.county import furnish
from tests.webui.letters import Letters
from tests.webui.visitors import Visitor


@pytest.fixture(scope="session")
def sqlite_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(sqlite_template, tmp_path_factory.mktemp("furnished") / "template.db")


@pytest.fixture(scope="session")
def application() -> Flask:
    return webui.create_app({"TESTING": True, "RATELIMIT_ENABLED": False})


@pytest.fixture
def app(application: Flask, sqlite_url: str, clock: ManualClock) -> Iterator[Flask]:
    """The application, on a database of the test's own."""
    db.configure(sqlite_url)
    yield application
    db.configure(None)
    db.dispose()


@pytest.fixture
def visit(app: Flask) -> Callable[..., Visitor]:
    """Return a function that opens a browser, signed in as somebody where a user name is given."""

    def open_browser(username: str | None = None, *, language: str = "zh") -> Visitor:
        visitor = Visitor(app.test_client(), language=language)
        if username is not None:
            visitor.sign_in(username)
        return visitor

    return open_browser


@pytest.fixture
def citizen(visit: Callable[..., Visitor]) -> Visitor:
    return visit()


@pytest.fixture
def letters(visit: Callable[..., Visitor], clock: ManualClock) -> Letters:
    return Letters(visit, clock)
