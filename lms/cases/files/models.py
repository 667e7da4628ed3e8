"""A file of cases that was read and shown, and taken or not."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey

from lms.db import Mapped, Model, Pk, mapped_column


class CaseImport(Model):
    """`content`: {"cases": [{"key", "place", "is_new", "case", and, where the file says something
    of them, "pictures": [{"upload", "sha256", "zh", "en"}]}], "same": how many are here already,
    "refused": [{"place", "title", "reasons": [{"message", "params"}]}], "unknown": [header]}."""

    __tablename__ = "case_import"
    id: Mapped[Pk]
    filename: Mapped[str]
    content: Mapped[dict[str, Any]]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
