"""The result of an attempt, with key and explanation: for after handing in only."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

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
    later_passed: bool


def result_of(session: Session, attempt_id: int, *, only_wrong: bool = False) -> Result:
    attempt = session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt_id, Attempt.submitted_at.is_not(None))
        .options(joinedload(Attempt.exam), joinedload(Attempt.person))
    )
    if attempt is None:
        raise NotFound("This exam has not been handed in yet.")
    paper = questions(session, attempt_id)
    passed = select(Attempt.id).where(
        Attempt.enrolment_id == attempt.enrolment_id,
        Attempt.step_id == attempt.step_id,
        Attempt.passed.is_(True),
    )
    return Result(
        attempt=attempt,
        exam=attempt.exam,
        count=len(paper),
        correct=sum(bool(r.is_correct) for r in paper),
        questions=[_shown(r) for r in paper if not (only_wrong and r.is_correct)],
        later_passed=session.scalar(passed.limit(1)) is not None,
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
