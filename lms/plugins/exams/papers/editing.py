"""Making and changing an exam. Open attempts keep what they began with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.plugins.api import N_, Actor, Conflict, DomainError, Localized, Session, audit
from lms.plugins.exams.models import Exam, Question, QuestionTag
from lms.plugins.exams.papers import drawing, rules, sections
from lms.plugins.exams.papers.rules import Rules
from lms.plugins.exams.papers.sections import Section

_LIMITS = (
    ("minutes", 1, 600, False),
    ("pass_mark", 1, 100, False),
    ("max_attempts", 1, 100, True),
    ("cooldown_minutes", 1, 525_600, True),
)


@dataclass(frozen=True)
class Settings:
    """All that is set of an exam; what may be None is without limit then."""

    title: Localized
    sections: Sequence[Section]
    rules: Rules
    minutes: int | None
    pass_mark: int | None
    max_attempts: int | None = None
    cooldown_minutes: int | None = None

    def columns(self) -> dict[str, Any]:
        """As the exam's columns hold them."""
        tags = {tag for section in self.sections for tag in section.tags}
        return {
            "title": self.title,
            "bank_id": self.sections[0].bank_id,
            "sections": [section.as_json() for section in self.sections],
            "tags": sorted(tags) if all(s.tags or s.is_fixed for s in self.sections) else [],
            "count": sum(section.size for section in self.sections),
            "rules": self.rules.as_json(),
            "minutes": self.minutes,
            "pass_mark": self.pass_mark,
            "max_attempts": self.max_attempts,
            "cooldown_minutes": self.cooldown_minutes,
        }


class NothingChanged(DomainError):
    """It is so already."""


def settings_of(exam: Exam) -> Settings:
    """As they are now, to change some of them."""
    return Settings(
        title=exam.title,
        sections=sections.sections_of(exam),
        rules=rules.read(exam.rules),
        minutes=exam.minutes,
        pass_mark=exam.pass_mark,
        max_attempts=exam.max_attempts,
        cooldown_minutes=exam.cooldown_minutes,
    )


def create(session: Session, key: str, settings: Settings, *, actor: Actor, now: datetime) -> Exam:
    """A new exam; the same key again, as by a double click, is the one there is."""
    check(session, settings)
    exam = Exam(key=key, number=1, **settings.columns())
    try:
        with session.begin_nested():
            session.add(exam)
    except IntegrityError:
        return session.scalars(select(Exam).where(Exam.key == key)).one()
    _record(session, exam, {}, actor, now)
    return exam


def lock(session: Session, exam: Exam) -> None:
    """As it is now, until the transaction ends. Its own row alone: what it was loaded with comes
    by an outer join, which PostgreSQL does not lock."""
    session.refresh(exam, with_for_update={"of": Exam})


def change(
    session: Session,
    exam: Exam,
    settings: Settings,
    *,
    base_number: int,
    actor: Actor,
    now: datetime,
) -> Exam:
    """The next version; Conflict unless `base_number` is still the one in force."""
    lock(session, exam)
    if exam.number != base_number:
        raise Conflict("Somebody changed this exam in the meantime. Look at it again first.")
    check(session, settings)
    columns = settings.columns()
    before = {name: getattr(exam, name) for name in columns}
    if not exam.sections:  # the same exam, said in the short way
        before["sections"] = [section.as_json() for section in sections.sections_of(exam)]
    if columns == before:
        raise NothingChanged(N_("Nothing was changed."))
    for name, value in columns.items():
        setattr(exam, name, value)
    exam.number += 1
    _record(session, exam, before, actor, now)
    return exam


def check(session: Session, settings: Settings) -> None:
    """DomainError about what is wrong, with the form field it belongs to."""
    if not settings.title:
        raise DomainError("Give it a title.", field="title_zh")
    for name, low, high, is_optional in _LIMITS:
        value = getattr(settings, name)
        if value is None and is_optional:
            continue
        if type(value) is not int or not low <= value <= high:
            raise DomainError(
                "This must be between %(low)s and %(high)s.", field=name, low=low, high=high
            )
    sections.check(settings.sections)
    _check_questions(session, settings.sections)
    drawing.refuse_unfilled(
        drawing.choose(drawing.pool(session, settings.sections, None), settings.sections),
        settings.sections,
    )


def _check_questions(session: Session, wanted: Sequence[Section]) -> None:
    """Only tags there are, and fixed questions of the section's own bank."""
    for number, section in enumerate(wanted):
        where = Question.bank_id == section.bank_id
        if section.is_fixed:
            theirs = select(Question.id).where(where, Question.id.in_(section.questions))
            if len(session.scalars(theirs).all()) != len(section.questions):
                raise DomainError(
                    "These are not questions of this bank.", field=f"sections-{number}-questions"
                )
        elif section.tags:
            known = session.scalars(
                select(QuestionTag.tag)
                .join(Question, Question.id == QuestionTag.question_id)
                .where(where, QuestionTag.tag.in_(section.tags))
                .distinct()
            ).all()
            if unknown := [tag for tag in section.tags if tag not in known]:
                raise DomainError(
                    "No question of this bank has the tag %(tags)s.",
                    field=f"sections-{number}-tags",
                    tags=", ".join(unknown),
                )


def _record(
    session: Session, exam: Exam, before: dict[str, Any], actor: Actor, now: datetime
) -> None:
    session.flush()
    changed = {
        name: [_plain(before.get(name)), _plain(getattr(exam, name))]
        for name in before or ("title", "count", "minutes", "pass_mark")
        if before.get(name) != getattr(exam, name)
    }
    audit.record(
        session,
        actor,
        "exam.save",
        ("exam", exam.id),
        now=now,
        key=exam.key,
        number=exam.number,
        changed=changed,
    )


def _plain(value: Any) -> Any:
    return {"zh": value.zh, "en": value.en} if isinstance(value, Localized) else value
