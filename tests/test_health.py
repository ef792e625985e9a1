"""What watches over the servers learns the truth."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.orm import Session

import webui
from engine import db
from engine.cli.bench.six_tasks import six_tasks
from engine.services import procedures

Uow = Callable[[], AbstractContextManager[Session]]


def test_a_living_process_says_so(database_url: str) -> None:
    assert webui.create_app().test_client().get("/healthz").status_code == 200


def test_a_server_is_ready_once_a_procedure_is_published(uow: Uow) -> None:
    client = webui.create_app().test_client()
    assert client.get("/readyz").status_code == 503
    with uow() as session:
        procedures.publish(session, files=six_tasks(), actor="editor", note="first")
    assert client.get("/readyz").json == {"status": "ready"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_server_without_its_tables_is_not_ready(database_url: str, tmp_path: object) -> None:
    db.configure(f"sqlite:///{tmp_path}/empty.db")
    assert webui.create_app().test_client().get("/readyz").json == {
        "status": "unavailable",
        "reason": "OperationalError",
    }
