"""What is planned for a month."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    Code,
    Localized,
    Mapped,
    Month,
    Person,
    Pk,
    Programme,
    mapped_column,
    new_registry,
)


class PlanningModel(DeclarativeBase):
    registry = new_registry()


class Kind(StrEnum):
    TOPIC = "topic"
    SHARING = "sharing"
    EXTERNAL = "external"
    PRACTICE = "practice"


class Category(StrEnum):
    BUSINESS = "business"
    SERVICE = "service"
    COMMUNICATION = "communication"
    PSYCHOLOGY = "psychology"
    COMPLAINTS = "complaints"
    EMOTIONS = "emotions"
    LAW = "law"


class Status(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class PlanEntry(PlanningModel):
    """`planned` and `attended` are numbers of people; `attended` empty: counted from the programme.

    `key` says where it came from (a form shown once, a copy of an entry to a month), so that a
    double click makes it once.
    """

    __tablename__ = "plugin_planning_entry"
    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(unique=True)
    month: Mapped[Month] = mapped_column(index=True)
    kind: Mapped[Code]
    category: Mapped[Code]
    title: Mapped[Localized]
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    guests: Mapped[str] = mapped_column(default="")
    status: Mapped[Code] = mapped_column(default=Status.PLANNED)
    planned: Mapped[int | None]
    attended: Mapped[int | None]
    remarks: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    programme: Mapped[Programme | None] = relationship()
    responsible: Mapped[Person | None] = relationship()
