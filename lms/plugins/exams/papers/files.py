"""Exams as content files have them: the short way, or with sections and rules."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lms.plugins.api import DomainError, Localized, Session
from lms.plugins.exams.models import Exam
from lms.plugins.exams.papers import editing, rules, sections


def digest_of(document: Mapping[str, Any]) -> str:
    told = json.dumps(document, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def settings_of(session: Session, document: Mapping[str, Any], file: str) -> editing.Settings:
    """Of an entry with sections; DomainError names the file and what is wrong."""
    try:
        found = editing.Settings(
            title=Localized.of(document.get("title")),
            sections=[sections.by_keys(session, raw) for raw in document["sections"]],
            rules=rules.read(document.get("rules") or {}),
            minutes=document.get("minutes"),
            pass_mark=document.get("pass_mark"),
            max_attempts=document.get("max_attempts"),
            cooldown_minutes=document.get("cooldown_minutes"),
        )
        editing.check(session, found)
    except DomainError as error:
        raise DomainError(
            "%(where)s: the field %(name)s is missing or wrong.",
            field=error.field,
            where=file,
            name=error.field or "sections",
        ) from error
    return found


def store(
    session: Session, key: str, values: Mapping[str, Any], document: Mapping[str, Any]
) -> bool:
    """Whether something changed. A file that was loaded before undoes no change made on screen."""
    digest = digest_of(document)
    exam = session.scalar(select(Exam).where(Exam.key == key))
    if exam is None:
        session.add(Exam(key=key, content_hash=digest, **values))
        return True
    if exam.content_hash == digest:
        return False
    exam.content_hash = digest
    old = {name: getattr(exam, name) for name in values}
    for name, value in values.items():
        setattr(exam, name, value)
    if old != values:
        exam.number += 1
    return old != values


def parts(session: Session, exam: Exam) -> dict[str, Any]:
    """What a file says beyond the short way: sections in place of bank, tags and count."""
    found: dict[str, Any] = {}
    if exam.sections:
        found["sections"] = [
            sections.as_file(session, section) for section in sections.sections_of(exam)
        ]
    else:
        found = {"bank": exam.bank.key, "tags": list(exam.tags), "count": exam.count}
    if exam.rules:
        found["rules"] = exam.rules
    return found
