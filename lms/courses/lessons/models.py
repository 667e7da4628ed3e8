"""How far somebody has got in a film or recording of a lesson."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint

from lms.db import Code, Mapped, Model, Pk, mapped_column


class MediaPosition(Model):
    """Milliseconds: `position` where they stopped, `furthest` what they have seen of it from the
    start, `credit` by how much that may grow without more time passing."""

    __tablename__ = "media_position"
    __table_args__ = (UniqueConstraint("enrolment_id", "step_id", "name"),)
    id: Mapped[Pk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("step.id"))
    name: Mapped[Code]
    position: Mapped[int]
    furthest: Mapped[int]
    credit: Mapped[int]
    reported_at: Mapped[datetime]
