"""The desk: queues and their tasks, a preview of one task, taking it and giving it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from api.auth import current_principal, require
from engine.db import unit_of_work
from engine.services import tasks
from webui import case_pages, desks, task_forms
from webui.pages import address_around, go_back

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("desk", __name__)


@pages.get("/desk")
@require()
def show_desk() -> str:
    """Show a queue, due soonest first."""
    with unit_of_work(read_only=True) as session:
        desk = desks.open_desk(session, principal=current_principal(), asked=desks.asked())
        return render_template("desk.html", desk=desk)


@pages.get("/desk/queues")
@require()
def show_queues() -> str:
    """Show the queues' counts alone, to bring them up to date in place."""
    with unit_of_work(read_only=True) as session:
        queues = desks.count(session, principal=current_principal(), asked=desks.asked())
        return render_template("fragments/queues.html", queues=queues)


@pages.get("/tasks/<task_id>/preview")
@require()
def preview(task_id: str) -> str:
    """Show a task beside the table: what is asked, and the form."""
    principal = current_principal()
    with unit_of_work(read_only=True) as session:
        row = tasks.get_task(session, task_id=task_id, principal=principal)
        page = case_pages.open_page(session, number=row.petition.number, principal=principal)
        return render_template("fragments/preview.html", page=page, open=page.task(task_id), back=address_around())


@pages.post("/tasks/<task_id>/fields")
@require()
def list_shown_fields(task_id: str) -> ResponseReturnValue:
    """Tell a form being filled in which of its fields apply."""
    with unit_of_work(read_only=True) as session:
        row = tasks.get_task(session, task_id=task_id, principal=current_principal())
        return jsonify(shown=task_forms.shown_entries(session, task=row.task, sent=request.form))


@pages.post("/tasks/<task_id>/claim")
@require()
def claim(task_id: str) -> ResponseReturnValue:
    """Take a task for oneself (签收)."""
    with unit_of_work() as session:
        task = tasks.claim_task(session, task_id=task_id, principal=current_principal())
        flash(_("You have taken “%(task)s”.", task=task.name))
    return go_back(url_for("desk.show_desk"))


@pages.post("/tasks/<task_id>/unclaim")
@require()
def unclaim(task_id: str) -> ResponseReturnValue:
    """Give a task back to the queue."""
    with unit_of_work() as session:
        task = tasks.unclaim_task(session, task_id=task_id, principal=current_principal())
        flash(_("“%(task)s” is back in the queue.", task=task.name))
    return go_back(url_for("desk.show_desk"))
