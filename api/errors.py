"""What an error becomes on the way out: one table from error to HTTP status, and problem details (RFC 9457).

Under /api every error is ``application/problem+json``; elsewhere ``render_page`` makes a page of the same ``Problem``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from api.auth import SignInRequired
from api.messages import PREFIX, Text, current_language, say
from engine.bpmn.xml import InvalidModel
from engine.errors import Conflict, Forbidden, InvalidInput, NotFound, WenzhengError
from engine.services.people import SignInRefused

MEDIA_TYPE: Final = "application/problem+json"

#: The status of an error is that of the nearest class in this table; what is not in it is our fault.
STATUS: Final[Mapping[type[Exception], HTTPStatus]] = {
    SignInRequired: HTTPStatus.UNAUTHORIZED,
    SignInRefused: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidModel: HTTPStatus.UNPROCESSABLE_ENTITY,
    WenzhengError: HTTPStatus.INTERNAL_SERVER_ERROR,
    CSRFError: HTTPStatus.BAD_REQUEST,
}

TITLES: Final[Mapping[int, Text]] = {
    400: Text("请求有误", "Bad request"),
    401: Text("请先登录", "Sign in first"),
    403: Text("没有权限", "Not allowed"),
    404: Text("没有找到", "Not found"),
    405: Text("不支持该方法", "Method not allowed"),
    406: Text("无法按要求的格式答复", "Not acceptable"),
    409: Text("状态已变化", "Conflict"),
    413: Text("内容过大", "Too large"),
    415: Text("格式不支持", "Unsupported format"),
    422: Text("内容需要更正", "Some input needs attention"),
    429: Text("操作过于频繁", "Too many requests"),
    500: Text("系统出错", "Something went wrong on our side"),
}

#: What to do about errors that werkzeug or an extension raises; ours bring their own words.
ADVICE: Final[Mapping[int, Text]] = {
    400: Text("无法读懂该请求,请检查其格式。", "The request could not be understood; check its format."),
    401: Text("请登录,或在 Authorization 头中带上有效令牌。", "Sign in, or send a valid bearer token."),
    404: Text("没有这个地址,请核对。", "There is nothing at this address; check it."),
    405: Text(
        "该地址不支持这种方法,可用的方法见 Allow 头。", "This method is not for this address; see the Allow header."
    ),
    413: Text("内容过大,请分开提交。", "The content is too large; send it in parts."),
    415: Text("请以 application/json 提交。", "Send application/json."),
    422: Text("请检查标出的各项。", "Some fields need attention."),
    429: Text("请稍后再试。", "Wait a little and try again."),
    500: Text("系统出错,已记录,请稍后再试。", "It has been recorded; try again later."),
}
CSRF_ADVICE: Final = Text(
    "页面已过期或请求缺少 X-CSRFToken 头;请刷新页面,或改用令牌。",
    "The page has expired or the X-CSRFToken header is missing; reload the page, or use a bearer token.",
)

RenderPage = Callable[["Problem"], ResponseReturnValue]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What went wrong, as told to the outside, in the language of the request."""

    status: int
    code: str
    title: str
    detail: str
    errors: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_of(error: Exception) -> Problem:
    """Return what ``error`` is to the outside, in the language of the request."""
    if isinstance(error, WenzhengError):
        return _our_problem(error)
    if isinstance(error, HTTPException):
        return _http_problem(error)
    raise error


def _our_problem(error: WenzhengError) -> Problem:
    status = next(STATUS[each] for each in type(error).__mro__ if each in STATUS)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return Problem(status=500, code="internal_server_error", title=say(TITLES[500]), detail=say(ADVICE[500]))
    found = getattr(error, "findings", ())
    named = error.fields.get("errors")
    return Problem(
        status=status,
        code=error.code,
        title=say(TITLES[status]),
        detail=error.message(current_language()),
        errors={str(name): say(text) for name, text in named.items()} if isinstance(named, Mapping) else {},
        extra={"findings": [asdict(finding) for finding in found]} if found else {},
        headers={"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {},
    )


def _http_problem(error: HTTPException) -> Problem:
    status = error.code or 500
    # webargs hangs what marshmallow found on the exception it raises.
    found = getattr(error, "data", None) or {}
    advice = CSRF_ADVICE if isinstance(error, CSRFError) else ADVICE.get(status)
    kept = ("Allow", "Retry-After", "WWW-Authenticate")
    return Problem(
        status=status,
        code="csrf_refused" if isinstance(error, CSRFError) else _code(status),
        title=say(TITLES.get(status, error.name)),
        detail=say(advice) if advice else "",
        errors=dict(_by_field(found.get("messages"))),
        headers={name: value for name, value in error.get_headers() if name in kept},
    )


def _code(status: int) -> str:
    try:
        return HTTPStatus(status).name.lower()
    except ValueError:
        return "error"


def _by_field(found: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Flatten marshmallow's messages, ``{"json": {"letter": {"title": [...]}}}`` becoming ``letter.title``."""
    if isinstance(found, Mapping):
        for name, inside in found.items():
            # where it was sent and that it concerns the whole is no name of a field
            silent = name == "_schema" or (not path and name in {"json", "query"})
            yield from _by_field(inside, f"{path}." if silent else f"{path.rstrip('.')}.{name}".lstrip("."))
    elif isinstance(found, list):
        yield path.strip(".") or "body", " ".join(say(each) for each in found)


def concerns_api() -> bool:
    """Tell whether the request is for the API rather than for a page."""
    return request.path.startswith(PREFIX)


def problem_response(problem: Problem) -> Response:
    """Return a problem as ``application/problem+json``."""
    body: dict[str, Any] = {
        "type": f"urn:wenzheng:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "errors": dict(problem.errors),
        **problem.extra,
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, problem.status, dict(problem.headers), content_type=MEDIA_TYPE)


def register(app: Flask, render_page: RenderPage | None = None) -> None:
    """Answer every error of ``app``: with problem details under /api, with ``render_page`` elsewhere.

    A page that ``render_page`` returns without a status is sent with the problem's.
    """

    def answer(error: Exception) -> ResponseReturnValue:
        if isinstance(error, HTTPException) and error.code is not None and error.code < HTTPStatus.BAD_REQUEST:
            return error.get_response()
        problem = problem_of(error)
        if isinstance(error, WenzhengError) and problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            app.logger.error("%s", error, exc_info=error)
        if concerns_api() or render_page is None:
            return problem_response(problem)
        response = app.make_response(render_page(problem))
        if response.status_code == HTTPStatus.OK:
            response.status_code = problem.status
        return response

    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(WenzhengError, answer)
