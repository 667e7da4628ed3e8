"""Nominations, what was decided on them, and the probation that followed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    Code,
    Mapped,
    PartialIndex,
    Person,
    PersonId,
    Pk,
    mapped_column,
    new_registry,
)


class Base(DeclarativeBase):
    registry = new_registry()


class NominationState(StrEnum):
    OPEN = "open"
    SCHEDULED = "scheduled"  # approved; the level changes on `effective_on`
    APPROVED = "approved"  # and the level has changed
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


PENDING = (NominationState.OPEN, NominationState.SCHEDULED)
_PENDING = "state IN ('open', 'scheduled')"


class Nomination(Base):
    """`evidence`: the verdict as it stood when nominated, `{runs, policy, criteria}`.

    `ended_*`: who took it back, or None if it could not be carried out, when and why. `held_at`:
    since when an approved one waits past its day for an appeal, of which HR was told then.
    """

    __tablename__ = "plugin_promotion_nomination"
    __table_args__ = (
        # One nomination under way for a person, however often the button is pressed.
        PartialIndex(
            "uq_plugin_promotion_nomination_pending",
            "person_id",
            unique=True,
            where=_PENDING,
        ),
    )
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    target: Mapped[Code]
    year: Mapped[int]
    state: Mapped[Code]
    reason: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    nominated_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    nominated_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    effective_on: Mapped[date | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="", server_default="")
    held_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(Person, foreign_keys="Nomination.person_id")
    nominator: Mapped[Person | None] = relationship(Person, foreign_keys=[nominated_by])
    decider: Mapped[Person | None] = relationship(Person, foreign_keys=[decided_by])
    probation: Mapped["Probation | None"] = relationship("Probation")


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    RETURNED = "returned"


class Probation(Base):
    """The time after a promotion at whose end HR confirms the level or takes it back.

    `outcome` is empty while it lasts; `told_at`: when HR was told that the end is near.
    """

    __tablename__ = "plugin_promotion_probation"
    nomination_id: Mapped[int] = mapped_column(
        ForeignKey("plugin_promotion_nomination.id"), primary_key=True
    )
    until: Mapped[date] = mapped_column(index=True)
    told_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


_STANDS = "withdrawn_at IS NULL"


class Complaint(Base):
    """An upheld complaint about a person, by the number it has in the service desk.

    `level`: 1 to 3, as in the service handbook. One recorded by mistake is withdrawn, not deleted.
    """

    __tablename__ = "plugin_promotion_complaint"
    __table_args__ = (
        PartialIndex(
            "uq_plugin_promotion_complaint", "person_id", "reference", unique=True,
            where=_STANDS,
        ),
    )  # fmt: skip
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    on_day: Mapped[date]
    level: Mapped[int]
    reference: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="", server_default="")


class Recommendation(Base):
    """A supervisor's word for a person's promotion in a year."""

    __tablename__ = "plugin_promotion_recommendation"
    __table_args__ = (
        PartialIndex(
            "uq_plugin_promotion_recommendation", "person_id", "target", "year", "given_by",
            unique=True, where=_STANDS,
        ),
    )  # fmt: skip
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    target: Mapped[Code]
    year: Mapped[int]
    text: Mapped[str]
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    giver: Mapped[Person] = relationship(Person, foreign_keys="Recommendation.given_by")


class Archive(Base):
    """A year's verdicts on a track as they stood on a day, with everything they follow from.

    `closes`: the month closes that were read, `[[month, close id], …]`; `sha256` is that of the
    rows (see `archive.digest`). Frozen anew, it is the next `number`; all are kept.
    """

    __tablename__ = "plugin_promotion_archive"
    __table_args__ = (UniqueConstraint("year", "target", "number"),)
    id: Mapped[Pk]
    year: Mapped[int]
    target: Mapped[Code]
    number: Mapped[int]
    day: Mapped[date]
    policy: Mapped[dict[str, Any]]
    policy_number: Mapped[int]
    closes: Mapped[list[Any]]
    counts: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class ArchivedVerdict(Base):
    """One person's row; `criteria`: `[{code, label, state, value, target}, …]`."""

    __tablename__ = "plugin_promotion_archived"
    __table_args__ = (UniqueConstraint("archive_id", "person_id"),)
    id: Mapped[Pk]
    archive_id: Mapped[int] = mapped_column(ForeignKey("plugin_promotion_archive.id"))
    person_id: Mapped[PersonId]
    level: Mapped[Code]
    employment: Mapped[Code]
    verdict: Mapped[Code]
    runs: Mapped[list[str]]
    criteria: Mapped[list[Any]]

    archive: Mapped[Archive] = relationship(Archive)
    person: Mapped[Person] = relationship(Person)
