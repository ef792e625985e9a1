"""What every page shares besides its looks: error pages, safe ways back, long lists, addresses of built files."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Flask, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from flask_login import current_user

from engine.db import unit_of_work
from engine.services import boards

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from api.errors import Problem
    from engine.services.boards import LastHand

_BUILT: Final = Path(__file__).resolve().parent / "static" / "dist"

#: What the reader can do next, by status; the error itself says what is wrong.
#: Far beyond any list, and small enough for every database.
_LAST_PAGE: Final = 100_000
REMEDIES: Final = {
    400: lazy_gettext("The page may have been open for too long. Go back, reload it, and send the form again."),
    403: lazy_gettext("If this is your work, ask the administrator to give your account the role or unit it needs."),
    404: lazy_gettext("Check the address or the number. Somebody may have sent you a case that another unit handles."),
    405: lazy_gettext("This address only takes a form. Go back and use the button on the page."),
    409: lazy_gettext("Open the case again to see its present state. Nothing you entered was applied a second time."),
    413: lazy_gettext("Shorten the text and send it again."),
    422: lazy_gettext("Go back, correct what is named above, and send it again."),
    429: lazy_gettext("Wait a minute and try again."),
    500: lazy_gettext(
        "The failure was recorded. Try again in a few minutes; if it happens again, tell the information centre."
    ),
}


@dataclass(frozen=True)
class Paging:
    """Which page of a long list is shown."""

    page: int
    size: int
    total: int

    @property
    def offset(self) -> int:
        """Return how many rows come before this page."""
        return (self.page - 1) * self.size

    @property
    def last(self) -> int:
        """Return the number of the last page."""
        return max(1, -(-self.total // self.size))

    def url(self, page: int) -> str:
        """Return the address of another page of the same list."""
        arguments = request.args.to_dict(flat=False) | (request.view_args or {})
        return url_for(str(request.endpoint), **{**arguments, "page": page})


def asked_page() -> int:
    """Return the page the address asks for; nonsense is the first, and nobody leafs further than the last one."""
    return min(max(1, request.args.get("page", 1, type=int)), _LAST_PAGE)


def show_problem(problem: Problem) -> ResponseReturnValue:
    """Render an error page; somebody who must sign in first is sent there and comes back."""
    if problem.status == HTTPStatus.UNAUTHORIZED:
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=back))
    # What broke may be what the shell would ask: after a failure of ours it asks nothing.
    g.broken = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    page = "fragments/problem.html" if "HX-Request" in request.headers else "problem.html"
    faster = _who_was_faster() if problem.status == HTTPStatus.CONFLICT else None
    return render_template(page, problem=problem, remedy=REMEDIES.get(problem.status), faster=faster), problem.status


def _who_was_faster() -> LastHand | None:
    """Return who has, or did, the task that the request was about."""
    task_id = (request.view_args or {}).get("task_id")
    if task_id is None or not current_user.is_authenticated:
        return None
    with unit_of_work(read_only=True) as session:
        return boards.last_hand(session, task_id=task_id, principal=current_user.principal)


def go_back(default: str) -> Response:
    """Return to the page of ours that the form names in ``next``, else to ``default``; never to another site."""
    return redirect(own_address(request.values.get("next")) or default, HTTPStatus.SEE_OTHER)


def address_around() -> str | None:
    """Return the address of the page that asked for a fragment of itself."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or None


def own_address(address: str | None) -> str | None:
    """Return ``address`` if it is a path of this site."""
    # Browsers read a backslash as a slash and drop control characters: both could smuggle in a host.
    if not address or not address.startswith("/") or "\\" in address or any(sign < " " for sign in address):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc or address.startswith("//") else address


def asset(name: str) -> str:
    """Return the address of a built file; it changes with the file, so that browsers may keep it."""
    path = _BUILT / name
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return url_for("static", filename=f"dist/{name}", v=f"{changed:x}")


def register(app: Flask) -> None:
    """Give the templates ``asset("app.css")``."""
    app.jinja_env.globals["asset"] = asset
