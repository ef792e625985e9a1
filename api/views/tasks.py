"""User tasks: the desk, one task with its form, claiming, completing."""

from __future__ import annotations

from typing import Any

from flask import Response

from api import forms
from api.auth import current_principal, require
from api.blueprints import Blueprint, reply
from api.schemas.tasks import (
    CompletedSchema,
    CompletionSchema,
    ReplyWarningsSchema,
    TaskDetailSchema,
    TaskPageSchema,
    TaskQuerySchema,
    TaskSchema,
)
from engine.db import unit_of_work
from engine.services import replies, tasks

blueprint = Blueprint("Tasks", __name__, url_prefix="/tasks", description="What waits for a person.")


@blueprint.at("")
@require()
@blueprint.query(TaskQuerySchema)
@blueprint.answers(TaskPageSchema)
def list_tasks(query: dict[str, Any]) -> Response:
    """List the open tasks one may work on, due soonest first."""
    with unit_of_work(read_only=True) as session:
        found = tasks.list_tasks(session, principal=current_principal(), **query)
        page = {"limit": query["limit"], "offset": query["offset"]}
        return reply(TaskPageSchema().dump({"items": found.rows, "total": found.total, **page}))


@blueprint.at("/<string:task_id>")
@require()
@blueprint.answers(TaskDetailSchema)
def get_task(task_id: str) -> Response:
    """Read a task, its case, and the form that completes it."""
    who = current_principal()
    with unit_of_work(read_only=True) as session:
        row = tasks.get_task(session, task_id=task_id, principal=who)
        form = forms.describe(forms.open_form(session, task=row.task))
        known = {"task": row.task, "petition": row.petition, "form": form, "may_work": tasks.may_work(who, row.task)}
        return reply(TaskDetailSchema().dump(known))


@blueprint.at("/<string:task_id>/claim", "POST")
@require()
@blueprint.answers(TaskSchema)
def claim_task(task_id: str) -> Response:
    """Take a task for oneself."""
    who = current_principal()
    with unit_of_work() as session:
        tasks.get_task(session, task_id=task_id, principal=who)
        return reply(TaskSchema().dump(tasks.claim_task(session, task_id=task_id, principal=who)))


@blueprint.at("/<string:task_id>/unclaim", "POST")
@require()
@blueprint.answers(TaskSchema)
def unclaim_task(task_id: str) -> Response:
    """Give a task back."""
    who = current_principal()
    with unit_of_work() as session:
        tasks.get_task(session, task_id=task_id, principal=who)
        return reply(TaskSchema().dump(tasks.unclaim_task(session, task_id=task_id, principal=who)))


@blueprint.at("/<string:task_id>/check-reply", "POST")
@require()
@blueprint.body(CompletionSchema)
@blueprint.answers(ReplyWarningsSchema)
def check_reply(given: dict[str, Any], task_id: str) -> Response:
    """Look through a drafted reply before it is sent on: warnings to weigh, nothing is kept or refused."""
    with unit_of_work(read_only=True) as session:
        petition = tasks.get_task(session, task_id=task_id, principal=current_principal()).petition
        found = replies.check_draft(session, petition=petition, submission=given["submission"])
        return reply(ReplyWarningsSchema().dump({"warnings": found}))


@blueprint.at("/<string:task_id>/complete", "POST")
@require()
@blueprint.body(CompletionSchema)
@blueprint.answers(CompletedSchema)
def complete_task(given: dict[str, Any], task_id: str) -> Response:
    """Complete a task with what its form asks for; the case moves on at once."""
    who = current_principal()
    with unit_of_work() as session:
        task = tasks.get_task(session, task_id=task_id, principal=who).task
        submission = forms.load_submission(session, task=task, raw=given["submission"])
        advance = tasks.complete_task(session, task_id=task_id, principal=who, submission=submission)
    return reply(CompletedSchema().dump(advance))
