"""The style page: every component in every state, to build from and to compare with."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template

from engine import clock
from engine.vocabulary import Rung
from webui.specimens import specimen_entries, specimen_moments, specimen_steps

pages = Blueprint("styles", __name__)


@pages.get("/style")
def show_style() -> str:
    """Show every component."""
    now = clock.now()
    later, soon, late, before = (now + timedelta(days=days) for days in (20, 1, -3, -1))
    dues = [(later, None), (soon, None), (now, None), (late, None), (now, before), (late, now), (None, None)]
    return render_template(
        "style.html",
        dues=dues,
        entries=specimen_entries(),
        moments=specimen_moments(now),
        rungs=list(Rung),
        steps=specimen_steps(now),
    )
