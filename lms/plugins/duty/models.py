"""Who is told (endpoints), and what each was told (deliveries)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import Code, Mapped, PartialIndex, Person, Pk, mapped_column, new_registry


class DutyModel(DeclarativeBase):
    registry = new_registry()


class Endpoint(DutyModel):
    """`secret` signs what is sent, so it is stored as it is, and shown once."""

    __tablename__ = "plugin_duty_endpoint"
    __table_args__ = (
        PartialIndex(
            "uq_plugin_duty_endpoint_url_in_use", "url", unique=True,
            where="removed_at IS NULL",
        ),
    )  # fmt: skip
    id: Mapped[Pk]
    url: Mapped[str]
    secret: Mapped[str]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Delivery(DutyModel):
    """One message to one endpoint. `body` is sent and signed as it stands, at every try.

    While it waits, `due_at` is when it is tried next. `key` is the same at every try, so that
    the receiver can drop what it has already.
    """

    __tablename__ = "plugin_duty_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event", "clearance_id"),
        Index("ix_plugin_duty_delivery_due", "state", "due_at"),
    )
    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(unique=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("plugin_duty_endpoint.id"))
    event: Mapped[Code]
    # Both empty in a test message.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    clearance_id: Mapped[int | None] = mapped_column(ForeignKey("clearance.id"))
    body: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    state: Mapped[Code] = mapped_column(default=DeliveryState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")

    endpoint: Mapped[Endpoint] = relationship()
    person: Mapped[Person | None] = relationship()
