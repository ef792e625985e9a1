"""Problem details as the OpenAPI document shows them; ``api.errors`` writes them."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.tables import Schema
from api.schemas.values import told


class FindingSchema(Schema):
    """A mistake that lint found in a procedure."""

    severity = told("`error` or `warning`; errors keep a procedure from being published.", "error")
    code = told("Stable name of the mistake.", "unknown_form")
    file = told("File of the bundle.", "petition.bpmn")
    node = told("Id of the element; empty for the file as a whole.", "classify")
    message_zh = told("What is wrong, in Chinese.")
    message_en = told("What is wrong, in English.")
    fix = told("How to mend it.")


class ProblemSchema(Schema):
    """What went wrong (RFC 9457), in the language of Accept-Language."""

    type = told("URI of the kind of problem.", "urn:wenzheng:problem:conflict")
    title = told("The kind of problem in a few words.", "状态已变化")
    status = fields.Integer(required=True, metadata={"description": "HTTP status.", "examples": [409]})
    detail = told("What is wrong and what to do.", "该任务已被同事签收。")
    code = told("Stable name for programs.", "conflict")
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "What is wrong with which field.", "examples": [{"title": "请填写此项。"}]},
    )
    findings = fields.List(
        fields.Nested(FindingSchema), metadata={"description": "What lint found, when a procedure is refused."}
    )
