"""Saving a question as a new version, and taking it out of use."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.plugins.api import Actor, Conflict, DomainError, Localized, NotFound, Session, audit
from lms.plugins.exams.content import load_entries
from lms.plugins.exams.dumping import current_versions
from lms.plugins.exams.importing.spelling import identity, named_by
from lms.plugins.exams.media import items
from lms.plugins.exams.models import Bank, Question, QuestionVersion
from lms.plugins.exams.types import KINDS, Wrong
from lms.plugins.exams.wording import own_wording


def current(session: Session, question_id: int) -> QuestionVersion:
    """The question as it is worded now."""
    found = session.scalar(
        select(QuestionVersion)
        .join(QuestionVersion.question)
        .where(Question.id == question_id, QuestionVersion.number == Question.current_number)
    )
    if found is None:
        raise NotFound("There is no such question.")
    return found


def check(entry: Mapping[str, Any]) -> None:
    """DomainError on the field that is missing or wrong."""
    if not Localized.of(entry["stem"]):
        raise DomainError("Write the question.", field="stem_zh")
    try:
        items.of_entry(entry, KINDS[entry["type"]].wording(entry).options)
    except Wrong as error:
        raise DomainError("This is missing, or not as the help says.", field=error.field) from None


def alike(session: Session, bank: Bank, entry: Mapping[str, Any], but: int | None) -> str | None:
    """The key of another question of the bank that asks the same, however it is spelt."""
    wording = KINDS[entry["type"]].wording(entry)
    mine = _names(Localized.of(entry["stem"]), named_by(entry["type"], wording))
    shown = items.hashes(entry.get("media"))
    for version in current_versions(session, bank.id):
        if version.question_id == but or items.hashes(version.media) != shown:
            continue
        if mine & _names(version.stem, named_by(version.type, own_wording(version))):
            return version.question.key
    return None


def _names(stem: Localized, options: list[Any]) -> set[str]:
    texts = [Localized.of(option) for option in options]
    return {
        identity(getattr(stem, side), [text.pick(side) for text in texts])
        for side in ("zh", "en")
        if getattr(stem, side)
    }


def create(
    session: Session, bank: Bank, entry: Mapping[str, Any], *, actor: Actor, now: datetime
) -> Question:
    check(entry)
    key = f"q-{secrets.token_hex(8)}"
    load_entries(session, bank.id, [{**entry, "key": key}], bank.key, now)
    session.flush()
    made = session.scalars(
        select(Question).where(Question.bank_id == bank.id, Question.key == key)
    ).one()
    _record(session, made, 1, actor, now)
    return made


def change(
    session: Session,
    question_id: int,
    entry: Mapping[str, Any],
    *,
    base_number: int,
    actor: Actor,
    now: datetime,
) -> bool:
    """Whether anything changed. Another wording is a new version: attempts keep theirs.

    Conflict if somebody else saved since version `base_number`.
    """
    check(entry)
    question = _locked(session, question_id)
    if question.current_number != base_number:
        raise Conflict(
            "Somebody saved version %(number)s meanwhile. Yours is below; take over what you need.",
            number=question.current_number,
        )
    if not load_entries(session, question.bank_id, [{**entry, "key": question.key}], "", now):
        return False
    session.flush()
    _record(session, question, question.current_number, actor, now)
    return True


def withdraw(
    session: Session, question_id: int, *, is_out: bool, actor: Actor, now: datetime
) -> Question:
    """Out of use, or back in it; papers that are drawn already keep it."""
    question = _locked(session, question_id)
    if (question.withdrawn_at is not None) == is_out:
        return question
    question.withdrawn_at = now if is_out else None
    action = "exam.withdraw" if is_out else "exam.put_back"
    audit.record(session, actor, action, ("exam_question", question.id), now=now)
    return question


def _locked(session: Session, question_id: int) -> Question:
    found = session.scalar(
        select(Question)
        .where(Question.id == question_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("There is no such question.")
    return found


def _record(session: Session, question: Question, number: int, actor: Actor, now: datetime) -> None:
    subject = ("exam_question", question.id)
    audit.record(session, actor, "exam.question", subject, now=now, version=number)
