"""The pages, one module per place of the navigation: each view parses, calls a service and renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webui.views import accounts, bulletins, case_acts, cases, citizens, desk, styles, supervision, tracking

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Put every page on ``app``."""
    for module in (accounts, bulletins, case_acts, cases, citizens, desk, styles, supervision, tracking):
        app.register_blueprint(module.pages)
