"""Who a programme is for, in versions; and the orders to enrol them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import relationship

from lms.db import Mapped, Model, PartialIndex, Pk, mapped_column
from lms.jobs import OutboxItem


class AudienceVersion(Model):
    """The rule of a programme; `rule` as `lms.courses.audience.rule` has it. The latest holds."""

    __tablename__ = "audience_version"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)
    id: Mapped[Pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    number: Mapped[int]
    rule: Mapped[dict[str, Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class ProgrammeAssignment(Model):
    """An order to enrol everybody who fits, done in the background, all of them or nobody.

    Until `finished_at` it waits for its job. With `follow_until` it goes on until that day, by the
    rule in force then, not only the version it began with, and `enrolled` and `withdrawn` grow.
    """

    __tablename__ = "programme_assignment"
    __table_args__ = (
        # One at a time, however often a button is pressed.
        PartialIndex(
            "uq_programme_assignment_waiting",
            "programme_id",
            unique=True,
            where="finished_at IS NULL",
        ),
    )
    id: Mapped[Pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    audience_id: Mapped[int] = mapped_column(ForeignKey("audience_version.id"))
    starts_on: Mapped[date]
    skip_completed: Mapped[bool]
    follow_until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    matched: Mapped[int] = mapped_column(default=0)
    already_active: Mapped[int] = mapped_column(default=0)
    completed_before: Mapped[int] = mapped_column(default=0)
    enrolled: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    followed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    job_id: Mapped[int] = mapped_column(ForeignKey("outbox_item.id"))

    audience: Mapped[AudienceVersion] = relationship()
    job: Mapped[OutboxItem] = relationship()
