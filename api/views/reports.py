"""Reports: the bulletin as data."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.auth import require
from api.blueprints import Blueprint, reply
from api.schemas.reports import BulletinQuerySchema, BulletinSchema
from engine.db import unit_of_work
from engine.rules.access import CENTRE_ROLES
from engine.services import reports
from engine.vocabulary import Role

blueprint = Blueprint("Reports", __name__, url_prefix="/reports", description="Numbers, each with its cases.")


@blueprint.at("/bulletin")
@require(*CENTRE_ROLES, Role.LEADER, Role.AUDITOR)
@blueprint.query(BulletinQuerySchema)
@blueprint.answers(BulletinSchema)
def get_bulletin(query: dict[str, Any]) -> Response:
    """Count the bulletin of a period, as known at the end of a day."""
    period = {"as_of": query["end"], **query}
    with unit_of_work(read_only=True) as session:
        return reply(reports.as_json(reports.bulletin(session, **period)))
