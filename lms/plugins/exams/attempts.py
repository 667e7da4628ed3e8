"""Sitting an exam: start, save answers as they are given, hand in once, be handed in when over."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    SYSTEM,
    Actor,
    Conflict,
    DomainError,
    Localized,
    NotFound,
    Session,
    StepState,
    audit,
    notify,
    set_step_state,
)
from lms.plugins.exams import marking, paper
from lms.plugins.exams.models import Attempt, Exam, QuestionVersion, Response

log = structlog.get_logger()
MAX_SEQUENCE = 2**53


class AttemptOver(Conflict):
    """The attempt takes no more answers: its time is up, or it has been handed in."""


@dataclass(frozen=True)
class Given:
    """An answer as sent: options as numbered on the page from 0, and when it was given (ms)."""

    chosen: Sequence[int]
    is_flagged: bool
    sequence: int


@dataclass(frozen=True)
class Standing:
    """Where a person stands with an exam in a step; attempts oldest first."""

    exam: Exam
    attempts: Sequence[Attempt]

    @property
    def open(self) -> Attempt | None:
        return next((a for a in self.attempts if a.submitted_at is None), None)

    @property
    def passed(self) -> Attempt | None:
        return next((a for a in self.attempts if a.passed), None)

    @property
    def is_used_up(self) -> bool:
        allowed = self.exam.max_attempts
        return allowed is not None and len(self.attempts) >= allowed

    def wait(self, now: datetime) -> timedelta:
        """How long until the next attempt may begin."""
        last = max((a.submitted_at for a in self.attempts if a.submitted_at), default=None)
        if last is None or self.exam.cooldown_minutes is None:
            return timedelta(0)
        return max(last + timedelta(minutes=self.exam.cooldown_minutes) - now, timedelta(0))

    def refuse(self, now: datetime) -> None:
        """DomainError with the reason if no new attempt may begin."""
        if self.passed:
            raise DomainError("You have passed this exam. There is nothing left to do.")
        if self.is_used_up:
            raise DomainError(
                "All %(count)s attempts are used. Talk to your trainer about what comes next.",
                count=self.exam.max_attempts,
            )
        if wait := self.wait(now):
            raise DomainError(
                "You can try again in %(minutes)s minutes. Use them to read it up.",
                minutes=-(-int(wait.total_seconds()) // 60),
            )


def standing(session: Session, exam_key: str, enrolment_id: int, step_id: int) -> Standing:
    exam = session.scalar(select(Exam).where(Exam.key == exam_key))
    if exam is None:
        raise NotFound("This exam is not there yet. Your trainer has to load it.")
    attempts = session.scalars(
        select(Attempt)
        .where(Attempt.enrolment_id == enrolment_id, Attempt.step_id == step_id)
        .order_by(Attempt.number)
    )
    return Standing(exam, list(attempts))


def start(
    session: Session,
    exam_key: str,
    person_id: int,
    enrolment_id: int,
    step_id: int,
    *,
    now: datetime,
    seed: int | None = None,
) -> Attempt:
    """The open attempt, or a new one with its paper drawn; DomainError if none may begin.

    An open one whose time is up is handed in and returned: its result comes before a resit.
    """
    so_far = standing(session, exam_key, enrolment_id, step_id)
    if so_far.open is not None:
        is_late = is_over(so_far.open, now)
        return finish(session, so_far.open.id, now=now) if is_late else so_far.open
    so_far.refuse(now)
    exam = so_far.exam
    questions = paper.candidates(session, exam, person_id)
    if not questions:
        raise DomainError("This exam has no questions yet. Tell your trainer.")
    attempt = Attempt(
        exam_id=exam.id,
        person_id=person_id,
        enrolment_id=enrolment_id,
        step_id=step_id,
        number=len(so_far.attempts) + 1,
        seed=seed if seed is not None else secrets.randbits(62),
        pass_mark=exam.pass_mark,
        started_at=now,
        deadline=now + timedelta(minutes=exam.minutes),
    )
    try:
        with session.begin_nested():
            session.add(attempt)
    except IntegrityError:  # the second of two clicks, each on a server process of its own
        twin = standing(session, exam_key, enrolment_id, step_id).open
        if twin is None:
            raise
        return twin
    for response in paper.draw(questions, exam.count, attempt.seed):
        response.attempt_id = attempt.id
        session.add(response)
    set_step_state(session, enrolment_id, step_id, StepState.STARTED, now=now)
    actor = Actor(person_id)
    subject = ("person", person_id)
    audit.record(session, actor, "exam.start", subject, now=now, attempt_id=attempt.id)
    return attempt


def is_over(attempt: Attempt, now: datetime) -> bool:
    return now > attempt.deadline


def save(
    session: Session,
    attempt_id: int,
    person_id: int,
    answers: Mapping[int, Given],
    *,
    now: datetime,
) -> list[int]:
    """Store the answers by position; returns the positions where a newer one was there already.

    AttemptOver after the deadline or after handing in, NotFound for another's attempt.
    """
    rows = session.execute(
        select(
            Attempt.deadline,
            Attempt.submitted_at,
            Response.position,
            Response.option_order,
            Response.answer,
            Response.is_flagged,
            Response.sequence,
        )
        .join(Response, Response.attempt_id == Attempt.id)
        .where(
            Attempt.id == attempt_id,
            Attempt.person_id == person_id,
            Response.position.in_(answers),
        )
        # Handing in waits for this save, or this save sees that it has happened.
        .with_for_update(read=True, of=Attempt)
    ).all()
    if not rows or len(rows) != len(answers):
        raise NotFound("This question is not part of your exam.")
    if rows[0].submitted_at is not None:
        raise AttemptOver("This exam has been handed in. Its answers cannot change any more.")
    if now > rows[0].deadline:
        raise AttemptOver(
            "The time is up. What was saved before the end has been handed in for you."
        )
    older = []
    for row in rows:
        given = answers[row.position]
        answer = _as_stored(given.chosen, row.option_order)
        is_same = (answer, given.is_flagged) == (row.answer, row.is_flagged)
        if is_same and given.sequence <= row.sequence:
            continue
        written = session.scalar(
            update(Response)
            .where(
                Response.attempt_id == attempt_id,
                Response.position == row.position,
                Response.sequence <= given.sequence,
            )
            .values(
                answer=answer,
                is_flagged=given.is_flagged,
                # A page without scripts sends the number it was shown, so that must move on.
                sequence=max(given.sequence, row.sequence + 1),
                saved_at=now,
            )
            .returning(Response.position)
            .execution_options(synchronize_session=False)
        )
        if written is None:
            older.append(row.position)
    return older


def _as_stored(chosen: Sequence[int], order: Sequence[int]) -> list[int] | None:
    if not all(0 <= shown < len(order) for shown in chosen):
        raise DomainError("There is no such option.")
    return sorted({order[shown] for shown in chosen}) or None


def finish(session: Session, attempt_id: int, *, now: datetime) -> Attempt:
    """Hand in and mark; a second time changes nothing. After the deadline it counts as of then."""
    attempt = session.scalars(
        select(Attempt)
        .where(Attempt.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if attempt.submitted_at is not None:
        return attempt
    attempt.is_automatic = is_over(attempt, now)
    attempt.submitted_at = min(now, attempt.deadline)
    _mark(session, attempt)
    set_step_state(
        session,
        attempt.enrolment_id,
        attempt.step_id,
        StepState.COMPLETED if attempt.passed else StepState.FAILED,
        now=now,
        score=attempt.score,
    )
    _tell(session, attempt, now)
    return attempt


def _mark(session: Session, attempt: Attempt) -> None:
    rows = session.execute(
        select(Response, QuestionVersion.answer)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .where(Response.attempt_id == attempt.id)
        .execution_options(populate_existing=True)
    ).all()
    for response, right in rows:
        response.is_correct = marking.is_right(response.answer, right)
    attempt.score = marking.percentage(sum(bool(r.is_correct) for r, _ in rows), len(rows))
    attempt.passed = attempt.score >= attempt.pass_mark * 100


def _tell(session: Session, attempt: Attempt, now: datetime) -> None:
    audit.record(
        session,
        SYSTEM if attempt.is_automatic else Actor(attempt.person_id),
        "exam.submit",
        ("person", attempt.person_id),
        now=now,
        attempt_id=attempt.id,
        score=attempt.score,
        passed=attempt.passed,
        automatic=attempt.is_automatic,
    )
    if not attempt.is_automatic:
        return  # they are looking at the result
    title = attempt.exam.title
    text = Localized(
        f"考试时间已到，“{title.pick('zh')}”已自动交卷，可以查看结果。",
        f"Time ran out: “{title.pick('en')}” was handed in for you. See the result.",
    )
    notify(session, [attempt.person_id], "exam", text, f"/exams/attempts/{attempt.id}/result", now)


def finish_overdue(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """The periodic job: hand in what nobody came back to; one that fails holds up no other."""
    overdue = session.scalars(
        select(Attempt.id)
        .where(Attempt.submitted_at.is_(None), Attempt.deadline < now)
        .order_by(Attempt.deadline)
        .limit(200)
    ).all()
    for attempt_id in overdue:
        try:
            with session.begin_nested():
                finish(session, attempt_id, now=now)
        except Exception:
            log.exception("exam_not_finished", attempt=attempt_id)


def own(session: Session, attempt_id: int, person_id: int) -> Attempt:
    """The person's attempt with its exam; NotFound for another's."""
    attempt = session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt_id, Attempt.person_id == person_id)
        .options(joinedload(Attempt.exam))
    )
    if attempt is None:
        raise NotFound("There is no such exam of yours.")
    return attempt


def questions(session: Session, attempt_id: int) -> list[Response]:
    """The paper in order, each with its wording."""
    found = select(Response).where(Response.attempt_id == attempt_id).order_by(Response.position)
    return list(session.scalars(found.options(joinedload(Response.version))))
