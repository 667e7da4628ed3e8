"""A drill that somebody is to practise alone, because of what one of their runs showed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import relationship

from lms.cases.models import Drill, DrillRun
from lms.db import Mapped, Model, PartialIndex, PersonId, Pk, mapped_column

_IS_OPEN = "done_at IS NULL AND withdrawn_at IS NULL"


class PracticeItem(Model):
    """One for each scored run at most, and one open for each person and drill.

    `reasons`: what was too low, as it was named then: {"key", "zh", "en", "level"}; a critical
    error has no level. Withdrawn when a later score of the same run shows nothing low any more.
    """

    __tablename__ = "practice_item"
    __table_args__ = (
        PartialIndex(
            "uq_practice_item_open",
            "person_id",
            "drill_id",
            unique=True,
            where=_IS_OPEN,
        ),
    )
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    drill_id: Mapped[int] = mapped_column(ForeignKey("drill.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("drill_run.id"), unique=True)
    reasons: Mapped[list[Any]]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_run_id: Mapped[int | None] = mapped_column(ForeignKey("drill_run.id"))
    withdrawn_at: Mapped[datetime | None]

    drill: Mapped[Drill] = relationship()
    run: Mapped[DrillRun] = relationship(foreign_keys=[run_id])

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.withdrawn_at is None
