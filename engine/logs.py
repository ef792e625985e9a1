"""Logs: one JSON object a line on the standard error, from our own code and from the libraries alike.

Here is only how a line looks and where it goes; what is worth a line is decided where it happens. Tracebacks carry no
local variables: they would put letters and telephone numbers into the logs.
"""

from __future__ import annotations

import logging
import sys
from functools import cache

import structlog


class _StandardError(logging.Handler):
    """Writes to the standard error, whatever that is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; what cannot be written must not stop the work it tells of."""
        try:
            print(self.format(record), file=sys.stderr, flush=True)  # noqa: T201 - this is where lines leave
        except OSError:
            self.handleError(record)


@cache
def configure() -> None:
    """Set up the logs of this process; a second call changes nothing."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.addHandler(handler)
    # Libraries speak up when something is wrong; our own processes and their workers also say what they do.
    root.setLevel(logging.WARNING)
    for name in ("engine", "api", "webui", "rq.worker"):
        logging.getLogger(name).setLevel(logging.INFO)
