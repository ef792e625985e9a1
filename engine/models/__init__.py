"""Tables, one module per concept; importing this package registers them all."""

from engine.models import calendar, history, jobs, people, petition, process

__all__ = ["calendar", "history", "jobs", "people", "petition", "process"]
