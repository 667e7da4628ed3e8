"""A file read and kept to be looked at; taken later, once."""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import Actor, Conflict, DomainError, Session
from lms.plugins.exams.importing import reading, storing
from lms.plugins.exams.importing.storing import Plan
from lms.plugins.exams.models import Bank, QuestionImport


def prepare(
    session: Session, bank_name: str, content: bytes, filename: str, *, person_id: int,
    now: datetime,
) -> QuestionImport:  # fmt: skip
    """Nothing enters a bank yet; DomainError if the file cannot be read."""
    found = reading.read(content, filename)
    plan = storing.plan(session, storing.find_bank(session, bank_name), found)
    storing.keep_files(session, found, now)
    kept = QuestionImport(
        bank_name=bank_name,
        filename=filename[:200],
        created_by=person_id,
        created_at=now,
        content={
            "added": plan.added,
            "changed": plan.changed,
            "same": plan.same,
            "refused": [
                {"place": str(r.place), "stem": r.stem, "reasons": [_said(e) for e in r.reasons]}
                for r in plan.refused
            ],
            "warnings": [
                {"place": str(place) if place else "", **_said(said)}
                for place, said in found.said()
            ],
            "unknown": found.unknown,
        },
    )
    session.add(kept)
    session.flush()
    return kept


def _said(error: DomainError) -> dict[str, object]:
    return {"message": error.message, "params": {k: str(v) for k, v in error.params.items()}}


def take(
    session: Session, import_id: int, *, accept_valid: bool, actor: Actor, now: datetime
) -> tuple[QuestionImport, Bank]:
    """Store its questions; Conflict the second time, DomainError with refused ones not accepted."""
    found = select(QuestionImport).where(QuestionImport.id == import_id).with_for_update()
    kept = session.scalars(found).one()
    if kept.taken_at is not None:
        raise Conflict("These questions have been imported already.")
    content = kept.content
    if content["refused"] and not accept_valid:
        raise DomainError(
            "Some questions are refused. Tick the box to take the good ones.", field="accept_valid"
        )
    plan = Plan(added=content["added"], changed=content["changed"])
    bank = storing.store(session, kept.bank_name, plan, file=kept.filename, actor=actor, now=now)
    kept.taken_at = now
    return kept, bank
