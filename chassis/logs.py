"""How logs look: structlog, one line per event, to standard error; JSON where a machine reads them."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from chassis import trace


def _add_trace(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if traceparent := trace.traceparent.get():
        event["trace_id"] = traceparent.split("-")[1]
    return event


def configure(*, level: str = "info", form: str = "console") -> None:
    """Set up logging for this process; `form` is console or json."""
    # Tracebacks without local variables: passwords and tokens are among them.
    traceback = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
    rendering: list[structlog.typing.Processor] = (
        [traceback, structlog.processors.JSONRenderer()]
        if form == "json"
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            *rendering,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        # Where standard error is when something is logged: a test, or a daemon's start, may have put another there.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
