"""Certificates, as issued: what they say never changes afterwards."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    Localized,
    Mapped,
    Person,
    PersonId,
    Pk,
    mapped_column,
    new_registry,
)


class CertificatesModel(DeclarativeBase):
    registry = new_registry()


class Certificate(CertificatesModel):
    """One for each enrolment completed. `code` is what others check it by."""

    __tablename__ = "plugin_certificates_certificate"
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    holder: Mapped[str]
    title: Mapped[Localized]
    clears_for_duty: Mapped[bool]
    code: Mapped[str] = mapped_column(unique=True)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]

    person: Mapped[Person] = relationship()

    @property
    def number(self) -> str:
        """As printed: `SA-2026-000042`."""
        return f"SA-{self.issued_on.year}-{self.id:06d}"

    @property
    def shown_code(self) -> str:
        """In groups of four, to be read out and typed in."""
        return "-".join(self.code[i : i + 4] for i in range(0, len(self.code), 4))
