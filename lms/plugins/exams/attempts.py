"""Sitting an exam: starting it, and what is asked in it."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    DomainError,
    NotFound,
    Session,
    StepState,
    audit,
    set_step_state,
)
from lms.plugins.exams.handing_in import finish
from lms.plugins.exams.models import Attempt, Response
from lms.plugins.exams.papers import drawing
from lms.plugins.exams.papers.sections import sections_of
from lms.plugins.exams.standing import is_over, standing


def start(
    session: Session,
    exam_key: str,
    person_id: int,
    enrolment_id: int | None,
    step_id: int | None,
    *,
    now: datetime,
    seed: int | None = None,
) -> Attempt:
    """The open attempt, or a new one with its paper drawn; DomainError if none may begin.

    Without enrolment and step the exam is sat by itself: `papers.entry` says who may do that.
    An open one whose time is up is handed in and returned: its result comes before a resit.
    """
    so_far = standing(session, exam_key, person_id, enrolment_id, step_id)
    if so_far.open is not None:
        is_late = is_over(so_far.open, now)
        return (
            finish(session, so_far.open.id, now=now, only_if_over=True) if is_late else so_far.open
        )
    so_far.refuse(now)
    exam = so_far.exam
    sections = sections_of(exam)
    questions = drawing.pool(session, sections, person_id)
    if not questions:
        raise DomainError("This exam has no questions yet. Tell your trainer.")
    seed = seed if seed is not None else secrets.randbits(62)
    drawn = drawing.draw(
        questions,
        sections,
        seed,
        shuffle_questions=so_far.rules.shuffle_questions,
        shuffle_options=so_far.rules.shuffle_options,
    )
    attempt = Attempt(
        exam_id=exam.id,
        person_id=person_id,
        enrolment_id=enrolment_id,
        step_id=step_id,
        number=len(so_far.attempts) + 1,
        seed=seed,
        pass_mark=exam.pass_mark,
        exam_number=exam.number,
        rules=exam.rules,
        started_at=now,
        deadline=so_far.deadline(now),
    )
    try:
        with session.begin_nested():
            session.add(attempt)
    except IntegrityError:  # the second of two clicks, each on a server process of its own
        twin = standing(session, exam_key, person_id, enrolment_id, step_id).open
        if twin is None:
            raise
        return twin
    for response in drawn:
        response.attempt_id = attempt.id
        session.add(response)
    if enrolment_id is not None and step_id is not None:
        set_step_state(session, enrolment_id, step_id, StepState.STARTED, now=now)
    actor = Actor(person_id)
    subject = ("person", person_id)
    audit.record(session, actor, "exam.start", subject, now=now, attempt_id=attempt.id)
    return attempt


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


_OWN = select(Attempt.id).where(
    Attempt.id == bindparam("attempt_id"), Attempt.person_id == bindparam("person_id")
)


def check_own(connection: Connection, attempt_id: int, person_id: int) -> None:
    """NotFound for another's attempt."""
    found = connection.scalar(_OWN, {"attempt_id": attempt_id, "person_id": person_id})
    if found is None:
        raise NotFound("There is no such exam of yours.")


def questions(
    session: Session, attempt_id: int, positions: Sequence[int] | None = None
) -> list[Response]:
    """The paper in order, or the questions at these positions, each with its wording."""
    found = select(Response).where(Response.attempt_id == attempt_id).order_by(Response.position)
    if positions is not None:
        found = found.where(Response.position.in_(positions))
    return list(session.scalars(found.options(joinedload(Response.version))))
