"""User tasks: the desk's list, one task with its form, what is sent to complete it and what follows."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.tables import Schema
from api.schemas.values import Moment, counted, flag, line, page_offset, page_size, told, told_word
from engine.vocabulary import PetitionType, Role, Stage, TaskStatus


class TaskQuerySchema(Schema):
    """Which of the open tasks one may work on."""

    mine = fields.Boolean(load_default=False, metadata={"description": "Only those one has claimed."})
    overdue = fields.Boolean(load_default=False, metadata={"description": "Only those past their due date."})
    element = line("Only those of this user task of the procedure, such as `accept`.", longest=64)
    limit = page_size()
    offset = page_offset()


class TaskCaseSchema(Schema):
    """The case a task belongs to, in brief."""

    number = told("Number.", "WZ20200331-0001")
    title = told("Title.")
    type = told_word(PetitionType, "What the citizen wants.")
    stage = told_word(Stage, "Where the case stands.")
    category_code = told("Code of the category.", allow_none=True)
    topic_code = told("Code of the topic.", allow_none=True)
    urgent = flag("Whether it is urgent.")


class TaskSchema(Schema):
    """A user task."""

    id = told("Id.")
    element = told("Id of the user task in the procedure.", "accept", attribute="element_id")
    name = told("Its name there.", "受理")
    role = told_word(Role, "Role that does it.")
    unit = told("Unit that does it; nothing when it is county-wide.", allow_none=True, attribute="unit_code")
    status = told_word(TaskStatus, "Whether it is still to be done.")
    opened_at = Moment("When it came up.", required=True)
    due_at = Moment("When it is due.", required=True, allow_none=True)
    assignee = told("User name of whoever claimed it.", allow_none=True)
    completed_at = Moment("When it was done.", required=True, allow_none=True)
    completed_by = told("User name of whoever did it.", allow_none=True)


class TaskRowSchema(Schema):
    """A row of the desk: a task and its case."""

    task = fields.Nested(TaskSchema, required=True)
    petition = fields.Nested(TaskCaseSchema, required=True)


class TaskPageSchema(Schema):
    """A page of the desk, due soonest first."""

    items = fields.List(fields.Nested(TaskRowSchema), required=True)
    total = counted("How many there are in all.")
    limit = counted("How many were asked for.")
    offset = counted("How many were left out before the first.")


class OptionSchema(Schema):
    """A value on offer."""

    value = told("What to send.", "forward")
    label = told("What it is called.", "转办")


class FormFieldSchema(Schema):
    """A field of a form; `text` and `separator` take no value."""

    key = told("Name to send the value by; empty for static text.", "classification")
    type = told("Kind of field, as form-js names it.", "select")
    label = told("What it is called.", "甄别结果")
    description = told("A word of help.")
    required = flag("Whether it must be filled in when it shows.")
    readonly = flag("Whether it only shows something; what is sent for it is ignored.")
    multiple = flag("Whether its value is a list.")
    shows = flag("Whether it shows while nothing is filled in.")
    hide_when = told("Condition over the other fields under which it does not show.", allow_none=True)
    min_length = fields.Integer(required=True, allow_none=True)
    max_length = fields.Integer(required=True, allow_none=True)
    pattern = fields.String(required=True, allow_none=True)
    min = fields.Float(required=True, allow_none=True)
    max = fields.Float(required=True, allow_none=True)
    decimals = fields.Integer(required=True, allow_none=True)
    subtype = told("For `datetime`: `date`, `time` or `datetime`.", allow_none=True)
    options = fields.List(fields.Nested(OptionSchema), required=True)
    default = fields.Raw(required=True, allow_none=True)


class FormSchema(Schema):
    """A form: its fields in reading order."""

    id = told("Id of the form.", "classify")
    title = told("Title.")
    fields_ = fields.List(fields.Nested(FormFieldSchema), required=True, attribute="fields", data_key="fields")


class TaskDetailSchema(TaskRowSchema):
    """A task, its case, and the form that completes it."""

    form = fields.Nested(FormSchema, required=True)
    may_work = flag("Whether it is open and yours to do.")


class CompletionSchema(Schema):
    """What is submitted to complete a task, by the names of the form's fields."""

    submission = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "Values by field name; a task without fields takes an empty object.",
            "examples": [{"classification": "forward", "category": "city_management"}],
        },
    )


class NextTaskSchema(Schema):
    """A task that came up."""

    id = told("Id.")
    element = told("Id of the user task in the procedure.", "dispatch")
    name = told("Its name there.", "转办")
    role = told_word(Role, "Role that does it.")
    unit = told("Unit that does it; nothing when it is county-wide.", allow_none=True)
    due_at = Moment("When it is due.", required=True, allow_none=True)


class CompletedSchema(Schema):
    """What completing a task led to."""

    ended = flag("Whether the case has ended.")
    opened = fields.List(fields.Nested(NextTaskSchema), required=True, metadata={"description": "Tasks that came up."})


class ReplyWarningSchema(Schema):
    """Something to look at in a drafted reply: a field, and the characters from ``start`` to ``end``."""

    code = told("Stable name of the check.", "empty_promise")
    field = told("Field of the form.", "next_step")
    start = counted("First character.")
    end = counted("Character after the last.")
    message_zh = told("In Chinese.")
    message_en = told("In English.")


class ReplyWarningsSchema(Schema):
    """What the reply rules (答复规范) warn of."""

    warnings = fields.List(fields.Nested(ReplyWarningSchema), required=True)
