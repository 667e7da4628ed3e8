"""What moved a due date, who was reminded of it, and who asked for more time."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey

from lms.db import Code, Mapped, Model, PartialIndex, PersonId, Pk, mapped_column


class PausedDay(Model):
    """A day of leave that has moved an enrolment's due date; each moves it once."""

    __tablename__ = "enrolment_paused_day"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class Reminder(Model):
    """Somebody was told of this due date; another date is told anew."""

    __tablename__ = "enrolment_reminder"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class ExtensionState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"


class ExtensionRequest(Model):
    """A learner asks for a later due date; the answer is kept beside what was asked."""

    __tablename__ = "extension_request"
    __table_args__ = (
        PartialIndex(
            "uq_extension_request_open", "enrolment_id", unique=True,
            where="state = 'open'",
        ),
    )  # fmt: skip
    id: Mapped[Pk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    person_id: Mapped[PersonId]
    state: Mapped[Code] = mapped_column(default=ExtensionState.OPEN)
    old_due_on: Mapped[date]
    wanted_on: Mapped[date]
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    granted_on: Mapped[date | None]
    word: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
