"""Who did what to whom, when and why: written in the transaction of the deed itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index

from lms.db import Code, Mapped, Model, Pk, Session, mapped_column


class AuditEntry(Model):
    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_subject", "subject_kind", "subject_id"),)
    id: Mapped[Pk]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    via: Mapped[Code]
    action: Mapped[Code] = mapped_column(index=True)
    subject_kind: Mapped[Code]
    subject_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]]


@dataclass(frozen=True)
class Actor:
    """Who acts: a person through the web, or the operator at the command line (no person)."""

    person_id: int | None
    via: str = "web"


OPERATOR = Actor(None, "cli")
SYSTEM = Actor(None, "system")


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: tuple[str, int | None],
    *,
    now: datetime,
    reason: str = "",
    **details: Any,
) -> None:
    """Add an entry; `action` is `domain.verb`, `details` must be JSON (old and new values)."""
    session.add(
        AuditEntry(
            at=now,
            actor_id=actor.person_id,
            via=actor.via,
            action=action,
            subject_kind=subject[0],
            subject_id=subject[1],
            reason=reason,
            details=details,
        )
    )
