"""What `lms doctor` looks at."""

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.config import Settings
from lms.db import db
from lms.plugins import hookspecs, migrations
from lms.plugins.health import failures
from lms.plugins.loading import last_line
from lms.plugins.manager import plugins
from lms.plugins.types import Check, CheckLevel
from lms.uploads.services import lacking


def checks() -> list[Check]:
    """Every finding; without a database only those that need none."""
    found = [_secret_key(), *_loading()]
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return [Check("database", CheckLevel.ERROR, last_line(error)), *found]
    found.insert(0, Check("database", CheckLevel.OK, db.engine.url.render_as_string()))
    behind = _migrations()
    found += behind
    if all(check.level == CheckLevel.OK for check in behind):
        found += [*_failures(), _uploads()]
        for group in plugins().collect(hookspecs.lms_checks):
            found += group
    return found


def _secret_key() -> Check:
    settings: Settings = current_app.extensions["lms_settings"]
    path = settings.home / "secret_key"
    if settings.secret_key:
        if len(settings.secret_key) < 16:
            return Check("secret key", CheckLevel.ERROR, "LMS_SECRET_KEY is too short to be secret")
        return Check("secret key", CheckLevel.OK, "from the environment")
    if path.stat().st_mode & 0o077:
        return Check("secret key", CheckLevel.ERROR, f"{path} can be read by others: chmod 600")
    return Check("secret key", CheckLevel.OK, str(path))


def _loading() -> list[Check]:
    manager = plugins()
    found = [
        Check(f"plugin {f.plugin}", CheckLevel.ERROR, f"not loaded: {f.stage}: {f.message}")
        for f in manager.failures
    ]
    loaded = ", ".join(f"{name} {p.version}" for name, p in sorted(manager.loaded.items()))
    return [*found, Check("plugins", CheckLevel.OK, loaded or "none loaded")]


def _migrations() -> list[Check]:
    found = []
    for history in migrations.histories(plugins()):
        name = f"migrations of {history.name}"
        if migrations.is_current(history):
            found.append(Check(name, CheckLevel.OK, f"at {history.head()}"))
        else:
            found.append(Check(name, CheckLevel.ERROR, "behind: run `lms upgrade`"))
    return found


def _uploads() -> Check:
    lost = lacking(db.session())
    if lost:
        text = f"{len(lost)} files are in the database and not in the folder, as {lost[0]}"
        return Check("uploads", CheckLevel.ERROR, text)
    return Check("uploads", CheckLevel.OK, "every file is there")


def _failures() -> list[Check]:
    return [
        Check(
            f"plugin {f.plugin}",
            CheckLevel.WARNING,
            f"failed {f.count}× in {f.hook}, last at {f.at:%Y-%m-%d %H:%M} UTC: {f.message}",
        )
        for f in failures()
    ]
