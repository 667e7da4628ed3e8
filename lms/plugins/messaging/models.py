"""Where people are reached, what they want to be sent, what was sent, and how the channels are."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    Code,
    Mapped,
    PartialIndex,
    Person,
    Pk,
    Team,
    mapped_column,
    new_registry,
)


class MessagingModel(DeclarativeBase):
    registry = new_registry()


class Address(MessagingModel):
    """Of a person or of a team's chat. A changed address is a new row; one in use for each and
    channel. Used once confirmed. `locale`: of a chat; `is_given`: it came with the roster."""

    __tablename__ = "plugin_messaging_address"
    __table_args__ = (
        PartialIndex(
            "uq_plugin_messaging_address_in_use", "person_id", "channel", unique=True,
            where="removed_at IS NULL",
        ),
        PartialIndex(
            "uq_plugin_messaging_address_of_team", "team_id", "channel", unique=True,
            where="removed_at IS NULL",
        ),
        CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name="whose"),
    )  # fmt: skip
    id: Mapped[Pk]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    locale: Mapped[str | None]
    is_given: Mapped[bool] = mapped_column(default=False, server_default=false())
    channel: Mapped[Code]
    address: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    team: Mapped[Team | None] = relationship()


class TeamKind(MessagingModel):
    """A kind of notice that goes to this chat."""

    __tablename__ = "plugin_messaging_team_kind"
    address_id: Mapped[int] = mapped_column(
        ForeignKey("plugin_messaging_address.id"), primary_key=True
    )
    kind: Mapped[Code] = mapped_column(primary_key=True)


class Preference(MessagingModel):
    """A choice of a person; without a row the kind's own default holds."""

    __tablename__ = "plugin_messaging_preference"
    __table_args__ = (UniqueConstraint("person_id", "kind", "channel"),)
    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[Code]
    channel: Mapped[Code]
    is_on: Mapped[bool]


class Rhythm(StrEnum):
    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


class DigestChoice(MessagingModel):
    """How often a supervisor wants the digest; without a row weekly."""

    __tablename__ = "plugin_messaging_digest_choice"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    rhythm: Mapped[Code]
    changed_at: Mapped[datetime]


class Digest(MessagingModel):
    """The digest of a day was made, or there was nothing to say: it is not made again."""

    __tablename__ = "plugin_messaging_digest"
    __table_args__ = (UniqueConstraint("person_id", "for_day"),)
    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    for_day: Mapped[date]
    made_at: Mapped[datetime]


class OwnKind(StrEnum):
    """Messages that are no notices; their words are made when they are sent."""

    CONFIRM = "messaging.confirm"
    TEST = "messaging.test"
    DIGEST = "messaging.digest"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Delivery(MessagingModel):
    """One message to one address.

    What it says is the notification's text, or for a message that is none, made of `content`.
    `key` is given at the first try. While it waits, `due_at` is when it is tried next; while it is
    being sent, when it may be taken for lost on the way.
    """

    __tablename__ = "plugin_messaging_delivery"
    __table_args__ = (
        UniqueConstraint("notification_id", "channel", "person_id"),
        UniqueConstraint("notification_id", "address_id"),
        Index("ix_plugin_messaging_delivery_due", "channel", "state", "due_at", "id"),
        Index("ix_plugin_messaging_delivery_order", "address_id", "state", "id"),
    )
    id: Mapped[Pk]
    key: Mapped[str | None] = mapped_column(unique=True)
    # A notice goes when its person is erased, and what was said of it elsewhere with it.
    notification_id: Mapped[int | None] = mapped_column(
        ForeignKey("notification.id", ondelete="CASCADE")
    )
    channel: Mapped[Code]
    address_id: Mapped[int] = mapped_column(ForeignKey("plugin_messaging_address.id"))
    # None: to a team's chat.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[Code]
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    state: Mapped[Code] = mapped_column(default=DeliveryState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")

    address: Mapped[Address] = relationship()
    person: Mapped[Person | None] = relationship()


class Health(MessagingModel):
    """How a channel is. `held_until`: the whole channel waits until then, since it is down."""

    __tablename__ = "plugin_messaging_health"
    channel: Mapped[str] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[datetime | None]


class Mark(MessagingModel):
    """How far the notifications were gone through (a single row, id 1; see `spreading`)."""

    __tablename__ = "plugin_messaging_mark"
    id: Mapped[Pk]
    since: Mapped[datetime]
    settled_id: Mapped[int]
    seen_id: Mapped[int]
    seen_at: Mapped[datetime]
