"""The bulletin: the county's numbers of a period, as known on a day, ready for print."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from api.auth import require
from engine.db import unit_of_work
from engine.services import catalogue
from webui import bulletin_periods
from webui.navigation import BULLETIN_ROLES

pages = Blueprint("bulletins", __name__)


@pages.get("/bulletin")
@require(*BULLETIN_ROLES)
def show_bulletin() -> str:
    """Show the bulletin of the period in the address."""
    period = bulletin_periods.read_period(request.args)
    with unit_of_work(read_only=True) as session:
        report = bulletin_periods.write_bulletin(session, period=period)
        topics = {topic.code: topic.name for topic in catalogue.list_topics(session)}
        return render_template("bulletin.html", report=report, period=period, topics=topics)
