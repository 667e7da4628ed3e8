"""From notifications to deliveries: one for each channel on which the person wants that kind.

Notices come by the row and by the ten thousand, so this looks at the table, not at events. Numbers
may be committed out of order: a long transaction's notices appear behind ones that are seen
already. So the newest stretch is gone through again and again, until it is older than any
transaction should be; what has its delivery is passed over.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Insert, and_, func, insert, literal, null, or_, select
from sqlalchemy.orm import aliased

from lms.plugins.api import Notification, Person, Session, local_date, notice_kinds, zone
from lms.plugins.messaging.given import adopt
from lms.plugins.messaging.models import (
    Address,
    Delivery,
    DeliveryState,
    Mark,
    Preference,
    TeamKind,
)

_SETTLES_AFTER = timedelta(minutes=15)
# What nobody could be sent for so long is no news any more: the plugin was off.
_STALE_AFTER = timedelta(days=7)
_COLUMNS = [
    "notification_id", "channel", "address_id", "person_id", "kind", "content", "created_at",
    "due_at", "state", "tries", "answer",
]  # fmt: skip


def spread(session: Session, channels: list[str], now: datetime) -> None:
    """Make the deliveries that are lacking, in one statement. Old notices are not sent when the
    plugin is new. Locks its mark, so that two workers do not both make them."""
    mark = session.get(Mark, 1, with_for_update=True)
    newest = session.scalar(select(func.max(Notification.id))) or 0
    if mark is None:
        session.add(Mark(id=1, since=now, settled_id=newest, seen_id=newest, seen_at=now))
        return
    if newest > mark.settled_id:
        adopt(session, now)
        session.execute(_to_teams(mark.settled_id, channels, now))
        session.execute(_lacking(mark.settled_id, channels, now))
    if mark.seen_at <= now - _SETTLES_AFTER:
        mark.settled_id, mark.seen_id, mark.seen_at = mark.seen_id, newest, now


def _lacking(settled_id: int, channels: list[str], now: datetime) -> Insert:
    quiet = [name for name, kind in notice_kinds().items() if not kind.is_sent]
    wanted = func.coalesce(Preference.is_on, Notification.kind.not_in(quiet))
    usable = and_(
        Address.person_id == Notification.person_id,
        Address.removed_at.is_(None),
        Address.confirmed_at <= Notification.created_at,
        Address.channel.in_(channels),
    )
    chosen = and_(
        Preference.person_id == Notification.person_id,
        Preference.kind == Notification.kind,
        Preference.channel == Address.channel,
    )
    made = and_(
        Delivery.notification_id == Notification.id,
        Delivery.channel == Address.channel,
        Delivery.person_id == Notification.person_id,
    )
    rows = (
        select(
            Notification.id, Address.channel, Address.id, Notification.person_id,
            Notification.kind, *_waiting(now),
        )
        .join(Address, usable)
        .join(Person, Person.id == Notification.person_id)
        .outerjoin(Preference, chosen)
        .outerjoin(Delivery, made)
        .where(
            Notification.id > settled_id,
            Notification.created_at > now - _STALE_AFTER,
            Delivery.id.is_(None),
            or_(Person.left_on.is_(None), Person.left_on > local_date(now, zone())),
            wanted,
        )
        .order_by(Notification.id)
    )  # fmt: skip
    return insert(Delivery).from_select(_COLUMNS, rows)


def _to_teams(settled_id: int, channels: list[str], now: datetime) -> Insert:
    """To a team's chat once, however many of the team are told of it."""
    told, same = aliased(Notification), aliased(Delivery)
    chosen_by = and_(
        Address.team_id == Person.team_id,
        Address.removed_at.is_(None),
        Address.created_at <= Notification.created_at,
        Address.channel.in_(channels),
    )
    said = (
        select(same.id)
        .join(told, told.id == same.notification_id)
        .where(
            same.address_id == Address.id,
            told.kind == Notification.kind,
            told.url == Notification.url,
            told.created_at == Notification.created_at,
        )
    )
    rows = (
        select(
            func.min(Notification.id), Address.channel, Address.id, null(), Notification.kind,
            *_waiting(now),
        )
        .join(Person, Person.id == Notification.person_id)
        .join(Address, chosen_by)
        .join(
            TeamKind,
            and_(TeamKind.address_id == Address.id, TeamKind.kind == Notification.kind),
        )
        .where(
            Notification.id > settled_id,
            Notification.created_at > now - _STALE_AFTER,
            ~said.exists(),
        )
        .group_by(
            Address.channel, Address.id, Notification.kind, Notification.url,
            Notification.created_at,
        )
    )  # fmt: skip
    return insert(Delivery).from_select(_COLUMNS, rows)


def _waiting(now: datetime) -> list[Any]:
    return [
        literal({}, Delivery.content.type),
        literal(now, Delivery.created_at.type),
        literal(now, Delivery.due_at.type),
        literal(DeliveryState.WAITING.value),
        literal(0),
        literal(""),
    ]
