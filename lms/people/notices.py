"""Notices in the application itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select, update

from lms.db import Localized, Session, read_rows
from lms.people.models import Notification


def notify(
    session: Session, person_ids: Iterable[int], kind: str, text: Localized, url: str, now: datetime
) -> None:
    session.add_all(
        Notification(person_id=person_id, kind=kind, text=text, url=url, created_at=now)
        for person_id in person_ids
    )


_LATEST = (
    select(
        Notification.kind,
        Notification.text,
        Notification.url,
        Notification.created_at,
        Notification.read_at,
    )
    .where(Notification.person_id == bindparam("person_id"))
    .order_by(Notification.id.desc())
    .limit(bindparam("most"))
)


def latest(session: Session, person_id: int, limit: int = 50) -> Sequence[Any]:
    """Newest first: `kind`, `text`, `url`, `created_at` and `read_at` of each."""
    return read_rows(session, _LATEST, person_id=person_id, most=limit)


def unread(person_id: ColumnElement[int] | int) -> ScalarSelect[int]:
    """How many are unread, as a part of another query or as one of its own."""
    return (
        select(func.count(Notification.id))
        .where(Notification.person_id == person_id, Notification.read_at.is_(None))
        .scalar_subquery()
    )


def mark_read(session: Session, person_id: int, now: datetime) -> None:
    session.execute(
        update(Notification)
        .where(Notification.person_id == person_id, Notification.read_at.is_(None))
        .values(read_at=now)
    )
