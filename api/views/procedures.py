"""Definitions of procedures: read, check, publish; and where one running instance stands."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from api.auth import current_principal, require
from api.blueprints import LARGEST_ID, Blueprint, reply
from api.schemas.procedures import (
    BundleSchema,
    DefinitionDetailSchema,
    DefinitionQuerySchema,
    DefinitionSchema,
    DefinitionsSchema,
    FindingsSchema,
    InstanceSchema,
    PublicationSchema,
)
from engine.db import unit_of_work
from engine.errors import NotFound
from engine.services import instances, procedures
from engine.vocabulary import Role

blueprint = Blueprint("Procedures", __name__, description="The procedure as data, and where cases stand in it.")

#: A bundle of models is larger than anything else one may send, and only editors send one.
LARGEST_BUNDLE: Final = 16 * 1024 * 1024
_READERS: Final = (Role.PROCEDURE_EDITOR, Role.AUDITOR, Role.SUPERVISOR)
_ID: Final = f"<int(max={LARGEST_ID}):"


@blueprint.at("/definitions")
@require()
@blueprint.query(DefinitionQuerySchema)
@blueprint.answers(DefinitionsSchema)
def list_definitions(query: dict[str, Any]) -> Response:
    """List published versions, newest first."""
    with unit_of_work(read_only=True) as session:
        found = procedures.versions(session, **query)
        return reply(DefinitionsSchema().dump({"items": found, "total": len(found)}))


@blueprint.at("/definitions", "POST")
@require(Role.PROCEDURE_EDITOR)
@blueprint.body(PublicationSchema)
@blueprint.answers(DefinitionSchema, status=201)
def publish_definition(given: dict[str, Any]) -> Response:
    """Publish a procedure.

    New cases follow it, running ones keep their version. Nothing is published while lint finds errors; the same files
    again are the same version.
    """
    with unit_of_work() as session:
        deployment = procedures.publish(session, actor=current_principal().username, **given)
        return reply(DefinitionSchema().dump(deployment), 201)


@blueprint.at("/definitions/lint", "POST")
@require(Role.PROCEDURE_EDITOR)
@blueprint.body(BundleSchema)
@blueprint.answers(FindingsSchema)
def lint_definition(given: dict[str, Any]) -> Response:
    """Check a procedure without publishing it."""
    found = procedures.lint(given["files"])
    errors = any(finding.severity == "error" for finding in found)
    return reply(FindingsSchema().dump({"items": found, "total": len(found), "publishable": not errors}))


@blueprint.at(f"/definitions/{_ID}definition_id>")
@require()
@blueprint.answers(DefinitionDetailSchema)
def get_definition(definition_id: int) -> Response:
    """Read a published version and the names of its files."""
    with unit_of_work(read_only=True) as session:
        deployment = procedures.get(session, deployment_id=definition_id)
        files = {"files": sorted(deployment.files)}
        return reply(DefinitionSchema().dump(deployment) | files)


@blueprint.at(f"/definitions/{_ID}definition_id>/files/<path:name>")
@require(*_READERS)
@blueprint.answers(None, content_type="text/plain", about="The file.")
def get_definition_file(definition_id: int, name: str) -> Response:
    """Read a file of a published version."""
    with unit_of_work(read_only=True) as session:
        text = procedures.get(session, deployment_id=definition_id).files.get(name)
    if text is None:
        raise NotFound("This version has no such file.", message_zh="该版本没有这个文件。")
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.at(f"/instances/{_ID}instance_id>")
@require()
@blueprint.answers(InstanceSchema)
def get_instance(instance_id: int) -> Response:
    """Read where a case stands in the procedure and what it waits for."""
    with unit_of_work(read_only=True) as session:
        standing = instances.get_standing(session, instance_id=instance_id, principal=current_principal())
        return reply(InstanceSchema().dump(standing))
