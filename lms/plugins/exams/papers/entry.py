"""Exams that are sat by themselves: whose audience a person belongs to, and beginning one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from lms.plugins.api import NotFound, Person, Session, fits_audience, local_date, zone
from lms.plugins.exams import attempts
from lms.plugins.exams.models import Attempt, Exam
from lms.plugins.exams.papers import rules as exam_rules
from lms.plugins.exams.papers.rules import Rules


@dataclass(frozen=True)
class Offer:
    """An exam that is open to a person by itself, or was sat by them so; attempts oldest first."""

    exam: Exam
    rules: Rules
    attempts: Sequence[Attempt]

    @property
    def open(self) -> Attempt | None:
        return next((a for a in self.attempts if a.submitted_at is None), None)

    @property
    def passed(self) -> Attempt | None:
        return next((a for a in self.attempts if a.passed), None)

    def state(self, now: datetime) -> str:
        """begun, passed, later, closed, again or new."""
        if self.open is not None:
            return "begun"
        if self.passed is not None:
            return "passed"
        if self.rules.opens_at and now < self.rules.opens_at:
            return "later"
        if self.rules.closes_at and now >= self.rules.closes_at:
            return "closed"
        return "again" if self.attempts else "new"


def offers(session: Session, person_id: int, now: datetime) -> list[Offer]:
    """Three queries; what was missed is left out."""
    found = _with_audience(session)
    fitting = _fitting(session, [rules for _, rules in found], person_id, now)
    sat: dict[int, list[Attempt]] = {}
    for attempt in session.scalars(
        select(Attempt)
        .where(Attempt.person_id == person_id, Attempt.step_id.is_(None))
        .order_by(Attempt.number)
    ):
        sat.setdefault(attempt.exam_id, []).append(attempt)
    every = [
        Offer(exam, rules, sat.get(exam.id, []))
        for (exam, rules), fits in zip(found, fitting, strict=True)
        if fits or exam.id in sat
    ]
    return [offer for offer in every if offer.attempts or offer.state(now) != "closed"]


def enter(session: Session, exam_key: str, person_id: int, now: datetime) -> Attempt:
    """Begin, or go on with, an exam by itself; NotFound for whom it is not meant."""
    exam = session.scalar(select(Exam).where(Exam.key == exam_key))
    rules = exam_rules.read(exam.rules) if exam is not None else Rules()
    if rules.audience is None or not any(_fitting(session, [rules], person_id, now)):
        raise NotFound("There is no such exam for you.")
    return attempts.start(session, exam_key, person_id, None, None, now=now)


def _with_audience(session: Session) -> list[tuple[Exam, Rules]]:
    rows = session.scalars(select(Exam).order_by(Exam.id.desc())).all()
    read = [(exam, exam_rules.read(exam.rules)) for exam in rows if "audience" in exam.rules]
    return [(exam, rules) for exam, rules in read if rules.audience is not None]


def _fitting(
    session: Session, wanted: Sequence[Rules], person_id: int, now: datetime
) -> Sequence[bool]:
    """For each whether the person belongs to its audience; one query."""
    if not wanted:
        return []
    today = local_date(now, zone())
    asked = [
        exists(select(Person.id).where(Person.id == person_id, fits_audience(r.audience, today)))
        for r in wanted
        if r.audience is not None
    ]
    return list(session.execute(select(*asked)).one())
