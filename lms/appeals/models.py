"""Appeals and their decisions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import relationship

from lms.db import Code, Localized, Mapped, Model, PersonId, Pk, mapped_column
from lms.people.models import Person


class AppealState(StrEnum):
    PENDING = "pending"
    UPHELD = "upheld"
    DECLINED = "declined"


class Appeal(Model):
    """What a person has against an outcome of theirs: once for each outcome. `number` counts
    the appeals against a subject whose outcome became another after a decision.

    `title` and `url` are those of the subject when it was filed, so that they can be read while the
    plugin that the kind belongs to is away. `is_left_to_admins`: nobody else may decide on it.
    """

    __tablename__ = "appeal"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "person_id", "number"),)
    id: Mapped[Pk]
    kind: Mapped[Code]
    subject_id: Mapped[int]
    person_id: Mapped[PersonId]
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    title: Mapped[Localized]
    url: Mapped[str]
    reason: Mapped[str]
    state: Mapped[Code] = mapped_column(index=True)
    filed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(default="")
    is_left_to_admins: Mapped[bool] = mapped_column(default=False, server_default=false())

    person: Mapped[Person] = relationship(foreign_keys="Appeal.person_id")
    decider: Mapped[Person | None] = relationship(foreign_keys="Appeal.decided_by")
