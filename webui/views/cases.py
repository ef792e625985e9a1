"""Cases: finding cases, and the page of one case with its diagrams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from api.auth import current_principal, require
from engine.db import unit_of_work
from engine.services import cases
from webui import case_filters, case_pages
from webui.navigation import CASE_ROLES
from webui.pages import Paging, asked_page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("cases", __name__)
_PAGE = 50


@pages.get("/cases")
@require(*CASE_ROLES)
def list_cases() -> str:
    """List the cases that match the address."""
    principal, offset = current_principal(), (asked_page() - 1) * _PAGE
    with unit_of_work(read_only=True) as session:
        asked = case_filters.read(session, principal=principal)
        found = cases.list_cases(session, principal=principal, query=asked.query, limit=_PAGE, offset=offset)
        paging = Paging(asked_page(), _PAGE, found.total)
        options = case_filters.options(session)
        return render_template("cases.html", found=found, asked=asked, paging=paging, options=options)


@pages.get("/cases/<number>")
@require(*CASE_ROLES)
def show_case(number: str) -> str:
    """Show everything about a case, and the form of what is to be done next."""
    with unit_of_work(read_only=True) as session:
        page = case_pages.open_page(session, number=number, principal=current_principal())
        return render_template("case.html", page=page, back=request.args.get("back"))


@pages.get("/cases/<number>/diagrams/<file>")
@require(*CASE_ROLES)
def show_diagram(number: str, file: str) -> ResponseReturnValue:
    """Send a drawing of the version the case runs on."""
    with unit_of_work(read_only=True) as session:
        petition = cases.get_case(session, number=number, principal=current_principal())
        return Response(cases.diagram(session, petition=petition, file=file), mimetype="application/xml")
