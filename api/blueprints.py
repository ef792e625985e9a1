"""How views declare what they take and answer: flask-smorest with types, strict parsing, and problem details as errors.

Everything that flask-smorest needs to be told for all views is told here; what one view takes and answers is with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn, Protocol, TypeVar

import flask_smorest  # type: ignore[import-untyped]
import marshmallow
from flask import Request, Response, jsonify
from webargs import core
from webargs.flaskparser import FlaskParser, abort

from api import errors, messages
from api.schemas.problems import ProblemSchema
from api.schemas.tables import Schema

View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """What takes a view and gives back one of the same signature."""

    def __call__(self, view: View, /) -> View:
        """Decorate ``view``."""
        ...


#: Identifiers of rows are 32 bits wide; a larger one is not worth a question to the database.
LARGEST_ID: Final = 2_147_483_647
TITLE: Final = "Wenzheng API"
DESCRIPTION: Final = """\
The petitions of a county, from the letter to the answer.

**Signing in.** Ask `POST /tokens` for a bearer token and send it as `Authorization: Bearer …`; or sign in with
`POST /session` and send the cookie, and with every request that changes something the `X-CSRFToken` it answered with.
Citizens need no account: a letter is followed by its number and query code.

**Errors** are problem details (RFC 9457) with a stable `code` and, where fields are to blame, `errors` by field name,
in the language of `Accept-Language`. What one may not see does not exist: it answers 404.

**Lists** answer `{items, total, limit, offset}`. **Times** are ISO 8601 with their zone."""


class _Parser(FlaskParser):
    """Refuses misspelt parameters, bodies that are not JSON, and JSON built to exhaust us."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": marshmallow.RAISE}

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:  # noqa: ANN401 - as webargs declares it
        if req.content_length and not req.is_json:
            abort(415)
        return super().load_json(req, schema)

    def _raw_load_json(self, req: Request) -> Any:  # noqa: ANN401 - as webargs declares it
        try:
            return core.parse_json(req.get_data(cache=True)) if req.is_json else core.missing
        except RecursionError as error:
            raise json.JSONDecodeError("nested too deeply", "…", 0) from error

    def _handle_invalid_json_error(self, error: Exception, *_context: object, **_named: object) -> NoReturn:
        abort(400, exc=error, messages={"json": [messages.NOT_JSON]})
        raise AssertionError("abort raises")


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc] # flask-smorest ships no types
    """A group of views, with what they take and answer for the OpenAPI document."""

    ARGUMENTS_PARSER = _Parser()

    def at(self, rule: str, method: str = "GET", *, public: bool = False) -> Decorator:
        """Serve a view at ``rule``; a ``public`` one asks for no sign-in."""

        def decorate(view: View) -> View:
            roles = getattr(view, "required_roles", ())
            access = {"security": []} if public else {"x-roles": list(roles)}
            documented = self.doc(operationId=view.__name__, **access)(view)
            self.add_url_rule(rule, view.__name__, documented, methods=[method])
            return view

        return decorate

    def body(self, schema: type[Schema], *, example: Mapping[str, Any] | None = None) -> Decorator:
        """Hand the view its JSON body, checked by ``schema``."""
        return self.arguments(schema, example=example)  # type: ignore[no-any-return]

    def query(self, schema: type[Schema]) -> Decorator:
        """Hand the view its query string, checked by ``schema``."""
        return self.arguments(schema, location="query")  # type: ignore[no-any-return]

    def answers(
        self, schema: type[Schema] | None, *, status: int = 200, content_type: str | None = None, about: str = ""
    ) -> Decorator:
        """Document what the view answers; it dumps by itself, while its unit of work is open."""
        described = about or (schema.__doc__ or "").split("\n", 1)[0] if schema else about or "Done."
        return self.alt_response(  # type: ignore[no-any-return]
            status, schema=schema, content_type=content_type, description=described, success=True
        )


class Api(flask_smorest.Api):  # type: ignore[misc] # flask-smorest ships no types
    """The OpenAPI document; errors are answered by ``api.errors``."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leave errors to ``api.errors``, which knows ours and those of pages as well."""

    def _register_pagination_header(self) -> None:
        """Leave it out: pages of lists say in their body how many there are."""

    def _register_responses(self) -> None:
        body = {"content": {errors.MEDIA_TYPE: {"schema": ProblemSchema}}}
        told = {"DEFAULT_ERROR": "Anything that went wrong.", "UNPROCESSABLE_ENTITY": "Fields that need attention."}
        for name, description in told.items():
            self.spec.components.response(name, {"description": description, **body}, lazy=True)


def new_api() -> Api:
    """Return an API without an application yet."""
    cookie = "The session cookie of `POST /session`; requests that change something need `X-CSRFToken` as well."
    schemes = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "A token from `POST /tokens`."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "session", "description": cookie},
    }
    return Api(
        spec_kwargs={
            "title": TITLE,
            "version": "1",
            "openapi_version": "3.1.0",
            "info": {"description": DESCRIPTION},
            "components": {"securitySchemes": schemes},
            "security": [{"bearer": []}, {"cookie": []}],
        }
    )


def reply(body: object, status: int = 200) -> Response:
    """Return ``body`` as JSON."""
    response = jsonify(body)
    response.status_code = status
    return response


def done() -> Response:
    """Return that there is nothing more to say."""
    return Response(status=204)
