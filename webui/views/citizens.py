"""What a citizen sees before there is a case: the two choices, the form, the receipt; and public answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie

from api.limits import limit_letters
from engine import clock
from engine.db import unit_of_work
from engine.errors import InvalidInput
from engine.services import answers, petitions
from webui import letters
from webui.pages import Paging, asked_page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("citizens", __name__)
#: How long the receipt can be looked at again from the same browser.
RECEIPT_LIFE: Final = timedelta(minutes=30)
_AT_HOME: Final = 8
_PAGE: Final = 20


@pages.get("/")
def show_home() -> str:
    """Show the two choices and the newest public answers."""
    with unit_of_work(read_only=True) as session:
        published, total = answers.list_published(session, limit=_AT_HOME)
        return render_template("citizen/home.html", published=published, total=total)


@pages.get("/answers")
def list_answers() -> str:
    """List every public answer."""
    offset = (asked_page() - 1) * _PAGE
    with unit_of_work(read_only=True) as session:
        published, total = answers.list_published(session, limit=_PAGE, offset=offset)
        return render_template("citizen/answers.html", published=published, paging=Paging(asked_page(), _PAGE, total))


@pages.get("/answers/<number>")
def show_answer(number: str) -> str:
    """Show a public letter with its answer."""
    with unit_of_work(read_only=True) as session:
        return render_template("citizen/answer.html", answer=answers.get_published(session, number=number))


@pages.get("/submit")
def show_submit() -> str:
    """Show the empty form."""
    with unit_of_work(read_only=True) as session:
        return render_template(
            "citizen/submit.html", form=letters.open_letter_form(session), kinds=letters.KINDS.items()
        )


@pages.post("/submit")
@limit_letters
def submit() -> ResponseReturnValue:
    """Take the letter in and show the receipt."""
    try:
        with unit_of_work() as session:
            receipt = petitions.submit_petition(session, letter=letters.read_letter(request.form))
    except InvalidInput as error:
        with unit_of_work(read_only=True) as session:
            form = letters.open_letter_form(session, sent=request.form, refused=error)
            return render_template(
                "citizen/submit.html", form=form, kinds=letters.KINDS.items()
            ), HTTPStatus.UNPROCESSABLE_ENTITY
    number, now = receipt.petition.number, clock.now()
    cookie["receipt"] = {"number": number, "query_code": receipt.query_code, "at": now.isoformat()}
    return redirect(url_for("citizens.show_receipt"), HTTPStatus.SEE_OTHER)


@pages.get("/receipt")
def show_receipt() -> ResponseReturnValue:
    """Show number and query code; they are nowhere else to be had."""
    receipt = cookie.get("receipt")
    if receipt is None or clock.now() - datetime.fromisoformat(receipt["at"]) > RECEIPT_LIFE:
        cookie.pop("receipt", None)
        return redirect(url_for("tracking.ask_number"))
    return render_template("citizen/receipt.html", receipt=receipt)
