"""The organisation's own settings, read often and changed almost never."""

from typing import cast
from zoneinfo import ZoneInfo

from flask import g
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lms.db import Localized, Session, db
from lms.people.models import Organisation

DEFAULT_ZONE = "Asia/Shanghai"


def organisation(session: Session) -> Organisation:
    """The one row, made at first need."""
    found = session.get(Organisation, 1)
    if found is None:
        name = Localized("客服学堂", "Service Academy")
        found = Organisation(id=1, name=name, timezone=DEFAULT_ZONE)
        session.add(found)
        session.flush()
    return found


def zone() -> ZoneInfo:
    """The time zone in which months, days and deadlines are counted."""
    if "zone" not in g:
        try:
            name = db.session.scalar(select(Organisation.timezone))
        except SQLAlchemyError:  # an error page before `lms init` still shows a time
            db.session.rollback()
            name = None
        g.zone = ZoneInfo(name or DEFAULT_ZONE)
    return cast(ZoneInfo, g.zone)
