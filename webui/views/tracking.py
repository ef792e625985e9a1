"""What a citizen does with their own case: follow it by number and query code, add to it, withdraw it, rate the answer.

What is asked of the case is asked again on every act (see ``tracked_cases``).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _

from api.limits import limit_tracking
from engine.db import unit_of_work
from engine.errors import Conflict, InvalidInput, NotFound
from engine.services import answers, petitions
from engine.vocabulary import Satisfaction
from webui import progress
from webui.tracked_cases import open_tracked

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("tracking", __name__)


@pages.get("/track")
def ask_number() -> str:
    """Ask for number and query code."""
    return render_template("citizen/track.html", number=request.args.get("number", ""), refused=None)


@pages.post("/track")
@limit_tracking
def track() -> ResponseReturnValue:
    """Check number and query code and show the case."""
    tracked = {"number": request.form.get("number", ""), "query_code": request.form.get("query_code", "")}
    try:
        with unit_of_work(read_only=True) as session:
            petitions.track_petition(session, **tracked)
    except NotFound as error:
        refused = error.message(g.language)
        page = render_template("citizen/track.html", number=tracked["number"], refused=refused)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    cookie["tracked"] = tracked
    return _show_case()


@pages.get("/track/case")
def show_progress() -> ResponseReturnValue:
    """Show where the case stands."""
    if "tracked" not in cookie:
        return redirect(url_for("tracking.ask_number"))
    return _progress_page()


def _progress_page(**refused: object) -> str:
    with open_tracked(read_only=True) as (session, petition):
        following = answers.follow(session, petition=petition)
        told = {"sentence": progress.sentence(following), "steps": progress.steps(following)}
        return render_template("citizen/progress.html", case=following, petition=petition, **told, **refused)


@pages.post("/track/leave")
def leave() -> ResponseReturnValue:
    """Forget number and query code, for whoever uses the browser next."""
    cookie.pop("tracked", None)
    cookie.pop("receipt", None)
    return redirect(url_for("citizens.show_home"), HTTPStatus.SEE_OTHER)


@pages.post("/track/supplement")
def supplement() -> ResponseReturnValue:
    """Add to the letter, or answer what was asked."""
    text = request.form.get("text", "")
    try:
        with open_tracked() as (session, petition):
            petitions.supplement_petition(session, petition=petition, text=text)
    except InvalidInput as error:
        return _progress_page(text_error=error.message(g.language)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Thank you. What you added is now part of your letter."))
    return _show_case()


@pages.get("/track/withdraw")
def ask_withdrawal() -> str:
    """Ask once whether the letter is really to be withdrawn."""
    with open_tracked(read_only=True) as (session, petition):
        if not answers.follow(session, petition=petition).may_withdraw:
            raise Conflict("It is too late to withdraw.", message_zh="本件已答复或已办结,不能撤回。")
        return render_template("citizen/withdraw.html", petition=petition)


@pages.post("/track/withdraw")
def withdraw() -> ResponseReturnValue:
    """Withdraw the letter."""
    with open_tracked() as (session, petition):
        petitions.withdraw_petition(session, petition=petition, text=request.form.get("text", ""))
    flash(_("Your letter has been withdrawn."))
    return _show_case()


@pages.post("/track/rating")
def rate() -> ResponseReturnValue:
    """Rate the answer."""
    satisfaction = request.form.get("satisfaction", "")
    if satisfaction not in set(Satisfaction) - {Satisfaction.UNREACHABLE}:
        return _progress_page(rating_error=_("Choose how satisfied you are.")), HTTPStatus.UNPROCESSABLE_ENTITY
    with open_tracked() as (session, petition):
        comment = request.form.get("comment", "")
        petitions.rate_petition(session, petition=petition, satisfaction=Satisfaction(satisfaction), comment=comment)
    flash(_("Thank you for your rating."))
    return _show_case()


def _show_case() -> ResponseReturnValue:
    return redirect(url_for("tracking.show_progress"), HTTPStatus.SEE_OTHER)
