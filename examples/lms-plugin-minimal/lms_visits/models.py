"""The visits. The table's name begins with `plugin_visits_`, as every table of this plugin must."""

from datetime import date, datetime

from lms.plugins.api import Mapped, Person, PersonId, Pk, mapped_column, new_registry
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import DeclarativeBase, relationship


class Base(DeclarativeBase):
    registry = new_registry()


class Visit(Base):
    """`score` is 0 to 100; `recorded_by` the quality specialist."""

    __tablename__ = "plugin_visits_visit"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score"),)
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    visited_on: Mapped[date] = mapped_column(index=True)
    score: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    person: Mapped[Person] = relationship(Person, foreign_keys="Visit.person_id")
