"""Nominations and what was decided on them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import Code, Mapped, Person, PersonId, Pk, mapped_column, new_registry


class Base(DeclarativeBase):
    registry = new_registry()


class NominationState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"


class Nomination(Base):
    """`evidence`: the verdict as it stood when nominated, `{runs, policy, criteria}`."""

    __tablename__ = "plugin_promotion_nomination"
    __table_args__ = (
        # One open nomination for a person, however often the button is pressed.
        Index(
            "uq_plugin_promotion_nomination_open",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
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

    person: Mapped[Person] = relationship(Person, foreign_keys="Nomination.person_id")
    nominator: Mapped[Person | None] = relationship(Person, foreign_keys=[nominated_by])
    decider: Mapped[Person | None] = relationship(Person, foreign_keys=[decided_by])
