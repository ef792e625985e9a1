"""The interface described: the OpenAPI document for programs, and a page for people made from it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, current_app, render_template
from markupsafe import Markup, escape

from api.blueprints import reply

blueprint = Blueprint("api_documents", __name__, template_folder="../templates", static_folder="../static")

METHODS: Final = ("get", "post", "put", "patch", "delete")
_EMPHASIS: Final = ((r"\*\*(.+?)\*\*", r"<strong>\1</strong>"), (r"`(.+?)`", r"<code>\1</code>"))


@blueprint.get("/openapi.json")
def read_openapi() -> Response:
    """Answer the OpenAPI document."""
    return reply(_document())


@blueprint.get("/docs")
def read_docs() -> str:
    """Show the interface to a person."""
    document = _document()
    groups: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                found = {**item[method], "path": path, "method": method.upper()}
                found["parameters"] = [*item.get("parameters", []), *found.get("parameters", [])]
                groups[found["tags"][0]].append(found)
    return render_template("api/docs.html", document=document, groups=groups, example=_example, prose=_prose)


def _document() -> dict[str, Any]:
    document: dict[str, Any] = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return document


def _prose(text: str) -> Markup:
    """Return a text with paragraphs, emphasis and code, as OpenAPI descriptions have them, as HTML."""
    html = str(escape(text))
    for written, shown in _EMPHASIS:
        html = re.sub(written, shown, html)
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in html.split("\n\n"))
    return Markup(paragraphs)  # noqa: S704 - escaped above


def _example(schema: Mapping[str, Any]) -> str:
    """Return a body to send, made of the examples of the required fields of ``schema``."""
    schema = _document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    needed = {name: field for name, field in schema["properties"].items() if name in schema.get("required", ())}
    body = {name: field.get("examples", [None])[0] for name, field in needed.items()}
    return json.dumps(body, ensure_ascii=False, indent=2)
