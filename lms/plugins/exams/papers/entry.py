"""Exams that are sat by themselves: whose audience a person belongs to, and beginning one."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select

from lms.plugins.api import NotFound, Person, Session, fits_audience, local_date, zone
from lms.plugins.exams import attempts
from lms.plugins.exams.models import Attempt, Exam
from lms.plugins.exams.papers import rules as exam_rules
from lms.plugins.exams.papers.grants import Given, all_given_to
from lms.plugins.exams.papers.rules import Rules
from lms.plugins.exams.standing import Standing, standing_after


class Offer(NamedTuple):
    """An exam that is open to a person by itself, or was sat by them so. Who does not belong to
    its audience (any more) begins no attempt."""

    standing: Standing
    fits: bool

    def state(self, now: datetime) -> str:
        """begun, passed, waiting, refused, closed, again or new."""
        if self.standing.open is not None:
            return "begun"
        if self.standing.passed is not None:
            return "passed"
        if self.standing.waiting is not None:
            return "waiting"
        if not self.fits:
            return "closed"
        if self.standing.refusal(now) is not None:
            return "refused"
        return "again" if self.standing.attempts else "new"


def offers(session: Session, person_id: int, now: datetime) -> list[Offer]:
    """Four queries, and those for extra training; what was missed is left out, and
    what has no question yet."""
    sat: dict[int, list[Attempt]] = {}
    for attempt in session.scalars(
        select(Attempt)
        .where(Attempt.person_id == person_id, Attempt.step_id.is_(None))
        .order_by(Attempt.number)
    ):
        sat.setdefault(attempt.exam_id, []).append(attempt)
    found = [
        (exam, rules)
        for exam, rules in _every(session)
        if (rules.audience is not None and exam.count) or exam.id in sat
    ]
    fitting = _fitting(session, [rules for _, rules in found], person_id, now)
    given = all_given_to(session, person_id, [exam.id for exam, _ in found])
    return [
        Offer(
            standing_after(session, exam, sat.get(exam.id, []), given.get(exam.id, Given())), fits
        )
        for (exam, rules), fits in zip(found, fitting, strict=True)
        if exam.id in sat or (fits and not (rules.closes_at and now >= rules.closes_at))
    ]


def enter(session: Session, exam_key: str, person_id: int, now: datetime) -> Attempt:
    """Begin, or go on with, an exam by itself; NotFound for whom it is not meant. Who has begun
    may go on, whatever became of the audience."""
    exam = session.scalar(select(Exam).where(Exam.key == exam_key))
    if exam is None or not (
        _has_begun(session, exam.id, person_id)
        or any(_fitting(session, [exam_rules.read(exam.rules)], person_id, now))
    ):
        raise NotFound("There is no such exam for you.")
    return attempts.start(session, exam_key, person_id, None, None, now=now)


def _has_begun(session: Session, exam_id: int, person_id: int) -> bool:
    begun = exists().where(
        Attempt.exam_id == exam_id,
        Attempt.person_id == person_id,
        Attempt.step_id.is_(None),
        Attempt.submitted_at.is_(None),
    )
    return bool(session.scalar(select(begun)))


def _every(session: Session) -> list[tuple[Exam, Rules]]:
    rows = session.scalars(select(Exam).order_by(Exam.id.desc())).all()
    return [(exam, exam_rules.read(exam.rules)) for exam in rows]


def _fitting(
    session: Session, wanted: Sequence[Rules], person_id: int, now: datetime
) -> Sequence[bool]:
    """For each whether the person belongs to its audience; at most one query."""
    today = local_date(now, zone())
    asked = [
        exists(select(Person.id).where(Person.id == person_id, fits_audience(r.audience, today)))
        for r in wanted
        if r.audience is not None
    ]
    answers = iter(session.execute(select(*asked)).one() if asked else ())
    return [r.audience is not None and next(answers) for r in wanted]
