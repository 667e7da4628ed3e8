"""Claiming an answer, the draft of a mark, and submitting it. Each answer is marked as often as it
wants marks, however many markers are at it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import Actor, Conflict, DomainError, NotFound, Session, audit, policies
from lms.plugins.exams import marking
from lms.plugins.exams.markers import queue, telling
from lms.plugins.exams.markers.policy import MARKING
from lms.plugins.exams.models import Attempt, Mark, QuestionVersion, Response
from lms.plugins.exams.settling import settle, tell
from lms.plugins.exams.types import FULL

MAX_COMMENT = 2000
WITHOUT_CRITERIA = 100
_TRIES = 20


class Given(NamedTuple):
    """`points` by criterion, None where nothing is typed yet."""

    points: Sequence[int | None]
    comment: str


def most(version: QuestionVersion) -> list[int]:
    """The points there are, by criterion; one figure of 100 for an answer without criteria."""
    if version.needs_marker and version.parts:
        return [int(part["points"]) for part in version.parts]
    return [WITHOUT_CRITERIA]


def claim(
    session: Session, marker_id: int, *, now: datetime, version_id: int | None = None
) -> Mark | None:
    """The next answer, to the same question if one is named; what the marker began goes first."""
    for mark in queue.begun(session, marker_id):
        if version_id in (None, mark.response.version_id):
            mark.touched_at = now
            return mark
    for _ in range(_TRIES):
        found = session.scalars(queue.answers(marker_id, now, version_id).limit(1)).first()
        if found is None:
            return None
        if taken := take(session, found, marker_id, now):
            return taken
    return None


def take(session: Session, response: Response, marker_id: int, now: datetime) -> Mark | None:
    """None if somebody else was quicker."""
    live = session.scalars(
        select(Mark).where(
            Mark.attempt_id == response.attempt_id,
            Mark.position == response.position,
            Mark.superseded_at.is_(None),
        )
    ).all()
    stale = [m for m in live if m.submitted_at is None and m.touched_at <= now - queue.CLAIM]
    if not all(_taken_from(session, old, now) for old in stale):
        session.expire_all()
        return None
    slots = {mark.slot for mark in live if mark not in stale}
    mark = Mark(
        attempt_id=response.attempt_id,
        position=response.position,
        slot=next(slot for slot in range(1, 100) if slot not in slots),
        marker_id=marker_id,
        points=[],
        touched_at=now,
    )
    try:
        with session.begin_nested():
            session.add(mark)
    except IntegrityError:
        session.expire_all()
        return None
    return mark


def _taken_from(session: Session, old: Mark, now: datetime) -> bool:
    """False if it was submitted, or touched again, at the same moment."""
    still = update(Mark).where(
        Mark.id == old.id,
        Mark.submitted_at.is_(None),
        Mark.superseded_at.is_(None),
        Mark.touched_at <= now - queue.CLAIM,
    )
    done = session.connection().execute(still.values(superseded_at=now))
    session.expire(old)
    return done.rowcount == 1


def own(session: Session, mark_id: int, marker_id: int) -> Mark:
    """The marker's own, with answer and wording; NotFound for another's."""
    mark = session.scalar(
        select(Mark)
        .where(Mark.id == mark_id, Mark.marker_id == marker_id)
        .options(joinedload(Mark.response).joinedload(Response.version))
    )
    if mark is None:
        raise NotFound("You are not marking this answer.")
    return mark


def give_back(session: Session, mark_id: int, marker_id: int, *, now: datetime) -> None:
    mark = own(session, mark_id, marker_id)
    if mark.submitted_at is None and mark.superseded_at is None:
        mark.superseded_at = now


def keep(session: Session, mark_id: int, marker_id: int, given: Given, *, now: datetime) -> Mark:
    """The draft; Conflict once somebody else has the answer."""
    mark = own(session, mark_id, marker_id)
    if mark.submitted_at is not None:
        raise Conflict("You have marked this answer already.")
    _check_is_wanted(mark.response)
    if mark.superseded_at is not None:
        raise Conflict("Somebody else marks this answer now: you had it for two hours.")
    mark.points, mark.comment = _checked(given, mark.response.version), given.comment.strip()
    mark.touched_at = now
    return mark


def _check_is_wanted(response: Response) -> None:
    if response.ruling is not None:
        raise Conflict("This question needs no marking any more: it was decided for everybody.")


def _checked(given: Given, version: QuestionVersion) -> list[int | None]:
    if len(given.comment) > MAX_COMMENT:
        raise DomainError(
            "A comment may have %(most)s characters.", field="comment", most=MAX_COMMENT
        )
    limits = most(version)
    points = [*given.points, *[None] * len(limits)][: len(limits)]
    for place, (value, limit) in enumerate(zip(points, limits, strict=True)):
        if value is not None and not 0 <= value <= limit:
            raise DomainError("0 to %(most)s points.", field=f"points-{place}", most=limit)
    return points


def submit(session: Session, mark_id: int, marker_id: int, given: Given, *, now: datetime) -> Mark:
    """Mark the answer; a second time changes nothing. DomainError while something is missing,
    Conflict once the answer is somebody else's or has all the marks it wants."""
    mark = own(session, mark_id, marker_id)
    attempt = session.scalars(
        select(Attempt)
        .where(Attempt.id == mark.attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    # Held too, or somebody takes it over meanwhile.
    session.scalars(select(Mark.id).where(Mark.id == mark_id).with_for_update()).one()
    session.refresh(mark)
    if mark.submitted_at is not None:
        return mark
    session.refresh(mark.response)
    _check_is_wanted(mark.response)
    if mark.response.share is not None:
        raise Conflict("This answer has been marked by somebody else meanwhile.")
    keep(session, mark_id, marker_id, given, now=now)
    mark.share = _share(mark)
    mark.submitted_at = now
    audit.record(
        session, Actor(marker_id), "exam.mark", ("exam_attempt", mark.attempt_id), now=now,
        position=mark.position, points=mark.points, share=mark.share,
    )  # fmt: skip
    _count(session, mark.response, attempt, now)
    return mark


def _share(mark: Mark) -> int:
    points, limits = mark.points, most(mark.response.version)
    for place, value in enumerate(points):
        if value is None:
            raise DomainError("Give the points.", field=f"points-{place}")
    share = (2 * FULL * int(sum(points)) + sum(limits)) // (2 * sum(limits))
    if 2 * share < FULL and not mark.comment:
        raise DomainError("Say in a comment what is missing.", field="comment")
    return share


def _count(session: Session, response: Response, attempt: Attempt, now: datetime) -> None:
    """One mark more; the last one wanted settles the answer, the last answer the attempt."""
    session.flush()
    session.refresh(response)
    response.marks_wanted = max(0, response.marks_wanted - 1)
    if response.marks_wanted or response.share is not None:
        return
    given = submitted(session, response)
    share = _outcome(session, given)
    if share is None:
        response.marks_wanted = 1
        telling.tell_of(session, {attempt.person_id, *(m.marker_id for m in given)}, now)
        return
    response.share, response.is_correct = share, marking.is_full(share)
    if attempt.marked_at is not None:  # marked once more, after an appeal
        response.corrected_at = now
    settle(session, attempt, now=now)
    if attempt.score is not None:
        tell(session, attempt, now)


def _outcome(session: Session, marks: Sequence[Mark]) -> int | None:
    """One mark is the outcome, two that are close their mean, a third has the last word."""
    shares = [mark.share or 0 for mark in marks]
    if len(shares) != 2:
        return shares[-1]
    limit = int(policies.in_force(session, MARKING)["apart"]) * FULL // 100
    return (sum(shares) + 1) // 2 if abs(shares[0] - shares[1]) <= limit else None


def submitted(session: Session, response: Response) -> Sequence[Mark]:
    """The marks that count, in the order in which they were given."""
    return session.scalars(
        select(Mark)
        .where(
            Mark.attempt_id == response.attempt_id,
            Mark.position == response.position,
            Mark.submitted_at.is_not(None),
            Mark.superseded_at.is_(None),
        )
        .order_by(Mark.submitted_at, Mark.id)
    ).all()
