"""Who looked at what: the one thing that a page which only reads may write."""

from typing import Any

from lms import audit
from lms.access import viewer
from lms.clock import now
from lms.db import db, reading


def note_reading(action: str, subject: tuple[str, int | None], **details: Any) -> None:
    """Write to the audit log that the viewer reads the subject.

    Last of all, when everything has been read: the snapshot it came from makes room for a
    transaction that may write, and what was loaded is loaded anew.
    """
    who = audit.Actor(viewer().person_id)
    db.session.rollback()
    mode = reading.set(False)
    try:
        audit.record(db.session(), who, action, subject, now=now(), **details)
        db.session.commit()
    finally:
        reading.reset(mode)
