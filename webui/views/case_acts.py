"""What is done on a case page: complete a task, write an instruction, raise a crisis, unmask the petitioner."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from api import forms
from api.auth import current_principal, require
from engine.db import unit_of_work
from engine.errors import InvalidInput
from engine.services import cases, petitions, tasks
from engine.vocabulary import Role
from webui import case_pages
from webui.navigation import CASE_ROLES
from webui.pages import go_back
from webui.refusals import errors_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("case_acts", __name__)


@pages.post("/cases/<number>/tasks/<task_id>")
@require(*CASE_ROLES)
def complete(number: str, task_id: str) -> ResponseReturnValue:
    """Complete a task with its form; what is wrong is shown beside what was entered."""
    principal = current_principal()
    sent = request.form.copy()
    back = sent.pop("next", None)
    try:
        with unit_of_work() as session:
            row = tasks.get_task(session, task_id=task_id, principal=principal)
            submission = forms.load_submission(session, task=row.task, raw=sent)
            tasks.complete_task(session, task_id=task_id, principal=principal, submission=submission)
    except InvalidInput as error:
        return _refused(number, task_id, error, back)
    flash(_("“%(task)s” is done.", task=row.task.name))
    return go_back(url_for("cases.show_case", number=number))


def _refused(number: str, task_id: str, error: InvalidInput, back: str | None) -> ResponseReturnValue:
    errors = errors_of(error)
    problem = None if errors else error.message(g.language)
    refused = case_pages.Refused(task_id, request.form, errors, problem)
    with unit_of_work(read_only=True) as session:
        page = case_pages.open_page(session, number=number, principal=current_principal(), refused=refused)
        return render_template("case.html", page=page, back=back), HTTPStatus.UNPROCESSABLE_ENTITY


@pages.post("/cases/<number>/identity")
@require(*CASE_ROLES)
def unmask(number: str) -> ResponseReturnValue:
    """Show who wrote, once, to somebody who says why; the log keeps both."""
    principal, reason = current_principal(), request.form.get("reason", "").strip()
    if not reason:
        flash(_("Say why you need to know who wrote."), "warn")
        return redirect(url_for("cases.show_case", number=number), HTTPStatus.SEE_OTHER)
    with unit_of_work() as session:
        petition = cases.get_case(session, number=number, principal=principal)
        identity = cases.unmask_petitioner(session, petition=petition, principal=principal, reason=reason)
    with unit_of_work(read_only=True) as session:
        page = case_pages.open_page(session, number=number, principal=principal)
        return render_template("case.html", page=page, identity=identity, back=None)


@pages.post("/cases/<number>/instructions")
@require(Role.LEADER)
def instruct(number: str) -> ResponseReturnValue:
    """Write a leader's instruction (批示)."""
    principal = current_principal()
    with unit_of_work() as session:
        petition = cases.get_case(session, number=number, principal=principal)
        petitions.instruct(session, petition=petition, text=request.form.get("text", ""), actor=principal.username)
    flash(_("The instruction is on the case."))
    return redirect(url_for("cases.show_case", number=number), HTTPStatus.SEE_OTHER)


@pages.post("/cases/<number>/crisis")
@require(*CASE_ROLES)
def report_crisis(number: str) -> ResponseReturnValue:
    """Report that somebody may be about to end their life."""
    principal = current_principal()
    with unit_of_work() as session:
        petition = cases.get_case(session, number=number, principal=principal)
        petitions.report_crisis(session, petition=petition, text=request.form.get("text", ""), actor=principal.username)
    flash(_("Reported. Intake confirms it within 30 minutes."), "warn")
    return redirect(url_for("cases.show_case", number=number), HTTPStatus.SEE_OTHER)
