"""Topics in which people's answers were wrong: questions by their tags."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, cast, func, select

from lms.plugins.api import (
    Localized,
    Module,
    Person,
    Programme,
    ProgrammeVersion,
    Session,
    SkillGap,
    Step,
    is_latest,
)
from lms.plugins.exams.models import Attempt, Exam, QuestionTag, QuestionVersion, Response
from lms.plugins.exams.settling import is_appealed
from lms.plugins.exams.topics import names

_SOURCE = Localized("考试知识点", "Exam topic")
# Fewer questions on a topic than this say nothing about somebody.
_ENOUGH = 2
# So many questions are named for a topic.
_SHOWN = 3


def skill_gaps(session: Session, scope: ColumnElement[bool], since: datetime) -> Sequence[SkillGap]:
    """Who answered fewer than half of at least two questions on a topic rightly; three queries, one
    more where tags have to be looked up."""
    right = func.sum(func.coalesce(cast(Response.is_correct, Integer), 0))
    rows = session.execute(
        select(QuestionTag.tag, Attempt.person_id)
        .join(QuestionVersion, QuestionVersion.question_id == QuestionTag.question_id)
        .join(Response, Response.version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(Person, Person.id == Attempt.person_id)
        .where(scope, Person.left_on.is_(None), Attempt.submitted_at >= since)
        .where(Response.share.is_not(None), ~is_appealed())
        .group_by(QuestionTag.tag, Attempt.person_id)
        .having(func.count() >= _ENOUGH, 2 * right < func.count())
    )
    people: dict[str, list[int]] = defaultdict(list)
    for tag, person_id in rows:
        people[tag].append(person_id)
    taught = _programmes_by_tag(session) if people else {}
    missed = _missed(session, scope, since, people) if people else {}
    named = names(session, people)
    return [
        SkillGap(
            code=f"exams.{tag}",
            label=named[tag],
            source=_SOURCE,
            person_ids=sorted(found),
            programme_ids=taught.get(tag, []),
            details=missed.get(tag, []),
        )
        for tag, found in people.items()
    ]


def _missed(
    session: Session, scope: ColumnElement[bool], since: datetime, tags: Collection[str]
) -> dict[str, list[tuple[Localized, int]]]:
    """By topic the questions that most people got wrong."""
    wrong = func.count(func.distinct(Attempt.person_id))
    rows = session.execute(
        select(QuestionTag.tag, QuestionVersion.stem, wrong)
        .join(QuestionVersion, QuestionVersion.question_id == QuestionTag.question_id)
        .join(Response, Response.version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(Person, Person.id == Attempt.person_id)
        .where(
            scope, Person.left_on.is_(None), Attempt.submitted_at >= since,
            Response.is_correct.is_(False), QuestionTag.tag.in_(tags), ~is_appealed(),
        )
        .group_by(QuestionTag.tag, QuestionVersion.id)
        .order_by(wrong.desc(), QuestionVersion.id)
    )  # fmt: skip
    found: dict[str, list[tuple[Localized, int]]] = defaultdict(list)
    for tag, stem, count in rows:
        if len(found[tag]) < _SHOWN:
            found[tag].append((stem, count))
    return found


def _programmes_by_tag(session: Session) -> dict[str, list[int]]:
    """Programmes whose latest version has an exam that asks about the topic."""
    rows = session.execute(
        select(Programme.id, Exam.tags)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .join(Module, Module.version_id == ProgrammeVersion.id)
        .join(Step, Step.module_id == Module.id)
        .join(Exam, Exam.key == Step.config["exam"].as_string())
        .where(Step.kind == "exam", is_latest())
        .order_by(Programme.id)
    )
    found: dict[str, list[int]] = defaultdict(list)
    for programme_id, tags in rows:
        for tag in tags:
            if programme_id not in found[tag]:
                found[tag].append(programme_id)
    return found
