"""Certificates, as issued: what they say never changes, they are revoked or replaced."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    Code,
    Localized,
    Mapped,
    PartialIndex,
    Person,
    PersonId,
    Pk,
    mapped_column,
    new_registry,
)


class CertificatesModel(DeclarativeBase):
    registry = new_registry()


class Signature(CertificatesModel):
    """Who signs what is issued from now on; the one before stays with what it signed.

    `picture` is a PNG of ours, made anew from what was uploaded.
    """

    __tablename__ = "plugin_certificates_signature"
    id: Mapped[Pk]
    name: Mapped[Localized]
    office: Mapped[Localized]
    picture: Mapped[bytes | None] = mapped_column(deferred=True)
    has_picture: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CourseTerms(CertificatesModel):
    """What holds for one programme, whatever the policy says of its kind. `months` 0: no end."""

    __tablename__ = "plugin_certificates_terms"
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    grants: Mapped[bool]
    months: Mapped[int]


class Certificate(CertificatesModel):
    """`code` is what others check it by, together with the number.

    `expires_on` is its last day. `superseded_by_id` is the one that took its place: after another
    go at the course, or issued anew for the same. One of an honour has the honour's key as `award`
    and no enrolment.
    """

    __tablename__ = "plugin_certificates_certificate"
    __table_args__ = (
        # Of one completion there is one at a time, however often its event is heard.
        PartialIndex(
            "uq_plugin_certificates_current", "enrolment_id", unique=True,
            where="superseded_at IS NULL",
        ),
        PartialIndex(
            "uq_plugin_certificates_award", "award", unique=True,
            where="superseded_at IS NULL",
        ),
    )  # fmt: skip
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))
    award: Mapped[str | None]
    holder: Mapped[str]
    title: Mapped[Localized]
    issuer: Mapped[Localized]
    clears_for_duty: Mapped[bool]
    code: Mapped[str] = mapped_column(unique=True)
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("plugin_certificates_signature.id"))
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    expires_on: Mapped[date | None] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(default="")
    superseded_at: Mapped[datetime | None]
    superseded_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("plugin_certificates_certificate.id")
    )

    person: Mapped[Person] = relationship()
    signature: Mapped[Signature | None] = relationship()

    @property
    def number(self) -> str:
        """As printed: `SA-2026-000042`."""
        return f"SA-{self.issued_on.year}-{self.id:06d}"

    @property
    def shown_code(self) -> str:
        """In groups of four, to be read out and typed in."""
        return "-".join(self.code[i : i + 4] for i in range(0, len(self.code), 4))


class Reminder(CertificatesModel):
    """That the holder was told of the end to come; `stage` is `first` or `last`, each once."""

    __tablename__ = "plugin_certificates_reminder"
    certificate_id: Mapped[int] = mapped_column(
        ForeignKey("plugin_certificates_certificate.id"), primary_key=True
    )
    stage: Mapped[Code] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]
