"""Supervision: the four numbers, the overdue cases, the wall of units, the escalations that wait."""

from __future__ import annotations

from flask import Blueprint, render_template

from api.auth import current_principal, require
from engine.db import unit_of_work
from engine.services import boards, supervision
from webui import case_filters, ladders, walls
from webui.navigation import SUPERVISION_ROLES

pages = Blueprint("supervision", __name__)


@pages.get("/supervision")
@require(*SUPERVISION_ROLES)
def show_supervision() -> str:
    """Show where the county stands now."""
    principal = current_principal()
    with unit_of_work(read_only=True) as session:
        return render_template(
            "supervision.html",
            numbers=boards.count_boards(session, principal=principal),
            names=case_filters.BOARDS,
            overdue=supervision.list_overdue(session, principal=principal),
            wall=walls.draw(boards.list_wall(session, principal=principal)),
            ladders=ladders.climb(supervision.list_escalations(session, principal=principal)),
        )
