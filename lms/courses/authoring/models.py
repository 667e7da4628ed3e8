"""Drafts of programmes: working material, gone once they are published."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import relationship

from lms.db import Mapped, Model, Pk, mapped_column
from lms.people.models import Person


class ProgrammeDraft(Model):
    """One for a programme at a time; without `programme_id` it will be a new one.

    `document` is what its file would say, half-written perhaps, with the `body` of each lesson in
    its step; `files` what lessons may show, by name, as `lessons.files.described` has it.
    `base_number` is the version it began from (0: none), `edit_count` moves with every change.
    """

    __tablename__ = "programme_draft"
    id: Mapped[Pk]
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    base_number: Mapped[int] = mapped_column(default=0)
    document: Mapped[dict[str, Any]]
    files: Mapped[dict[str, Any]]
    edit_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    editor: Mapped[Person | None] = relationship()
