"""Who was sent to retraining, for which month, and what became of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    Code,
    Enrolment,
    Mapped,
    Month,
    Person,
    PersonId,
    Pk,
    mapped_column,
    new_registry,
)


class Base(DeclarativeBase):
    registry = new_registry()


class AssignmentState(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    REVIEW = "review"  # begun, and a later revision no longer selects the person: HR decides


class Assignment(Base):
    """`evidence` is what the person was told: see `rule.evidence_of`."""

    __tablename__ = "plugin_retraining_assignment"
    __table_args__ = (UniqueConstraint("person_id", "month"),)
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    month: Mapped[Month] = mapped_column(index=True)
    figure: Mapped[Code]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    state: Mapped[Code] = mapped_column(index=True)
    consecutive: Mapped[int]
    due_on: Mapped[date]
    evidence: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # Since when an appeal against the month holds it; the days do not count towards the due date.
    held_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(Person)
    enrolment: Mapped[Enrolment | None] = relationship(Enrolment)
