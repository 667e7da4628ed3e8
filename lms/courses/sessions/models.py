"""Sessions with a date, who has a place in them, who was there, and the address of a calendar."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import relationship

from lms.db import Code, Localized, Mapped, Model, PartialIndex, PersonId, Pk, mapped_column
from lms.people.models import Person


class TrainingSession(Model):
    """A date for a programme's step of kind `session`, in whatever version people are enrolled;
    without a programme it is open to everybody.

    `guests`: mappings with `name` and `department`. `sequence` rises with every change that
    concerns those who come.
    """

    __tablename__ = "training_session"
    __table_args__ = (
        Index("ix_training_session_step", "programme_id", "step_key"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )
    id: Mapped[Pk]
    title: Mapped[Localized]
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    step_key: Mapped[str | None]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int | None]
    facilitator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    guests: Mapped[list[Any]] = mapped_column(default=list)
    sequence: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    facilitator: Mapped[Person | None] = relationship(foreign_keys=[facilitator_id])

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class DateRequest(Model):
    """Somebody waits for a date for a session step; closed when one is planned."""

    __tablename__ = "session_date_request"
    __table_args__ = (
        PartialIndex(
            "uq_session_date_request_open",
            "enrolment_id",
            "step_id",
            unique=True,
            where="closed_at IS NULL",
        ),
        Index("ix_session_date_request_step", "programme_id", "step_key", "closed_at"),
    )
    id: Mapped[Pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    step_key: Mapped[str]
    person_id: Mapped[PersonId]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("step.id"))
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class BookingState(StrEnum):
    BOOKED = "booked"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Booking(Model):
    """A person's place in a session, or in its queue (in the order of the ids).

    `open_key` keeps a person to one booking for a step (or an open session) that is still to come;
    it is given up when the booking is cancelled or its attendance is settled.
    """

    __tablename__ = "session_booking"
    __table_args__ = (
        PartialIndex(
            "uq_session_booking_place",
            "session_id",
            "person_id",
            unique=True,
            where="state <> 'cancelled'",
        ),
    )
    id: Mapped[Pk]
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    person_id: Mapped[PersonId]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id"))
    state: Mapped[Code]
    open_key: Mapped[str | None] = mapped_column(unique=True)
    changes: Mapped[int] = mapped_column(default=0)
    booked_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    planned: Mapped[TrainingSession] = relationship()
    person: Mapped[Person] = relationship()


class AttendanceState(StrEnum):
    PRESENT = "present"
    PARTLY = "partly"
    ABSENT = "absent"


class Attendance(Model):
    """What is known of a booking's attendance; a correction supersedes the row before it."""

    __tablename__ = "session_attendance"
    __table_args__ = (
        PartialIndex(
            "uq_session_attendance_current",
            "booking_id",
            unique=True,
            where="superseded_at IS NULL",
        ),
    )
    id: Mapped[Pk]
    booking_id: Mapped[int] = mapped_column(ForeignKey("session_booking.id"))
    person_id: Mapped[PersonId]
    state: Mapped[Code]
    minutes: Mapped[int]
    via: Mapped[Code]
    reason: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class CalendarFeed(Model):
    """A person's calendar for other programs, at an address whose secret is kept as a hash only.

    `uid` is part of every event's identity and stays when the address is renewed.
    """

    __tablename__ = "calendar_feed"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    uid: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    renewed_at: Mapped[datetime]
