"""A drawn paper to look at before anybody sits it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from lms.plugins.api import DomainError, Session
from lms.plugins.exams.models import Exam, Question, QuestionTag, QuestionVersion, Response
from lms.plugins.exams.papers import drawing
from lms.plugins.exams.papers import rules as exam_rules
from lms.plugins.exams.papers.sections import Section, sections_of


class DrawnQuestion(NamedTuple):
    """`option_order` as the person would see them."""

    position: int
    points: int
    version: QuestionVersion
    option_order: Sequence[int]


class DrawnSection(NamedTuple):
    section: Section
    questions: Sequence[DrawnQuestion]


def paper(
    session: Session, exam: Exam, seed: int
) -> tuple[Sequence[DrawnSection], DomainError | None]:
    """For somebody who has seen no question; or nothing and why it cannot be drawn."""
    parts, rules = sections_of(exam), exam_rules.read(exam.rules)
    try:
        drawn = drawing.draw(
            drawing.pool(session, parts, None),
            parts,
            seed,
            shuffle_questions=rules.shuffle_questions,
            shuffle_options=rules.shuffle_options,
        )
    except DomainError as error:
        return [], error
    found = session.scalars(
        select(QuestionVersion).where(QuestionVersion.id.in_([r.version_id for r in drawn]))
    )
    versions = {version.id: version for version in found}
    return [
        DrawnSection(part, [_question(r, versions) for r in drawn if r.section == number])
        for number, part in enumerate(parts)
    ], None


def _question(response: Response, versions: Mapping[int, QuestionVersion]) -> DrawnQuestion:
    return DrawnQuestion(
        response.position, response.points, versions[response.version_id], response.option_order
    )


def tags_by_bank(session: Session) -> dict[int, list[tuple[str, int]]]:
    """With how many questions carry them, the commonest first."""
    rows = session.execute(
        select(Question.bank_id, QuestionTag.tag, func.count())
        .join(Question, Question.id == QuestionTag.question_id)
        .group_by(Question.bank_id, QuestionTag.tag)
        .order_by(func.count().desc(), QuestionTag.tag)
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for bank_id, tag, count in rows:
        found.setdefault(bank_id, []).append((tag, count))
    return found
