"""Awards of a year, the ledger of team points, and qualifications from outside.

The stars of a month are proposals of the rule `recognition.star`, which the core keeps.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    Code,
    Mapped,
    Month,
    PartialIndex,
    Person,
    PersonId,
    Pk,
    Team,
    Upload,
    mapped_column,
    new_registry,
)


class RecognitionModel(DeclarativeBase):
    registry = new_registry()


class Award(RecognitionModel):
    """Best of a year. `score`: the mean of the months' scores then, in hundredths."""

    __tablename__ = "plugin_recognition_award"
    __table_args__ = (
        # However often the button is pressed.
        PartialIndex(
            "uq_plugin_recognition_award_held", "year", "person_id", unique=True,
            where="withdrawn_at IS NULL",
        ),
    )  # fmt: skip
    id: Mapped[Pk]
    year: Mapped[int] = mapped_column(index=True)
    person_id: Mapped[PersonId]
    score: Mapped[int]
    months: Mapped[int]
    policy_number: Mapped[int]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(foreign_keys="Award.person_id")


class Kind(StrEnum):
    PRAISE = "praise"
    QUALIFICATION = "qualification"
    OTHER = "other"
    COUNTER = "counter"


class Entry(RecognitionModel):
    """Points of a team, for good: a mistake is countered by another entry (`counters_id`).

    `key` says where it came from (a form shown once, a qualification), so that a double click
    makes it once. `person_id`: whose doing it was, if somebody's.
    """

    __tablename__ = "plugin_recognition_entry"
    __table_args__ = (CheckConstraint("points <> 0", name="points"),)
    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[Code]
    points: Mapped[int]
    reason: Mapped[str]
    month: Mapped[Month] = mapped_column(index=True)
    counters_id: Mapped[int | None] = mapped_column(
        ForeignKey("plugin_recognition_entry.id"), unique=True
    )
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]

    team: Mapped[Team] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys="Entry.person_id")
    countered: Mapped["Entry | None"] = relationship(remote_side="Entry.id")

    @property
    def is_qualification(self) -> bool:
        """Of what somebody sent in for HR, or taken back from it."""
        told = self.countered or self
        return told.kind == Kind.QUALIFICATION


class State(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DECLINED = "declined"


class Qualification(RecognitionModel):
    """`expires_on` is its last day. The proof goes with its upload: when its person is erased."""

    __tablename__ = "plugin_recognition_qualification"
    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[PersonId]
    title: Mapped[str]
    issuer: Mapped[str]
    obtained_on: Mapped[date]
    expires_on: Mapped[date | None]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id", ondelete="SET NULL"))
    state: Mapped[Code] = mapped_column(index=True)
    submitted_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(foreign_keys="Qualification.person_id")
    upload: Mapped[Upload | None] = relationship()
