"""Answer whatever watches over the servers: alive (``/healthz``), and able to do its work (``/readyz``)."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from engine.db import unit_of_work
from engine.services import health

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    """Answer as long as the process lives."""
    return {"status": "ok"}, 200


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """Answer 200 when requests can be served, 503 when the database or a procedure is missing."""
    try:
        with unit_of_work(read_only=True) as session:
            ready = health.is_ready(session)
    except SQLAlchemyError as error:
        return {"status": "unavailable", "reason": type(error).__name__}, 503
    return ({"status": "ready"}, 200) if ready else ({"status": "unavailable", "reason": "no procedure"}, 503)
