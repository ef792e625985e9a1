"""Signing in and out, and the choice of language and theme."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template, request, url_for

from api import auth
from api.limits import limit_guesses, limit_guesses_from_one_place
from engine.db import unit_of_work
from engine.demo import seed
from engine.services import boards, people
from engine.services.people import SignInRefused
from webui import languages
from webui.navigation import is_demo
from webui.pages import go_back

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("accounts", __name__)


@pages.get("/sign-in")
def sign_in() -> str:
    """Show the sign-in form; the demo says who may try."""
    return _sign_in_page()


@pages.post("/sign-in")
@limit_guesses
@limit_guesses_from_one_place
def take_credentials() -> ResponseReturnValue:
    """Sign in and go where one came from."""
    username = request.form.get("username", "").strip()
    try:
        with unit_of_work(read_only=True) as session:
            account = people.sign_in(session, username=username, password=request.form.get("password", ""))
            auth.sign_in_browser(account)
    except SignInRefused as error:
        return _sign_in_page(username=username, refused=error), HTTPStatus.UNAUTHORIZED
    return go_back(url_for("desk.show_desk"))


def _sign_in_page(*, username: str = "", refused: SignInRefused | None = None) -> str:
    with unit_of_work(read_only=True) as session:
        staff = boards.list_staff(session) if is_demo() else []
        shown = {"username": username, "refused": refused, "staff": staff, "password": seed.PASSWORD}
        return render_template("sign_in.html", **shown)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Sign out."""
    auth.sign_out_browser()
    return go_back(url_for("citizens.show_home"))


@pages.post("/language")
def choose_language() -> ResponseReturnValue:
    """Remember the language and show the same page in it."""
    chosen = request.form.get("language", "")
    if chosen not in languages.LOCALES:
        abort(HTTPStatus.BAD_REQUEST)
    return languages.remember(go_back(url_for("citizens.show_home")), "language", chosen)


@pages.post("/theme")
def choose_theme() -> ResponseReturnValue:
    """Remember light or dark and show the same page in it."""
    chosen = request.form.get("theme", "")
    if chosen not in languages.THEMES:
        abort(HTTPStatus.BAD_REQUEST)
    return languages.remember(go_back(url_for("citizens.show_home")), "theme", chosen)
