"""What citizens do: hand in a letter, follow it by number and query code, add to it, take it back, rate the answer."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_login import current_user

from api.auth import current_principal
from api.blueprints import Blueprint, reply
from api.limits import limit_letters, limit_tracking
from api.schemas.letters import (
    LetterSchema,
    ProgressSchema,
    RatingRequestSchema,
    ReceiptSchema,
    SupplementSchema,
    TrackSchema,
    WithdrawalSchema,
)
from engine.db import unit_of_work
from engine.errors import Forbidden
from engine.services import answers, petitions
from engine.vocabulary import Channel, Role

blueprint = Blueprint("Letters", __name__, url_prefix="/petitions", description="What citizens do, without an account.")


@blueprint.at("", "POST", public=True)
@limit_letters
@blueprint.body(LetterSchema)
@blueprint.answers(ReceiptSchema, status=201)
def submit_petition(letter: dict[str, Any]) -> Response:
    """Hand in a letter.

    Intake registers calls and visits the same way, signed in and naming the channel.
    """
    actor = _author(letter.get("channel", Channel.WEB))
    with unit_of_work() as session:
        receipt = petitions.submit_petition(session, letter=petitions.Letter(**letter), actor=actor)
    known = {"number": receipt.petition.number, "received_at": receipt.petition.received_at}
    return reply(ReceiptSchema().dump(known | {"query_code": receipt.query_code}), 201)


def _author(channel: Channel) -> str:
    if channel == Channel.WEB:
        return petitions.CITIZEN
    if not current_user.is_authenticated or Role.INTAKE not in current_principal().roles:
        raise Forbidden("Only intake registers calls and visits.", message_zh="只有受理岗可以登记来电和来访。")
    return current_principal().username


@blueprint.at("/track", "POST", public=True)
@limit_tracking
@blueprint.body(TrackSchema)
@blueprint.answers(ProgressSchema)
def track_petition(receipt: dict[str, Any]) -> Response:
    """Follow a letter.

    The number and the query code go into the body, never into an address that is logged or shared.
    """
    with unit_of_work(read_only=True) as session:
        petition = petitions.track_petition(session, **receipt)
        return reply(ProgressSchema().dump(answers.follow(session, petition=petition)))


@blueprint.at("/track/supplement", "POST", public=True)
@limit_tracking
@blueprint.body(SupplementSchema)
@blueprint.answers(ProgressSchema)
def supplement_petition(supplement: dict[str, Any]) -> Response:
    """Add to a letter, or answer what the citizen was asked to add."""
    text = supplement.pop("text")
    with unit_of_work() as session:
        petition = petitions.track_petition(session, **supplement)
        petitions.supplement_petition(session, petition=petition, text=text)
        return reply(ProgressSchema().dump(answers.follow(session, petition=petition)))


@blueprint.at("/track/withdraw", "POST", public=True)
@limit_tracking
@blueprint.body(WithdrawalSchema)
@blueprint.answers(ProgressSchema)
def withdraw_petition(withdrawal: dict[str, Any]) -> Response:
    """Take a letter back; possible until it is answered."""
    text = withdrawal.pop("text", "")
    with unit_of_work() as session:
        petition = petitions.track_petition(session, **withdrawal)
        petitions.withdraw_petition(session, petition=petition, text=text)
        return reply(ProgressSchema().dump(answers.follow(session, petition=petition)))


@blueprint.at("/track/rating", "POST", public=True)
@limit_tracking
@blueprint.body(RatingRequestSchema)
@blueprint.answers(ProgressSchema)
def rate_petition(rating: dict[str, Any]) -> Response:
    """Rate the answer, once."""
    given = {name: rating.pop(name) for name in ("satisfaction", "comment") if name in rating}
    with unit_of_work() as session:
        petition = petitions.track_petition(session, **rating)
        petitions.rate_petition(session, petition=petition, **given)
        return reply(ProgressSchema().dump(answers.follow(session, petition=petition)))
