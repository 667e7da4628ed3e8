"""Question banks and exams as the files they are loaded from (`questions/`, `exams/`)."""

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms.plugins.api import Session, sides, write_document
from lms.plugins.exams.media import items
from lms.plugins.exams.media.files import Writing
from lms.plugins.exams.models import Bank, Exam, Question, QuestionVersion
from lms.plugins.exams.papers import files
from lms.plugins.exams.types import KINDS
from lms.plugins.exams.wording import own_wording


def dump_questions(session: Session, folder: Path) -> int:
    """One file for each bank, its questions as worded now, in the order they came in."""
    found = session.scalars(select(Bank).order_by(Bank.key)).all()
    writing = Writing(session, folder)
    for bank in found:
        questions = [
            writing.without_files(entry_of_version(version))
            | ({"withdrawn": True} if version.question.withdrawn_at else {})
            for version in current_versions(session, bank.id)
        ]
        write_document(
            folder, bank.key, {"bank": bank.key, "title": sides(bank.title), "questions": questions}
        )
    return len(found)


def current_versions(session: Session, bank_id: int) -> list[QuestionVersion]:
    """The bank's questions as worded now, in the order they came in."""
    wanted = (
        select(QuestionVersion)
        .join(QuestionVersion.question)
        .where(Question.bank_id == bank_id, QuestionVersion.number == Question.current_number)
        .options(joinedload(QuestionVersion.question).selectinload(Question.tags))
        .order_by(Question.id)
    )
    return list(session.scalars(wanted))


def entry_of_version(version: QuestionVersion) -> dict[str, Any]:
    """As in a content file, with what is said of its media in the place of their files."""
    question = version.question
    document = {
        "key": question.key,
        "type": version.type,
        "difficulty": question.difficulty,
        "tags": [tag.tag for tag in question.tags],
        "case": question.case_key,
        "stem": sides(version.stem),
        **_tidy(KINDS[version.type].entry(own_wording(version))),
        "explanation": sides(version.explanation),
        "media": _tidy(items.as_entry(version.media)),
    }
    return {name: value for name, value in document.items() if value}


def _tidy(value: Any) -> Any:
    """Without the empty sides of texts."""
    if isinstance(value, list):
        return [_tidy(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) <= {"zh", "en"}:
        return sides(value)
    return {name: _tidy(each) for name, each in value.items()}


def dump_exams(session: Session, folder: Path) -> int:
    wanted = select(Exam).options(selectinload(Exam.bank)).order_by(Exam.key)
    found = session.scalars(wanted).all()
    for exam in found:
        write_document(folder, exam.key, _exam(session, exam))
    return len(found)


def _exam(session: Session, exam: Exam) -> dict[str, Any]:
    document = {
        "key": exam.key,
        "title": sides(exam.title),
        **files.parts(session, exam),
        "minutes": exam.minutes,
        "pass_mark": exam.pass_mark,
        "max_attempts": exam.max_attempts,
        "cooldown_minutes": exam.cooldown_minutes,
    }
    return {name: value for name, value in document.items() if value is not None}
