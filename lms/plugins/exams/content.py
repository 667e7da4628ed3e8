"""Question banks and exams from content files (`questions/`, `exams/`)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from lms.plugins.api import DomainError, Localized, Session, documents
from lms.plugins.exams.media import files as media_files
from lms.plugins.exams.media import items, keeping
from lms.plugins.exams.models import Bank, Question, QuestionTag, QuestionVersion
from lms.plugins.exams.papers import files, rules
from lms.plugins.exams.wording import digest_of, says, search_text, wording_of, wrong

_EXAM_FIELDS = ("count", "minutes", "pass_mark", "max_attempts", "cooldown_minutes")


def load_questions(session: Session, folder: Path, now: datetime) -> int:
    """New wording makes a new version; a question left out of the file stays as it is."""
    return sum(
        load_bank(session, _with_files(session, document, path, now), path.name, now)
        for path, document in documents(folder)
    )


def _with_files(
    session: Session, document: dict[str, Any], path: Path, now: datetime
) -> dict[str, Any]:
    questions = document.get("questions") or ()
    return document | {
        "questions": [
            media_files.with_files(session, e, path.parent, f"{path.name}, {e.get('key')}", now)
            for e in questions
        ]
    }


def load_bank(session: Session, document: Mapping[str, Any], file: str, now: datetime) -> int:
    """The document with its files in place."""
    bank = session.scalar(select(Bank).where(Bank.key == _text(document, "bank", file)))
    title = Localized.of(document.get("title"))
    changed = 0
    if bank is None:
        bank = Bank(key=document["bank"], title=title)
        session.add(bank)
        session.flush()
        changed = 1
    elif bank.title != title:
        bank.title = title
        changed = 1
    return changed + _load_new(session, bank.id, document.get("questions") or (), file, now)


def _load_new(
    session: Session, bank_id: int, entries: Iterable[Mapping[str, Any]], file: str, now: datetime
) -> int:
    """An entry that was loaded before undoes no change made on screen."""
    wanted: dict[str, tuple[Mapping[str, Any], str]] = {}
    for entry in entries:
        key = _text(entry, "key", file)
        if key in wanted:
            raise wrong(f"{file}, {key}", "key")
        wanted[key] = entry, digest_of(entry)
    in_bank = select(Question).where(Question.bank_id == bank_id)
    loaded = {question.key: question.file_hash for question in session.scalars(in_bank)}
    new = {key: entry for key, (entry, digest) in wanted.items() if loaded.get(key) != digest}
    changed = load_entries(session, bank_id, new.values(), file, now)
    session.flush()
    for question in session.scalars(in_bank.where(Question.key.in_(new))):
        question.file_hash = wanted[question.key][1]
    return changed


def load_entries(
    session: Session, bank_id: int, entries: Iterable[Mapping[str, Any]], file: str, now: datetime
) -> int:
    """Questions as content files have them, by key; returns how many are new or changed."""
    entries = list(entries)
    keeping.hold(session, [h for entry in entries for h in items.hashes(entry.get("media"))])
    known = {q.key: (q, digest) for q, digest in _current(session, bank_id)}
    return sum(_load_question(session, bank_id, entry, known, file, now) for entry in entries)


def _current(session: Session, bank_id: int) -> list[tuple[Question, str]]:
    rows = session.execute(
        select(Question, QuestionVersion.content_hash)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(Question.bank_id == bank_id, QuestionVersion.number == Question.current_number)
        .options(selectinload(Question.tags))
    )
    return [(question, digest) for question, digest in rows]


def _load_question(
    session: Session,
    bank_id: int,
    entry: Mapping[str, Any],
    known: dict[str, tuple[Question, str]],
    file: str,
    now: datetime,
) -> bool:
    key = _text(entry, "key", file)
    wording = wording_of(entry, f"{file}, {key}")
    digest = digest_of(wording)
    tags = sorted(set(entry.get("tags") or ()))
    difficulty = entry.get("difficulty", 1)
    if not (isinstance(difficulty, int) and 1 <= difficulty <= 5):
        raise wrong(f"{file}, {key}", "difficulty")
    case_key = entry.get("case")
    if not (case_key is None or isinstance(case_key, str)):
        raise wrong(f"{file}, {key}", "case")
    is_out = entry.get("withdrawn")
    if not (is_out is None or isinstance(is_out, bool)):
        raise wrong(f"{file}, {key}", "withdrawn")
    question, old_digest = known.get(key, (None, ""))
    if question is not None and digest != old_digest and says(session, question, wording):
        digest = old_digest
    if question is None:
        question = Question(bank_id=bank_id, key=key, current_number=0, difficulty=difficulty)
    elif (digest, difficulty, case_key, tags) == (
        old_digest,
        question.difficulty,
        question.case_key,
        [t.tag for t in question.tags],
    ) and is_out in (None, question.withdrawn_at is not None):
        return False
    if is_out is not None and is_out != (question.withdrawn_at is not None):
        question.withdrawn_at = now if is_out else None
    question.difficulty, question.case_key = difficulty, case_key
    question.tags = [t for t in question.tags if t.tag in tags]
    question.tags += [QuestionTag(tag=t) for t in tags if t not in {x.tag for x in question.tags}]
    question.search = search_text(key, wording)
    if digest != old_digest:
        question.current_number += 1
        session.add(question)
        session.flush()
        session.add(
            QuestionVersion(
                question_id=question.id,
                number=question.current_number,
                type=wording["type"],
                stem=Localized.of(wording["stem"]),
                options=wording["options"],
                parts=wording.get("parts", []),
                answer=wording["answer"],
                explanation=Localized.of(wording["explanation"]),
                media=wording.get("media"),
                content_hash=digest,
                created_at=now,
            )
        )
    return True


def load_exams(session: Session, folder: Path, now: datetime) -> int:
    return sum(_load_exam(session, document, path.name) for path, document in documents(folder))


def _load_exam(session: Session, document: Mapping[str, Any], file: str) -> bool:
    key = _text(document, "key", file)
    if "sections" in document:
        values = files.settings_of(session, document, file).columns()
    else:
        values = _short(session, document, file)
    return files.store(session, key, values, document)


def _short(session: Session, document: Mapping[str, Any], file: str) -> dict[str, Any]:
    """The exam's columns, from an entry that draws from one bank."""
    bank = session.scalar(select(Bank).where(Bank.key == _text(document, "bank", file)))
    if bank is None:
        raise wrong(file, "bank")
    tags = list(document.get("tags") or ())
    values: dict[str, Any] = {name: document.get(name) for name in _EXAM_FIELDS}
    for name, value in values.items():
        is_optional = name in ("max_attempts", "cooldown_minutes")
        if not (value is None and is_optional) and not (type(value) is int and value > 0):
            raise wrong(file, name)
    if values["pass_mark"] > 100:  # an integer: looked at above
        raise wrong(file, "pass_mark")
    there = matching(session, bank.id, tags)
    if values["count"] > there:
        raise DomainError(
            "%(file)s asks for %(count)s questions, the bank has %(there)s that fit.",
            file=file,
            count=values["count"],
            there=there,
        )
    values |= {"title": Localized.of(document.get("title")), "bank_id": bank.id, "tags": tags}
    return values | {"rules": rules.read(document.get("rules") or {}).as_json(), "sections": []}


def matching(session: Session, bank_id: int, tags: list[str]) -> int:
    """How many questions of the bank carry one of the tags."""
    found = select(func.count(Question.id)).where(
        Question.bank_id == bank_id, Question.withdrawn_at.is_(None)
    )
    if tags:
        found = found.where(Question.tags.any(QuestionTag.tag.in_(tags)))
    return session.scalar(found) or 0


def _text(document: Mapping[str, Any], name: str, file: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise wrong(file, name)
    return value
