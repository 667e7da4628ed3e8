"""Failures of plugins in hooks, kept for the admin's page."""

import structlog
from flask import Flask, g, got_request_exception, has_app_context, request
from sqlalchemy import insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from lms.clock import now
from lms.db import db
from lms.plugins.loading import last_line
from lms.plugins.models import PluginFailure

log = structlog.get_logger()


def note_failure(plugin: str, hook: str, message: str) -> None:
    """Remember a failure; it is written after the request, outside the failing transaction."""
    if has_app_context():
        g.setdefault("plugin_failures", []).append((plugin, hook, message))


def watch_pages(app: Flask) -> None:
    """A plugin's own page that fails is on the admin's list as well."""

    def failed(sender: Flask, exception: Exception, **_: object) -> None:
        owner = sender.extensions["lms_blueprint_owners"].get(request.blueprint)
        if owner is not None:
            note_failure(owner, f"page {request.endpoint}", last_line(exception))

    got_request_exception.connect(failed, app, weak=False)


def write_failures(_error: BaseException | None = None) -> None:
    """At the end of the app context: one row per plugin and hook, counting."""
    noted = g.pop("plugin_failures", None)
    if not noted:
        return
    try:
        with db.engine.begin() as connection:
            for plugin, hook, message in noted:
                here = (PluginFailure.plugin == plugin) & (PluginFailure.hook == hook)
                values = {"message": message, "at": now()}
                changed = connection.execute(
                    update(PluginFailure)
                    .where(here)
                    .values(count=PluginFailure.count + 1, **values)
                )
                if not changed.rowcount:
                    connection.execute(
                        insert(PluginFailure).values(plugin=plugin, hook=hook, count=1, **values)
                    )
    except SQLAlchemyError:
        log.exception("plugin_failures_not_written")


def failures() -> list[PluginFailure]:
    """Newest first."""
    return list(db.session.scalars(select(PluginFailure).order_by(PluginFailure.at.desc())))
