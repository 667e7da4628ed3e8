"""What a rater has begun to give, kept until it is submitted."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint

from lms.db import Code, Mapped, Model, Pk, mapped_column


class RatingDraft(Model):
    """`subject` names what is scored: `run.5`. Seen by its rater alone."""

    __tablename__ = "rating_draft"
    __table_args__ = (UniqueConstraint("rater_id", "subject"),)
    id: Mapped[Pk]
    rater_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[Code]
    marks: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
