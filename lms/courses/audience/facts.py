"""Audit entries and notices for a set of enrolments, each set in one statement."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, insert, literal, select
from sqlalchemy.orm import QueryableAttribute

from lms.audit import Actor, AuditEntry
from lms.courses.models import Enrolment
from lms.db import Localized, Model, Session
from lms.people.models import Notification


def record_all(
    session: Session,
    action: str,
    which: ColumnElement[bool],
    *,
    actor: Actor,
    reason: str,
    now: datetime,
) -> None:
    """An audit entry about the person of each enrolment, as `audit.record` writes it for one."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    as_object = func.json_object if is_sqlite else func.json_build_object
    names = ("programme_id", "starts_on", "due_on")
    told = [part for name in names for part in (name, getattr(Enrolment, name))]
    row = {
        "at": now,
        "actor_id": actor.person_id,
        "via": actor.via,
        "action": action,
        "subject_kind": "person",
        "subject_id": Enrolment.person_id,
        "reason": reason,
        "details": as_object("enrolment_id", Enrolment.id, *told),
    }
    _insert(session, AuditEntry, row, which)


def tell_all(
    session: Session, kind: str, text: Localized, which: ColumnElement[bool], *, now: datetime
) -> None:
    """The same words to the person of each enrolment, with a link to their own course."""
    row = {
        "person_id": Enrolment.person_id,
        "kind": kind,
        "text": text,
        "url": literal("/courses/").concat(cast(Enrolment.id, String)),
        "created_at": now,
    }
    _insert(session, Notification, row, which)


def _insert(
    session: Session, model: type[Model], row: dict[str, Any], which: ColumnElement[bool]
) -> None:
    """A row for each enrolment; a plain value stands for itself in all of them."""
    columns = model.__table__.c
    values = [
        value
        if isinstance(value, ColumnElement | QueryableAttribute)
        else literal(value, columns[name].type)
        for name, value in row.items()
    ]
    rows = select(*values).where(which).order_by(Enrolment.id)
    session.execute(insert(model).from_select(list(row), rows))
