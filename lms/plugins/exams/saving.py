"""Saving answers as they are given: five hundred people send one each ten seconds.

What is asked and checked comes first, in a snapshot that keeps nobody waiting; the write is one
statement, which takes the answer only if the attempt is still open and no newer one is there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Table, bindparam, exists, select, update

from lms.plugins.api import N_, Conflict, NotFound, Session, at_once, snapshot
from lms.plugins.exams.models import Attempt, QuestionVersion, Response
from lms.plugins.exams.types import KINDS, Sent, Shape

MAX_SEQUENCE = 2**53


class AttemptOver(Conflict):
    """The attempt takes no more answers: its time is up, or it has been handed in."""


class Given(NamedTuple):
    """An answer as sent, its options as numbered on the page from 0, and when it was given (ms)."""

    sent: Sent
    is_flagged: bool
    sequence: int


class Saved(NamedTuple):
    """`older`: the positions where a newer answer was there already. `deadline`: of the attempt,
    which may have been given more time since its page was opened."""

    older: list[int]
    deadline: datetime


# Statements of tables, not of classes, and made once: the ORM's work would take longer than theirs.
_ATTEMPTS, _RESPONSES, _VERSIONS = (
    cast(Table, model.__table__).c for model in (Attempt, Response, QuestionVersion)
)
_ASKED = (
    select(
        _ATTEMPTS.deadline,
        _ATTEMPTS.submitted_at,
        _RESPONSES.position,
        _RESPONSES.option_order,
        _RESPONSES.answer,
        _RESPONSES.is_flagged,
        _RESPONSES.sequence,
        _VERSIONS.type,
        _VERSIONS.parts,
    )
    .join(Response.__table__, _RESPONSES.attempt_id == _ATTEMPTS.id)
    .join(QuestionVersion.__table__, _VERSIONS.id == _RESPONSES.version_id)
    .where(
        _ATTEMPTS.id == bindparam("attempt_id"),
        _ATTEMPTS.person_id == bindparam("person_id"),
        _RESPONSES.position.in_(bindparam("positions", expanding=True)),
    )
)
_IS_OPEN = (
    select(_ATTEMPTS.id)
    .where(
        _ATTEMPTS.id == bindparam("of_attempt"),
        _ATTEMPTS.submitted_at.is_(None),
        _ATTEMPTS.deadline >= bindparam("saved_at"),
    )
    # Handing in waits for this save, or this save sees that it has happened.
    .with_for_update(read=True)
)
_ANSWERED = (
    update(cast(Table, Response.__table__))
    .where(
        _RESPONSES.attempt_id == bindparam("of_attempt"),
        _RESPONSES.position == bindparam("at_position"),
        _RESPONSES.sequence <= bindparam("given"),
        exists(_IS_OPEN),
    )
    .values({name: bindparam(name) for name in ("answer", "is_flagged", "sequence", "saved_at")})
)
_STANDS = select(_ATTEMPTS.deadline, _ATTEMPTS.submitted_at).where(
    _ATTEMPTS.id == bindparam("attempt_id")
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
    session.flush()
    connection = session.connection()
    _deadline, changes = _changes(connection, attempt_id, person_id, answers, now)
    return _store(connection, changes, now)


def save_at_once(
    attempt_id: int, person_id: int, answers: Mapping[int, Given], *, now: datetime
) -> Saved:
    """As `save`, and committed: for a request that does nothing else."""
    with snapshot() as connection:
        deadline, changes = _changes(connection, attempt_id, person_id, answers, now)
    if not changes:
        return Saved([], deadline)
    with at_once(is_single=len(changes) == 1) as connection:
        return Saved(_store(connection, changes, now), deadline)


def _changes(
    connection: Connection,
    attempt_id: int,
    person_id: int,
    answers: Mapping[int, Given],
    now: datetime,
) -> tuple[datetime, list[dict[str, Any]]]:
    """When the time is up, and what there is to write, as parameters of the statement."""
    asked = {"attempt_id": attempt_id, "person_id": person_id, "positions": list(answers)}
    rows = connection.execute(_ASKED, asked).all()
    if not rows or len(rows) != len(answers):
        raise NotFound("This question is not part of your exam.")
    _refuse(rows[0], now)
    changes = []
    for row in rows:
        given = answers[row.position]
        answer = KINDS[row.type].read(given.sent, Shape(row.option_order, row.parts))
        is_same = (answer, given.is_flagged) == (row.answer, row.is_flagged)
        if is_same and given.sequence <= row.sequence:
            continue
        changes.append(
            {
                "of_attempt": attempt_id,
                "at_position": row.position,
                "given": given.sequence,
                "answer": answer,
                "is_flagged": given.is_flagged,
                # A page without scripts sends the number it was shown, so that must move on.
                "sequence": max(given.sequence, row.sequence + 1),
                "saved_at": now,
            }
        )
    return rows[0].deadline, changes


def _store(
    connection: Connection, changes: Sequence[Mapping[str, Any]], now: datetime
) -> list[int]:
    """The positions that were not written, because newer answers are there."""
    older = [c for c in changes if connection.execute(_ANSWERED, c).rowcount == 0]
    if older:  # or because it was handed in meanwhile
        stands = connection.execute(_STANDS, {"attempt_id": older[0]["of_attempt"]}).one()
        _refuse(stands, now)
    return [change["at_position"] for change in older]


def _refuse(stands: Any, now: datetime) -> None:
    """`stands` has the attempt's `submitted_at` and `deadline`."""
    if stands.submitted_at is not None:
        raise AttemptOver(N_("This exam has been handed in. Its answers cannot change any more."))
    if now > stands.deadline:
        raise AttemptOver(
            N_("The time is up. What was saved before the end has been handed in for you.")
        )
