"""Cases from the staff's side: finding them, reading one whole, its history, what is written on it."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.letters import GivenRatingSchema
from api.schemas.tables import Schema
from api.schemas.tasks import TaskSchema
from api.schemas.values import (
    Moment,
    counted,
    flag,
    line,
    page_offset,
    page_size,
    told,
    told_word,
    word,
)
from engine.services.cases import masked_petitioner
from engine.vocabulary import Channel, DeadlineKind, PetitionType, Result, Rung, Stage


class CaseQuerySchema(Schema):
    """What to look for; what is left out does not narrow."""

    text = line("In number, title and letter.", longest=100)
    stage = word(Stage, "Where the case stands.")
    unit = line("Code of the unit in charge.", longest=16)
    type = word(PetitionType, "What the citizen wants.")
    topic = line("Code of the topic.", longest=32)
    received_from = Moment("Received at or after.")
    received_before = Moment("Received before.")
    limit = page_size()
    offset = page_offset()


class CaseRowSchema(Schema):
    """A case in brief."""

    number = told("Number.", "WZ20200331-0001")
    title = told("Title.")
    type = told_word(PetitionType, "What the citizen wants.")
    channel = told_word(Channel, "How it came.")
    stage = told_word(Stage, "Where it stands.")
    result = told_word(Result, "How it ended; nothing while it runs.", allow_none=True)
    category = told("Code of the category.", allow_none=True, attribute="category_code")
    topic = told("Code of the topic.", allow_none=True, attribute="topic_code")
    unit = told("Code of the unit in charge.", allow_none=True, attribute="unit_code")
    urgent = flag("Whether it is urgent.")
    received_at = Moment("When it was received.", required=True)
    closed_at = Moment("When it was closed.", required=True, allow_none=True)


class CasePageSchema(Schema):
    """A page of cases, newest first."""

    items = fields.List(fields.Nested(CaseRowSchema), required=True)
    total = counted("How many there are in all.")
    limit = counted("How many were asked for.")
    offset = counted("How many were left out before the first.")


class DeadlineSchema(Schema):
    """A line of the ledger that explains a due date."""

    kind = told_word(DeadlineKind, "Which clock.")
    unit = told("Code of the unit it binds.", allow_none=True, attribute="unit_code")
    rule = told("How long, as the time limits table says.", "P5WD")
    reason = told("Why it was set.")
    started_at = Moment("From when it is reckoned.", required=True)
    due_at = Moment("Until when; nothing while the clock is paused.", required=True, allow_none=True)
    met_at = Moment("When it was met.", required=True, allow_none=True)
    replaced_at = Moment("When a later line took its place.", required=True, allow_none=True)
    explanation = fields.Dict(
        required=True, metadata={"description": "Working days counted and holidays skipped, with their names."}
    )


class AssignmentSchema(Schema):
    """A unit's time on a case."""

    unit = told("Code of the unit.", attribute="unit_code")
    lead = flag("Whether it is or was in charge, rather than assisting.")
    assigned_at = Moment("From when.", required=True)
    ended_at = Moment("Until when.", required=True, allow_none=True)
    end_reason = told("Why it ended.", allow_none=True)


class ReplySchema(Schema):
    """One version of the answer."""

    version = counted("Which version.")
    unit = told("Code of the unit that answers.", allow_none=True, attribute="unit_code")
    facts = told("What was found.")
    basis = told("Policy or law it rests on.")
    action = told("What was done.")
    next_step = told("What comes next.")
    contact = told("Whom to call.")
    outcome = told("Granted, explained or refused.")
    public_text = told("The text for the public.")
    drafted_by = told("User name of who drafted it.")
    drafted_at = Moment("When.", required=True)
    sent_up_at = Moment("When the unit sent it up.", required=True, allow_none=True)
    published_at = Moment("When the citizen got it.", required=True, allow_none=True)


class NoteSchema(Schema):
    """Something said on the case outside the reply."""

    kind = told("What kind of note.", "supplement")
    text = told("The text.")
    author = told("User name, or `citizen` or `system`.")
    unit = told("Code of the author's unit.", allow_none=True, attribute="unit_code")
    at = Moment("When.", required=True)
    public = flag("Whether the citizen sees it.")


class EscalationSchema(Schema):
    """A rung of the supervision ladder that was reached."""

    clock = told("Which clock: `accept` or `reply`.", "accept")
    rung = told_word(Rung, "Which rung.")
    unit = told("Code of the unit it concerns.", allow_none=True, attribute="unit_code")
    due_at = Moment("What was due when.", required=True, allow_none=True)
    raised_at = Moment("When it was reached.", required=True)
    answered_at = Moment("When a supervisor answered it.", required=True, allow_none=True)
    action = told("What the supervisor did.", allow_none=True)
    note = told("What the supervisor wrote.")


class PetitionerSchema(Schema):
    """Who wrote; masked unless unmasked for a reason."""

    name = told("Name.", "张*")
    phone = told("Telephone number.", "138****0000")


class UnmaskedSchema(PetitionerSchema):
    """Who wrote, in clear; that one looked is in the case's history."""

    address = told("Address.")


class CaseSchema(CaseRowSchema):
    """A case whole."""

    content = told("The letter.")
    upstream_number = told("Number at the city portal.", allow_none=True)
    complained_unit = told("Code of the unit complained of.", allow_none=True, attribute="complained_unit_code")
    instance = fields.Integer(
        required=True, allow_none=True, attribute="instance_id", metadata={"description": "Id of its process instance."}
    )
    wants_public = flag("Whether the citizen agrees to publication.")
    public = flag("Whether the answer is public.")
    crisis = flag("Whether somebody may be in danger.")
    petitioner = fields.Function(
        lambda petition: dict(zip(("name", "phone"), masked_petitioner(petition), strict=True)),
        required=True,
        metadata={"type": "object", "description": "Who wrote, masked.", "required": ["name", "phone"]},
    )
    forwarded_at = Moment("When it went out to a unit.", required=True, allow_none=True)
    accepted_at = Moment("When the unit accepted it.", required=True, allow_none=True)
    replied_at = Moment("When it was answered.", required=True, allow_none=True)
    final_reviewed_at = Moment("When it passed final review.", required=True, allow_none=True)
    return_count = counted("How often a unit returned it.")
    extension_count = counted("How often it was extended.")
    redo_count = counted("How often it was done again.")


class CaseFileSchema(Schema):
    """A case and everything that hangs on it."""

    petition = fields.Nested(CaseSchema, required=True)
    tasks = fields.List(fields.Nested(TaskSchema), required=True)
    deadlines = fields.List(fields.Nested(DeadlineSchema), required=True)
    assignments = fields.List(fields.Nested(AssignmentSchema), required=True)
    replies = fields.List(fields.Nested(ReplySchema), required=True)
    notes = fields.List(fields.Nested(NoteSchema), required=True)
    escalations = fields.List(fields.Nested(EscalationSchema), required=True)
    ratings = fields.List(fields.Nested(GivenRatingSchema), required=True)


class EventSchema(Schema):
    """A link of a case's hash chain."""

    seq = counted("Its place in the chain, from 1.")
    at = Moment("When.", required=True)
    kind = told("What happened.", "accepted")
    process = told("Id of the process.", allow_none=True, attribute="process_id")
    element = told("Id of the element.", allow_none=True, attribute="element_id")
    actor = told("User name, or `citizen` or `system`.")
    unit = told("Code of the actor's unit.", allow_none=True, attribute="unit_code")
    data = fields.Dict(required=True, metadata={"description": "Details; what they are depends on the kind."})
    hash = told("SHA-256 over this event and the hash before it.")


class HistorySchema(Schema):
    """A case's history, oldest first."""

    items = fields.List(fields.Nested(EventSchema), required=True)
    total = counted("How many there are.")


class ReasonSchema(Schema):
    """Why one needs to know."""

    reason = line("Why; it is kept with one's name.", longest=200, shortest=2, required=True, example="电话核实诉求")


class InstructionSchema(Schema):
    """A leader's instruction."""

    text = line("The instruction.", longest=2_000, required=True, example="请城关镇三日内办结并报告。")


class ConcernSchema(Schema):
    """Why somebody may be in danger."""

    text = line("What gives rise to the worry.", longest=2_000, required=True, example="来电中多次提到不想活了。")
