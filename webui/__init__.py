"""Serve the pages citizens and staff use: parse, call one service, render."""

from __future__ import annotations

from webui.application import create_app

__all__ = ["create_app"]
