"""What one person is given for an exam, with a reason: extra time, or a new start."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from lms.plugins.api import Actor, DomainError, Localized, Session, audit, notify
from lms.plugins.exams.models import Attempt, Exam, Grant

LONGEST = 600


class Given(NamedTuple):
    """`minutes` of extra time, and since when attempts count (None: all of them)."""

    minutes: int = 0
    counts_since: datetime | None = None


def given_to(session: Session, exam_id: int, person_id: int) -> Given:
    return all_given_to(session, person_id, [exam_id]).get(exam_id, Given())


def all_given_to(session: Session, person_id: int, exam_ids: Sequence[int]) -> dict[int, Given]:
    """By exam, of those for which anything was given."""
    found: dict[int, list[Grant]] = {}
    for grant in session.scalars(
        select(Grant)
        .where(Grant.exam_id.in_(exam_ids), Grant.person_id == person_id)
        .order_by(Grant.id)
    ):
        found.setdefault(grant.exam_id, []).append(grant)
    return {exam_id: _given(grants) for exam_id, grants in found.items()}


def _given(grants: Sequence[Grant]) -> Given:
    times = [grant.minutes for grant in grants if grant.minutes is not None]
    resets = [grant.created_at for grant in grants if grant.minutes is None]
    return Given(times[-1] if times else 0, resets[-1] if resets else None)


def add_time(
    session: Session,
    exam_id: int,
    person_id: int,
    minutes: int,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """From now on so many minutes more (0: none any more), also in an attempt that is open."""
    if not 0 <= minutes <= LONGEST:
        raise DomainError(
            "This must be between %(low)s and %(high)s.", field="minutes", low=0, high=LONGEST
        )
    _check(reason, person_id, actor)
    # First of all held: two at once must not both add what is between the old time and the new.
    running = session.scalars(
        select(Attempt)
        .where(
            Attempt.exam_id == exam_id,
            Attempt.person_id == person_id,
            Attempt.submitted_at.is_(None),
            Attempt.deadline >= now,
        )
        .order_by(Attempt.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    before = given_to(session, exam_id, person_id).minutes
    if minutes == before:
        raise DomainError("Nothing was changed.")
    session.add(_grant(exam_id, person_id, minutes, reason, actor, now))
    for attempt in running:
        # Time that has gone cannot be taken back: it ends now at the earliest.
        attempt.deadline = max(attempt.deadline + timedelta(minutes=minutes - before), now)
    _record(session, "exam.extra_time", exam_id, person_id, reason, actor, now, minutes, before)
    exam = session.get_one(Exam, exam_id)
    text = Localized(
        f"「{exam.title.pick('zh')}」为您延长了 {minutes} 分钟",
        f"You have {minutes} more minutes for “{exam.title.pick('en')}”",
    )
    if minutes:
        notify(session, [person_id], "exam", text, "/exams/mine", now)


def reset(
    session: Session, exam_id: int, person_id: int, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Attempts so far count no more, neither for their number nor for the waiting time; their
    results stay as they are. DomainError when there is nothing to forget."""
    _check(reason, person_id, actor)
    since = given_to(session, exam_id, person_id).counts_since
    handed_in = select(func.count(Attempt.id)).where(
        Attempt.exam_id == exam_id,
        Attempt.person_id == person_id,
        Attempt.submitted_at.is_not(None),
    )
    if since is not None:
        handed_in = handed_in.where(Attempt.started_at >= since)
    if not session.scalar(handed_in):
        raise DomainError("There is no attempt of this person that counts: nothing to reset.")
    session.add(_grant(exam_id, person_id, None, reason, actor, now))
    _record(session, "exam.reset", exam_id, person_id, reason, actor, now, None, None)
    exam = session.get_one(Exam, exam_id)
    text = Localized(
        f"「{exam.title.pick('zh')}」可以重新开始考：之前的次数不再计算",
        f"You can sit “{exam.title.pick('en')}” afresh: attempts so far do not count any more",
    )
    notify(session, [person_id], "exam", text, "/exams/mine", now)


def listed(exam_id: int) -> Select[Grant]:
    """Newest first, to be paged."""
    return (
        select(Grant)
        .where(Grant.exam_id == exam_id)
        .options(joinedload(Grant.person))
        .order_by(Grant.id.desc())
    )


MOST_SITTING = 100


def sitting_now(session: Session, exam_id: int, now: datetime) -> Sequence[Attempt]:
    """Attempts that are open, whose time is up soonest first; with the person."""
    return session.scalars(
        select(Attempt)
        .where(Attempt.exam_id == exam_id, Attempt.submitted_at.is_(None), Attempt.deadline >= now)
        .options(joinedload(Attempt.person))
        .order_by(Attempt.deadline, Attempt.id)
        .limit(MOST_SITTING)
    ).all()


def _check(reason: str, person_id: int, actor: Actor) -> None:
    if person_id == actor.person_id:
        raise DomainError("Nobody gives this to themselves.", field="staff_no")
    if not reason.strip():
        raise DomainError("Say why: it is kept.", field="reason")


def _grant(
    exam_id: int, person_id: int, minutes: int | None, reason: str, actor: Actor, now: datetime
) -> Grant:
    return Grant(
        exam_id=exam_id,
        person_id=person_id,
        minutes=minutes,
        reason=reason.strip(),
        created_by=actor.person_id,
        created_at=now,
    )


def _record(
    session: Session,
    action: str,
    exam_id: int,
    person_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    minutes: int | None,
    before: int | None,
) -> None:
    details = {} if minutes is None else {"minutes": minutes, "before": before}
    subject = ("person", person_id)
    audit.record(
        session, actor, action, subject, now=now, reason=reason, exam_id=exam_id, **details
    )
