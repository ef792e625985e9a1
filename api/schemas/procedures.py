"""Definitions (published versions of a procedure), what lint says about one, and running instances."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.problems import FindingSchema
from api.schemas.tables import Schema
from api.schemas.tasks import TaskSchema
from api.schemas.values import Moment, counted, flag, line, told, told_word
from engine.vocabulary import InstanceStatus, TimerStatus


class DefinitionSchema(Schema):
    """A published version of a procedure; it never changes."""

    id = counted("Id.")
    key = told("Key of the procedure.", "petition")
    version = counted("Version, from 1.")
    content_hash = told("SHA-256 over its files.")
    published_at = Moment("When.", required=True)
    published_by = told("User name of who published it.")
    note = told("Why.")


class DefinitionQuerySchema(Schema):
    """Which definitions."""

    key = line("Only versions of this procedure.", longest=64, example="petition")


class DefinitionsSchema(Schema):
    """Published versions, newest first."""

    items = fields.List(fields.Nested(DefinitionSchema), required=True)
    total = counted("How many there are.")


class DefinitionDetailSchema(DefinitionSchema):
    """A published version and the names of its files."""

    files = fields.List(fields.String(), required=True, metadata={"description": "Names of its files."})


class BundleSchema(Schema):
    """The files of a procedure by name."""

    files = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={
            "description": "Texts by file name: `procedure.toml`, `*.bpmn`, `*.dmn`, `forms/*.json`.",
            "examples": [{"procedure.toml": '[procedure]\nkey = "petition"', "petition.bpmn": "<definitions/>"}],
        },
    )


class PublicationSchema(BundleSchema):
    """A procedure to publish, and why."""

    note = line("What changes and why.", longest=2_000, required=True, example="调查类时限改为 12 个工作日")


class FindingsSchema(Schema):
    """What lint found."""

    items = fields.List(fields.Nested(FindingSchema), required=True)
    total = counted("How many findings.")
    publishable = flag("Whether none of them is an error.")


class TimerSchema(Schema):
    """A timer that waits."""

    id = told("Id.")
    element = told("Id of the element.", attribute="element_id")
    name = told("Its name.")
    expression = told("How its due date is reckoned.", "P1WD")
    status = told_word(TimerStatus, "`sleeping` has no due date at present.")
    due_at = Moment("When it fires.", required=True, allow_none=True)


class InstanceSchema(Schema):
    """A case as the process engine sees it."""

    id = counted("Id.", attribute="instance.id")
    status = told_word(InstanceStatus, "Whether it still runs.", attribute="instance.status")
    petition = told("Number of the case.", "WZ20200331-0001", attribute="petition.number")
    definition = fields.Nested(DefinitionSchema, required=True, attribute="deployment")
    started_at = Moment("When it started.", required=True, attribute="instance.started_at")
    ended_at = Moment("When it ended.", required=True, allow_none=True, attribute="instance.ended_at")
    tasks = fields.List(fields.Nested(TaskSchema), required=True, metadata={"description": "Open tasks."})
    timers = fields.List(fields.Nested(TimerSchema), required=True, metadata={"description": "Waiting timers."})
