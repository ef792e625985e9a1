"""Tables, one module per concept; importing this package registers them all."""

from __future__ import annotations

from engine.models import calendar, history, jobs, people, petition, process

__all__ = ["calendar", "history", "jobs", "people", "petition", "process"]
