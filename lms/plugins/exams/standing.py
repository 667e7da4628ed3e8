"""Where a person stands with an exam: what was sat, what is open, what may begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.plugins.api import DomainError, NotFound, Session
from lms.plugins.exams.models import Attempt, Exam


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
    def waiting(self) -> Attempt | None:
        """Handed in, and not marked yet."""
        return next((a for a in self.attempts if a.submitted_at and a.score is None), None)

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
        if self.waiting:
            raise DomainError("Your answers are being marked. You are told when it is done.")
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


def is_over(attempt: Attempt, now: datetime) -> bool:
    return now > attempt.deadline
