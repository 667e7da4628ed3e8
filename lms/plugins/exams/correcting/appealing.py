"""Appeals about single answers, for the core's appeals service.

While one is pending the attempt counts nowhere, and a failed step is as if it still waited for its
result. Upheld, a person who had no part in it marks the answer, and the result is made anew.
"""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import (
    Actor,
    Appealable,
    AppealSubject,
    Conflict,
    Localized,
    Refusal,
    Session,
    StepState,
    take_back_failure,
)
from lms.plugins.exams.markers import marks
from lms.plugins.exams.models import Attempt, Exam, Mark, Response, Ruling
from lms.plugins.exams.papers import resits
from lms.plugins.exams.results import Sat
from lms.plugins.exams.settling import has_appeal, is_appealed, is_latest, remember, set_step

KIND = "exams.answer"
# A subject is an answer: attempt and position in one number; no paper has so many questions.
_POSITIONS = 1000


def subject_id(attempt_id: int, position: int) -> int:
    return attempt_id * _POSITIONS + position


def refusals(session: Session, enrolment_id: int) -> list[Refusal]:
    """Against clearance, while a passed exam of the enrolment is under appeal."""
    held = select(Attempt.id).where(
        Attempt.enrolment_id == enrolment_id, Attempt.passed.is_(True), is_appealed()
    )
    if session.scalar(held.limit(1)) is None:
        return []
    reason = Localized("有考试成绩正在申诉中", "An exam result that it rests on is under appeal")
    return [Refusal("exams.appeal", reason)]


def final_at(
    attempt: Attempt | Sat, corrected_at: datetime | None, ruling: str | None
) -> datetime | None:
    """Since when the mark of an answer stands: one that is corrected gives the others no new time
    to appeal. None while there is nothing to appeal against."""
    if attempt.score is None or ruling == Ruling.OUT:
        return None
    return corrected_at or attempt.marked_at


def _find(session: Session, subject: int) -> AppealSubject | None:
    attempt_id, position = divmod(subject, _POSITIONS)
    row = session.execute(
        select(Attempt, Exam.title, Response)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Response, Response.attempt_id == Attempt.id)
        .where(Attempt.id == attempt_id, Response.position == position)
    ).one_or_none()
    if row is None:
        return None
    attempt, title, response = row
    markers = select(Mark.marker_id).where(
        Mark.attempt_id == attempt_id, Mark.position == position, Mark.submitted_at.is_not(None)
    )
    return AppealSubject(
        person_id=attempt.person_id,
        title=Localized(
            f"{title.pick('zh')} · 第 {position} 题", f"{title.pick('en')}, question {position}"
        ),
        url=f"/exams/attempts/{attempt_id}/review?q={position}#q{position}",
        final_at=final_at(attempt, response.corrected_at, response.ruling),
        involved=frozenset(session.scalars(markers)),
    )


def _hold(session: Session, subject: int, now: datetime) -> None:
    attempt, response = _locked(session, subject)
    if attempt.score is None:
        raise Conflict("This is not final yet: there is nothing to appeal against.")
    response.appealed_at = now
    if attempt.passed or attempt.enrolment_id is None or attempt.step_id is None:
        return
    if is_latest(session, attempt):
        take_back_failure(session, attempt.enrolment_id, attempt.step_id)


def _release(session: Session, subject: int, now: datetime) -> None:
    attempt, response = _locked(session, subject)
    response.appealed_at = None
    session.flush()
    if attempt.score is None or attempt.passed or has_appeal(session, attempt):
        return
    if is_latest(session, attempt):
        set_step(session, attempt, StepState.FAILED, now)
        resits.assign_training(session, attempt, now)


def _uphold(session: Session, subject: int, decider: Actor, now: datetime) -> str:
    attempt, response = _locked(session, subject)
    if response.ruling is not None:  # meanwhile it is full points for everybody, or left out
        _release(session, subject, now)
        return ""
    if attempt.score is not None:  # else another answer's appeal was upheld before
        remember(session, attempt, now=now)
    for mark in marks.submitted(session, response):
        mark.superseded_at = now
    response.appealed_at = None
    response.share, response.is_correct, response.marks_wanted = None, None, 1
    attempt.score = attempt.passed = None
    session.flush()
    own = marks.take(session, response, decider.person_id, now) if decider.person_id else None
    return f"/exams/marking/{own.id}" if own else "/exams/marking"


def _locked(session: Session, subject: int) -> tuple[Attempt, Response]:
    attempt_id, position = divmod(subject, _POSITIONS)
    attempt = session.scalars(
        select(Attempt)
        .where(Attempt.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    response = session.get_one(Response, (attempt_id, position), populate_existing=True)
    return attempt, response


ANSWER = Appealable(
    kind=KIND,
    label=Localized("考试题目评分", "Marking of an exam answer"),
    permission="exams.manage",
    find=_find,
    hold=_hold,
    release=_release,
    uphold=_uphold,
)
