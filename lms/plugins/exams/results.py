"""The result of an attempt, with key and explanation: for after handing in only."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased, joinedload

from lms.plugins.api import Localized, NotFound, Session
from lms.plugins.exams.attempts import questions
from lms.plugins.exams.models import Attempt, Exam, Response


@dataclass(frozen=True)
class ShownOption:
    text: Localized
    is_chosen: bool
    is_right: bool


@dataclass(frozen=True)
class ShownQuestion:
    position: int
    stem: Localized
    type: str
    options: Sequence[ShownOption]
    explanation: Localized
    is_correct: bool
    is_answered: bool


@dataclass(frozen=True)
class Result:
    attempt: Attempt
    exam: Exam
    count: int
    correct: int
    questions: Sequence[ShownQuestion]
    has_passed: bool


def found(session: Session, attempt_id: int) -> tuple[Attempt, bool] | None:
    """The attempt with exam and person, and whether the step's exam has been passed by now."""
    every = aliased(Attempt)
    passed = exists().where(
        every.enrolment_id == Attempt.enrolment_id,
        every.step_id == Attempt.step_id,
        every.passed.is_(True),
    )
    row = session.execute(
        select(Attempt, passed)
        .where(Attempt.id == attempt_id)
        .options(joinedload(Attempt.exam), joinedload(Attempt.person))
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def result_of(
    session: Session, attempt: Attempt, *, has_passed: bool, only_wrong: bool = False
) -> Result:
    """NotFound while it has not been handed in."""
    if attempt.submitted_at is None:
        raise NotFound("This exam has not been handed in yet.")
    paper = questions(session, attempt.id)
    return Result(
        attempt=attempt,
        exam=attempt.exam,
        count=len(paper),
        correct=sum(bool(r.is_correct) for r in paper),
        questions=[_shown(r) for r in paper if not (only_wrong and r.is_correct)],
        has_passed=has_passed,
    )


def _shown(response: Response) -> ShownQuestion:
    version, chosen = response.version, response.answer or []
    return ShownQuestion(
        position=response.position,
        stem=version.stem,
        type=version.type,
        options=[
            ShownOption(Localized.of(version.options[i]), i in chosen, i in version.answer)
            for i in response.option_order
        ],
        explanation=version.explanation,
        is_correct=bool(response.is_correct),
        is_answered=bool(chosen),
    )
