"""The lists that letters and cases refer to by code: units, categories, topics. They are public."""

from __future__ import annotations

from flask import Response

from api.blueprints import Blueprint, reply
from api.schemas.people import CategoriesSchema, TopicsSchema, UnitsSchema
from engine.db import unit_of_work
from engine.services import catalogue, people

blueprint = Blueprint("Lists", __name__, description="Units, categories and topics.")


@blueprint.at("/units", public=True)
@blueprint.answers(UnitsSchema)
def list_units() -> Response:
    """List the county's units, towns first."""
    with unit_of_work(read_only=True) as session:
        found = people.list_units(session)
        return reply(UnitsSchema().dump({"items": found, "total": len(found)}))


@blueprint.at("/categories", public=True)
@blueprint.answers(CategoriesSchema)
def list_categories() -> Response:
    """List what letters may be about, in the order it is offered."""
    with unit_of_work(read_only=True) as session:
        found = catalogue.list_categories(session)
        return reply(CategoriesSchema().dump({"items": found, "total": len(found)}))


@blueprint.at("/topics", public=True)
@blueprint.answers(TopicsSchema)
def list_topics() -> Response:
    """List the campaigns that cross units and categories."""
    with unit_of_work(read_only=True) as session:
        found = catalogue.list_topics(session)
        return reply(TopicsSchema().dump({"items": found, "total": len(found)}))
