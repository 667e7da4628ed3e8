"""What somebody decided to leave out of the guided start; all else is read from the facts."""

from datetime import datetime

from sqlalchemy import ForeignKey

from lms.db import Code, Mapped, Model, mapped_column


class SetupSkip(Model):
    __tablename__ = "setup_skip"
    item: Mapped[Code] = mapped_column(primary_key=True)
    reason: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
