"""Sign-in, the account that has signed in, units and the lists a letter is sorted by."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.tables import Schema
from api.schemas.values import Moment, counted, flag, line, told, told_word
from engine.vocabulary import Role, UnitGroup


class CredentialsSchema(Schema):
    """A user name and its password."""

    username = line("User name.", longest=64, required=True, example="dispatcher1")
    password = line("Password.", longest=200, required=True, example="wenzheng-demo")


class AccountSchema(Schema):
    """Who has signed in."""

    username = told("User name.", "t01")
    display_name = told("Name to show.", "李某")
    unit = told("Code of the unit the account belongs to.", "T01", allow_none=True)
    roles = fields.List(told_word(Role, "A role."), required=True, metadata={"description": "Roles held."})
    csrf_token = told("Send it as `X-CSRFToken`; only when signed in by cookie.", allow_none=True)


class TokenSchema(Schema):
    """A bearer token; it is shown once."""

    token = told("Send it as `Authorization: Bearer …`.")
    token_type = told("Always `Bearer`.", "Bearer")
    expires_at = Moment("When it stops working.", required=True)


class UnitSchema(Schema):
    """A town or a department of the county."""

    code = told("Code; route by it, never by name.", "T01")
    name = told("Name.", "城关镇")
    group = told_word(UnitGroup, "Town or department.")
    aliases = fields.List(fields.String(), required=True, metadata={"description": "Other names, former ones too."})
    successor_code = told("Unit that took over its cases.", allow_none=True)
    active = flag("Whether it takes cases.")


class UnitsSchema(Schema):
    """All units, towns first."""

    items = fields.List(fields.Nested(UnitSchema), required=True)
    total = counted("How many there are.")


class CategorySchema(Schema):
    """What a letter may be about."""

    code = told("Code.", "transport")
    name = told("Name.", "交通运输")
    topic_code = told("Topic the category belongs to.", allow_none=True)


class CategoriesSchema(Schema):
    """All categories in the order they are offered."""

    items = fields.List(fields.Nested(CategorySchema), required=True)
    total = counted("How many there are.")


class TopicSchema(Schema):
    """A campaign that crosses units and categories."""

    code = told("Code.", "epidemic")
    name = told("Name.", "疫情网上求助")
    active = flag("Whether letters may be sent for it.")


class TopicsSchema(Schema):
    """All topics."""

    items = fields.List(fields.Nested(TopicSchema), required=True)
    total = counted("How many there are.")
