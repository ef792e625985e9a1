"""The shell around staff pages: the places a role may go to, who has signed in, whether this is the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import g, request
from flask_babel import lazy_gettext
from flask_login import current_user

from engine.db import unit_of_work
from engine.rules.access import CENTRE_ROLES
from engine.services import boards
from engine.services.facts import demo_clock
from engine.settings import settings
from engine.vocabulary import Role

if TYPE_CHECKING:
    from flask import Flask

    from engine.rules.access import Principal

#: Who sees cases at all; procedure editors and administrators do not by virtue of their role.
CASE_ROLES: Final = (*CENTRE_ROLES, Role.HANDLER, Role.UNIT_HEAD, Role.LEADER, Role.AUDITOR, Role.CONFIDENTIAL_OFFICER)
#: Whose business lateness is.
SUPERVISION_ROLES: Final = (Role.SUPERVISOR, Role.DISPATCHER, Role.UNIT_HEAD, Role.LEADER, Role.AUDITOR)
#: Who reads the county's numbers.
BULLETIN_ROLES: Final = (*CENTRE_ROLES, Role.LEADER, Role.AUDITOR)


@dataclass(frozen=True)
class Place:
    """An entry of the navigation, shown to ``roles`` (to everybody, when none is named)."""

    endpoint: str
    name: str
    roles: tuple[Role, ...] = ()


_PLACES: Final = (
    Place("desk.show_desk", lazy_gettext("Desk")),
    Place("cases.list_cases", lazy_gettext("Cases"), CASE_ROLES),
    Place("supervision.show_supervision", lazy_gettext("Supervision"), SUPERVISION_ROLES),
    Place("bulletins.show_bulletin", lazy_gettext("Bulletin"), BULLETIN_ROLES),
)


def places(principal: Principal) -> list[Place]:
    """Return where ``principal`` may go."""
    return [place for place in _PLACES if not place.roles or not principal.roles.isdisjoint(place.roles)]


def is_demo() -> bool:
    """Tell whether the database lives by the demo's clock."""
    if "demo" not in g and not g.get("broken"):
        _read_shell()
    return bool(g.get("demo"))


def unit_name(code: str | None) -> str:
    """Return what a unit is called; nothing for no unit."""
    if not code:
        return ""
    if "units" not in g:
        _read_shell()
    return str(g.units.get(code, code))


def _read_shell() -> None:
    with unit_of_work(read_only=True) as session:
        g.demo = demo_clock(session) is not None
        g.units = boards.unit_names(session)


def register(app: Flask) -> None:
    """Give the templates what the shell shows."""

    @app.context_processor
    def shell() -> dict[str, object]:
        account = current_user if not g.get("broken") and current_user.is_authenticated else None
        return {
            "account": account,
            "county": settings().county,
            "is_demo": is_demo,
            "places": places(account.principal) if account else [],
            "here": (request.endpoint or "").partition(".")[0],
            "Role": Role,
        }

    app.jinja_env.globals["unit_name"] = unit_name
