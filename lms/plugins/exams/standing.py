"""Where a person stands with an exam: what was sat, what is open, what may begin."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.plugins.api import DomainError, NotFound, Session
from lms.plugins.exams.models import Attempt, Exam
from lms.plugins.exams.papers import resits, rules
from lms.plugins.exams.papers.grants import Given, given_to
from lms.plugins.exams.papers.rules import Rules, wall


@dataclass(frozen=True)
class Standing:
    """Where a person stands with an exam, in a step or by itself; attempts oldest first.

    `training_id`: the enrolment that comes before the next resit.
    """

    exam: Exam
    attempts: Sequence[Attempt]
    rules: Rules = field(default_factory=Rules)
    given: Given = field(default_factory=Given)
    training_id: int | None = None

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
    def counted(self) -> Sequence[Attempt]:
        """Those since the last new start."""
        since = self.given.counts_since
        return [a for a in self.attempts if since is None or a.started_at >= since]

    @property
    def is_used_up(self) -> bool:
        allowed = self.exam.max_attempts
        return allowed is not None and len(self.counted) >= allowed

    @property
    def minutes(self) -> int:
        return self.exam.minutes + self.given.minutes

    def wait(self, now: datetime) -> timedelta:
        """How long until the next attempt may begin."""
        last = max((a.submitted_at for a in self.counted if a.submitted_at), default=None)
        if last is None or self.exam.cooldown_minutes is None:
            return timedelta(0)
        return max(last + timedelta(minutes=self.exam.cooldown_minutes) - now, timedelta(0))

    def deadline(self, now: datetime) -> datetime:
        """Of an attempt that begins now: with the window it ends for all but extra time."""
        end = now + timedelta(minutes=self.exam.minutes)
        if self.rules.closes_at is not None:
            end = min(end, self.rules.closes_at)
        return end + timedelta(minutes=self.given.minutes)

    def refuse(self, now: datetime) -> None:
        """DomainError with the reason if no new attempt may begin."""
        if self.passed:
            raise DomainError("You have passed this exam. There is nothing left to do.")
        if self.waiting:
            raise DomainError("Your answers are being marked. You are told when it is done.")
        if self.rules.opens_at and now < self.rules.opens_at:
            raise DomainError("It opens on %(moment)s.", moment=wall(self.rules.opens_at))
        if self.rules.closes_at and now >= self.rules.closes_at:
            raise DomainError("It closed on %(moment)s.", moment=wall(self.rules.closes_at))
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
        if self.training_id is not None:
            raise DomainError("Extra training comes first: the next resit opens when it is done.")

    def refusal(self, now: datetime) -> DomainError | None:
        """The reason, for who is neither in the middle of one nor has passed."""
        if self.open is not None or self.passed:
            return None
        try:
            self.refuse(now)
        except DomainError as error:
            return error
        return None


def standing(
    session: Session, exam_key: str, person_id: int, enrolment_id: int | None, step_id: int | None
) -> Standing:
    """In the step; or, without enrolment and step, of the exam sat by itself."""
    exam = session.scalar(select(Exam).where(Exam.key == exam_key))
    if exam is None:
        raise NotFound("This exam is not there yet. Your trainer has to load it.")
    wanted = (
        (Attempt.enrolment_id == enrolment_id, Attempt.step_id == step_id)
        if step_id is not None
        else (
            Attempt.exam_id == exam.id, Attempt.person_id == person_id, Attempt.step_id.is_(None)
        )
    )  # fmt: skip
    attempts = session.scalars(select(Attempt).where(*wanted).order_by(Attempt.number)).all()
    return standing_after(session, exam, attempts, given_to(session, exam.id, person_id))


def standing_after(
    session: Session, exam: Exam, attempts: Sequence[Attempt], given: Given
) -> Standing:
    """With attempts and grants that were read already; it asks only for the extra training."""
    found = Standing(exam, attempts, rules.read(exam.rules), given)
    last = found.counted[-1] if found.counted else None
    if last is None or not resits.is_under_way(session, last.training_id):
        return found
    return replace(found, training_id=last.training_id)


def is_over(attempt: Attempt, now: datetime) -> bool:
    return now > attempt.deadline
