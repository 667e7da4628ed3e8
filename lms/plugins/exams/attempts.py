"""Sitting an exam: starting it, and saving each answer as it is given."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    N_,
    Actor,
    Conflict,
    DomainError,
    NotFound,
    Session,
    StepState,
    audit,
    set_step_state,
)
from lms.plugins.exams.handing_in import finish
from lms.plugins.exams.models import Attempt, QuestionVersion, Response
from lms.plugins.exams.papers import drawing
from lms.plugins.exams.papers.sections import sections_of
from lms.plugins.exams.standing import is_over, standing
from lms.plugins.exams.types import KINDS, Sent, Shape

MAX_SEQUENCE = 2**53


class AttemptOver(Conflict):
    """The attempt takes no more answers: its time is up, or it has been handed in."""


@dataclass(frozen=True)
class Given:
    """An answer as sent, its options as numbered on the page from 0, and when it was given (ms)."""

    sent: Sent
    is_flagged: bool
    sequence: int


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


# Made once: a class of five hundred sends one of these every twentieth of a second.
_ASKED = (
    select(
        Attempt.deadline,
        Attempt.submitted_at,
        Response.position,
        Response.option_order,
        Response.answer,
        Response.is_flagged,
        Response.sequence,
        QuestionVersion.type,
        QuestionVersion.parts,
    )
    .join(Response, Response.attempt_id == Attempt.id)
    .join(QuestionVersion, QuestionVersion.id == Response.version_id)
    .where(
        Attempt.id == bindparam("attempt_id"),
        Attempt.person_id == bindparam("person_id"),
        Response.position.in_(bindparam("positions", expanding=True)),
    )
    # Handing in waits for this save, or this save sees that it has happened.
    .with_for_update(read=True, of=Attempt)
)
_RESPONSES = cast(Table, Response.__table__)
_ANSWERED = (
    update(_RESPONSES)
    .where(
        _RESPONSES.c.attempt_id == bindparam("of_attempt"),
        _RESPONSES.c.position == bindparam("at_position"),
        _RESPONSES.c.sequence <= bindparam("given"),
    )
    .values({name: bindparam(name) for name in ("answer", "is_flagged", "sequence", "saved_at")})
)


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
    asked = {"attempt_id": attempt_id, "person_id": person_id, "positions": list(answers)}
    rows = session.execute(_ASKED, asked).all()
    if not rows or len(rows) != len(answers):
        raise NotFound("This question is not part of your exam.")
    if rows[0].submitted_at is not None:
        raise AttemptOver(N_("This exam has been handed in. Its answers cannot change any more."))
    if now > rows[0].deadline:
        raise AttemptOver(
            N_("The time is up. What was saved before the end has been handed in for you.")
        )
    older = []
    for row in rows:
        given = answers[row.position]
        answer = KINDS[row.type].read(given.sent, Shape(row.option_order, row.parts))
        is_same = (answer, given.is_flagged) == (row.answer, row.is_flagged)
        if is_same and given.sequence <= row.sequence:
            continue
        changed = {
            "of_attempt": attempt_id,
            "at_position": row.position,
            "given": given.sequence,
            "answer": answer,
            "is_flagged": given.is_flagged,
            # A page without scripts sends the number it was shown, so that must move on.
            "sequence": max(given.sequence, row.sequence + 1),
            "saved_at": now,
        }
        if session.connection().execute(_ANSWERED, changed).rowcount == 0:
            older.append(row.position)
    return older


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


def questions(
    session: Session, attempt_id: int, positions: Sequence[int] | None = None
) -> list[Response]:
    """The paper in order, or the questions at these positions, each with its wording."""
    found = select(Response).where(Response.attempt_id == attempt_id).order_by(Response.position)
    if positions is not None:
        found = found.where(Response.position.in_(positions))
    return list(session.scalars(found.options(joinedload(Response.version))))
