"""The organisation's own settings, read often and changed almost never."""

import time
from typing import Any, cast
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from flask import has_request_context
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from lms.current import the_g
from lms.db import Localized, Session, db, reading, snapshot
from lms.people.models import Organisation

DEFAULT_ZONE = "Asia/Shanghai"
DEFAULT_NAME = Localized("客服学堂", "Service Academy")


def organisation(session: Session) -> Organisation:
    """The one row, made at first need; for a page, which only reads, as it will be made."""
    found = session.get(Organisation, 1)
    if found is None:
        found = Organisation(
            id=1, name=DEFAULT_NAME, timezone=DEFAULT_ZONE, is_demo=False, names_changed=0
        )
        if not (has_request_context() and reading.get()):
            session.add(found)
            session.flush()
    return found


def zone() -> ZoneInfo:
    """The time zone in which months, days and deadlines are counted."""
    kept = the_g()
    try:
        return cast(ZoneInfo, kept.zone)
    except AttributeError:
        kept.zone = ZoneInfo(_zone_name())
        return cast(ZoneInfo, kept.zone)


# Every page asks, so each process remembers the answer for a while (by engine: one per app).
_KEPT_SECONDS = 60.0
_names: WeakKeyDictionary[Engine, tuple[str, float]] = WeakKeyDictionary()


def _zone_name() -> str:
    name, until = _names.get(db.engine, ("", 0.0))
    if time.monotonic() < until:
        return name
    try:
        with snapshot() as connection:
            name = connection.scalar(select(Organisation.timezone)) or DEFAULT_ZONE
    except SQLAlchemyError:  # an error page before `lms init` still shows a time
        db.session.rollback()
        return DEFAULT_ZONE
    _names[db.engine] = (name, time.monotonic() + _KEPT_SECONDS)
    return name


@event.listens_for(Organisation, "after_insert")
@event.listens_for(Organisation, "after_update")
def _forget(_mapper: Any, _connection: Any, _organisation: Organisation) -> None:
    _names.clear()
