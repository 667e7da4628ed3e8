"""Nominations, what was decided on them, and the probation that followed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import Code, Mapped, Person, PersonId, Pk, mapped_column, new_registry


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

    `ended_*`: who took it back, or None if it could not be carried out, when and why.
    """

    __tablename__ = "plugin_promotion_nomination"
    __table_args__ = (
        # One nomination under way for a person, however often the button is pressed.
        Index(
            "uq_plugin_promotion_nomination_pending",
            "person_id",
            unique=True,
            sqlite_where=text(_PENDING),
            postgresql_where=text(_PENDING),
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
