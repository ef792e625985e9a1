"""A letter from its citizen's side: handing it in, following it, adding to it, taking it back, rating the answer."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from api import messages
from api.schemas.tables import Schema
from api.schemas.values import Moment, flag, line, told, told_word, word
from engine.vocabulary import Channel, PetitionType, Result, Satisfaction, Stage

_PHONE_MISSING = messages.Text(
    "请填写联系电话,便于承办单位与您联系;如需匿名,请将姓名和电话都留空。",
    "Give a telephone number with your name, or leave both out to stay anonymous.",
)


class LetterSchema(Schema):
    """A letter; without a name it is anonymous."""

    title = line("What it is about, in one line.", longest=200, required=True, example="城关镇东街路灯不亮")
    content = line("The letter.", longest=10_000, required=True, example="东街自来水公司门口的三盏路灯已经一周不亮。")
    type = word(PetitionType, "What the citizen wants.", required=True)
    channel = word(Channel, "How it came; `web` unless intake registers a call or a visit.")
    name = line("Name; leave it out to stay anonymous.", longest=64, example="张某")
    phone = line("Telephone number; needed with a name.", longest=32, example="13800000000")
    address = line("Address.", longest=200)
    category = line("Code of a category, see `GET /categories`.", longest=32, example="city_management")
    topic = line("Code of a topic, see `GET /topics`.", longest=32)
    complained_unit = line("Code of the unit complained of; it will not see an accusation.", longest=16)
    wants_public = fields.Boolean(metadata={"description": "Whether the answer may be published."})

    @validates_schema
    def _check_phone(self, letter: dict[str, Any], **_named: object) -> None:
        if letter.get("name") and not letter.get("phone"):
            raise ValidationError(_PHONE_MISSING.format(), "phone")

    @post_load
    def _leave_out_blanks(self, letter: dict[str, Any], **_named: object) -> dict[str, Any]:
        return {name: value for name, value in letter.items() if value != ""}


class ReceiptSchema(Schema):
    """What the citizen keeps; the query code is told once."""

    number = told("Number of the letter.", "WZ20200331-0001")
    query_code = told("Code that opens it together with the number.", "7KQ2M9XA")
    received_at = Moment("When it was received.", required=True)


class TrackSchema(Schema):
    """The number and query code from the receipt."""

    number = line("Number of the letter.", longest=32, required=True, example="WZ20200331-0001")
    query_code = line("Query code.", longest=32, required=True, example="7KQ2M9XA")


class SupplementSchema(TrackSchema):
    """Something to add to a letter, or the answer to a request for it."""

    text = line("What to add.", longest=10_000, required=True, example="补充:是靠近桥头的三盏。")


class WithdrawalSchema(TrackSchema):
    """Taking a letter back."""

    text = line("Why, if one wants to say.", longest=2_000, example="问题已经解决。")


class RatingRequestSchema(TrackSchema):
    """The citizen's rating of the answer."""

    satisfaction = word(Satisfaction, "How satisfied; `unreachable` is for follow-up only.", required=True)
    comment = line("Why.", longest=2_000)

    @validates_schema
    def _check_satisfaction(self, rating: dict[str, Any], **_named: object) -> None:
        if rating.get("satisfaction") == Satisfaction.UNREACHABLE:
            choices = ", ".join(each for each in Satisfaction if each != Satisfaction.UNREACHABLE)
            raise ValidationError(messages.NOT_A_CHOICE.format(choices=choices), "satisfaction")


class PublicNoteSchema(Schema):
    """Something said to or by the citizen."""

    kind = told("What kind of note.", "correction_request")
    text = told("The text.")
    at = Moment("When.", required=True)


class AnswerSchema(Schema):
    """The answer as the citizen reads it."""

    facts = told("What was found.")
    basis = told("Policy or law it rests on.")
    action = told("What was done.")
    next_step = told("What comes next.")
    contact = told("Whom to call.")
    outcome = told("Granted, explained or refused.")
    public_text = told("The text for the public, or for a direct answer the answer itself.")


class GivenRatingSchema(Schema):
    """A rating that was given."""

    satisfaction = told_word(Satisfaction, "How satisfied.")
    comment = told("Why.")
    at = Moment("When.", required=True)


class ProgressSchema(Schema):
    """Where a letter stands, as its citizen may see it."""

    number = told("Number.", "WZ20200331-0001", attribute="petition.number")
    title = told("Title.", attribute="petition.title")
    content = told("The letter.", attribute="petition.content")
    type = told_word(PetitionType, "What the citizen wants.", attribute="petition.type")
    stage = told_word(Stage, "Where the case stands.", attribute="petition.stage")
    result = told_word(Result, "How it ended; nothing while it runs.", attribute="petition.result", allow_none=True)
    unit = told("Name of the unit in charge.", "城关镇", attribute="petition.unit.name", allow_none=True)
    received_at = Moment("When it was received.", attribute="petition.received_at", required=True)
    accepted_at = Moment("When the unit accepted it.", attribute="petition.accepted_at", required=True, allow_none=True)
    replied_at = Moment("When it was answered.", attribute="petition.replied_at", required=True, allow_none=True)
    closed_at = Moment("When it was closed.", attribute="petition.closed_at", required=True, allow_none=True)
    reply_due = Moment(
        "The promised day; nothing before it is known and while the clock is paused.",
        attribute="reply_limit.due_at",
        required=True,
        allow_none=True,
    )
    notes = fields.List(fields.Nested(PublicNoteSchema), required=True)
    answer = fields.Nested(AnswerSchema, required=True, allow_none=True)
    rating = fields.Nested(GivenRatingSchema, required=True, allow_none=True)
    may_supplement = flag("Whether something can still be added.")
    may_withdraw = flag("Whether the letter can still be taken back.")
    may_rate = flag("Whether the answer can be rated.")
