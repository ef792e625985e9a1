"""The bulletin: which period is asked for, and what its numbers are."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from api import messages
from api.checks import of_our_time
from api.schemas.tables import Schema
from api.schemas.values import counted, told

_ENDS_TOO_SOON: Final = messages.Text("结束日期早于开始日期。", "The period ends before it begins.")
_DAY: Final = {"description": "A day.", "examples": ["2020-03-31"]}
_RATE: Final = "Finally reviewed of all letters, in per cent with two decimals."


class BulletinQuerySchema(Schema):
    """A period, and the day as known at whose end it is counted."""

    start = fields.Date(
        required=True,
        data_key="from",
        validate=of_our_time,
        metadata={"description": "First day.", "examples": ["2020-01-01"]},
    )
    end = fields.Date(
        required=True,
        data_key="to",
        validate=of_our_time,
        metadata={"description": "Last day.", "examples": ["2020-03-31"]},
    )
    as_of = fields.Date(
        validate=of_our_time, metadata={"description": "As known at the end of this day; the last day when left out."}
    )

    @validates_schema
    def _check_order(self, period: dict[str, Any], **_named: object) -> None:
        if period["end"] < period["start"]:
            raise ValidationError(_ENDS_TOO_SOON.format(), "to")


class PeriodSchema(Schema):
    """The days counted."""

    from_ = fields.Date(required=True, data_key="from", metadata=_DAY)
    to = fields.Date(required=True, metadata=_DAY)


class SumsSchema(Schema):
    """The sums under a table."""

    letters = counted("Letters assigned.")
    final_reviewed = counted("Of those, passed final review.")
    closure_rate = told(_RATE, "99.67", allow_none=True)


class UnitRowSchema(SumsSchema):
    """A unit's row."""

    rank = counted("Place in the table.")
    unit_code = told("Code of the unit.")
    unit = told("Name of the unit.")
    letter_numbers = fields.List(fields.String(), required=True, metadata={"description": "The letters counted."})
    final_reviewed_numbers = fields.List(fields.String(), required=True, metadata={"description": "The cases counted."})


class BreachSchema(Schema):
    """A deadline missed."""

    kind = told("`accept_overdue` or `reply_overdue`.", "accept_overdue")
    number = told("Number of the case.")
    unit_code = told("Code of the unit.", allow_none=True)
    unit = told("Name of the unit.")
    due = fields.DateTime(required=True, metadata={"description": "What was due when."})
    days_overdue = counted("By how many calendar days.")


class TablesSchema(Schema):
    """The two tables, highest closure rate first."""

    towns = fields.List(fields.Nested(UnitRowSchema), required=True)
    departments = fields.List(fields.Nested(UnitRowSchema), required=True)


class AllSumsSchema(Schema):
    """Sums of each table and of both."""

    towns = fields.Nested(SumsSchema, required=True)
    departments = fields.Nested(SumsSchema, required=True)
    all = fields.Nested(SumsSchema, required=True)


class IndicatorRateSchema(Schema):
    """A part of a whole, both with the cases they are made of."""

    part = counted("The part.")
    whole = counted("The whole.")
    percent = fields.String(required=True, allow_none=True, metadata={"description": "Two decimals, half up."})
    part_numbers = fields.List(fields.String(), required=True)
    whole_numbers = fields.List(fields.String(), required=True)


class IndicatorCountSchema(Schema):
    """A count with the cases it is made of."""

    value = counted("The count.")
    numbers = fields.List(fields.String(), required=True)


class IndicatorsSchema(Schema):
    """The other indicators of the period, by name."""

    rates = fields.Dict(keys=fields.String(), values=fields.Nested(IndicatorRateSchema), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Nested(IndicatorCountSchema), required=True)


class BulletinSchema(Schema):
    """Everything the bulletin counts, every number with its cases."""

    period = fields.Nested(PeriodSchema, required=True)
    as_of = fields.Date(required=True, metadata=_DAY)
    tables = fields.Nested(TablesSchema, required=True)
    totals = fields.Nested(AllSumsSchema, required=True)
    topics = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(SumsSchema),
        required=True,
        metadata={"description": "Sums by code of the topic."},
    )
    previous_letters = counted("Letters of the period before.")
    breaches = fields.List(fields.Nested(BreachSchema), required=True)
    indicators = fields.Nested(IndicatorsSchema, required=True)
