"""Structured logs, one line a request, each with the request's id (also on the error page)."""

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def configure() -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=_to_stderr,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


def _to_stderr(*_names: str) -> structlog.WriteLogger:
    """Standard error as it is now, not as it was at import (test runners replace it)."""
    return structlog.WriteLogger(sys.stderr)


def _begin() -> None:
    g.request_id = secrets.token_hex(6)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "static":
        spent = time.perf_counter() - g.get("began", time.perf_counter())
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(spent * 1000, 1),
        )
    return response
