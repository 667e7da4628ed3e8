"""Who mentors whom and for what, and the check-ins they plan and hold."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    Code,
    Enrolment,
    Mapped,
    PartialIndex,
    Person,
    Pk,
    mapped_column,
    new_registry,
)


class MentoringModel(DeclarativeBase):
    registry = new_registry()


class Purpose(StrEnum):
    ONBOARDING = "onboarding"
    RETRAINING = "retraining"


class Pair(MentoringModel):
    """A mentor and a mentee. Another mentor is another row; the earlier one ends, with its reason.

    `reason`: why this mentor, if somebody said so. `end_reason` is empty where it ended by itself.
    """

    __tablename__ = "plugin_mentoring_pair"
    __table_args__ = (
        # One mentor at a time, however often a button is pressed.
        PartialIndex(
            "uq_plugin_mentoring_pair_active",
            "mentee_id",
            unique=True,
            where="ended_at IS NULL",
        ),
    )
    id: Mapped[Pk]
    mentor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    purpose: Mapped[Code]
    reason: Mapped[str] = mapped_column(default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")

    mentor: Mapped[Person] = relationship(Person, foreign_keys=[mentor_id])
    mentee: Mapped[Person] = relationship(Person, foreign_keys=[mentee_id])
    enrolment: Mapped[Enrolment] = relationship(Enrolment)


class CheckIn(MentoringModel):
    """A date both have agreed on; once held (`done_at`), what was written stays as it is.

    `mood` is how it goes, 1 (hard) to 5 (very well). `reminded_at` and `told_at`: when the two, and
    their supervisor, were told that it is due and late.
    """

    __tablename__ = "plugin_mentoring_check_in"
    __table_args__ = (UniqueConstraint("pair_id", "due_on"),)
    id: Mapped[Pk]
    pair_id: Mapped[int] = mapped_column(ForeignKey("plugin_mentoring_pair.id"))
    due_on: Mapped[date] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    mood: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    next_focus: Mapped[str] = mapped_column(default="")
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    pair: Mapped[Pair] = relationship(Pair)


class Call(MentoringModel):
    """For this course the supervisors were told that a mentor is to be chosen."""

    __tablename__ = "plugin_mentoring_call"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    told_at: Mapped[datetime]
