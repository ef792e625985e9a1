"""Serve the REST interface under /api/v1: parse, call one service, dump."""

from __future__ import annotations

from flask import Flask

from api import auth, errors


def register(app: Flask, *, render_page: errors.RenderPage | None = None) -> None:
    """Put the API, sign-in, CSRF protection and the answers to errors on ``app``.

    Errors outside /api are shown by ``render_page``; without it they are problem details there too.
    """
    auth.register(app)
    errors.register(app, render_page)
