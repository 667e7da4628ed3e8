"""What the clock brings: a mentor is wanted, a check-in is due or late, a pair is over.

Each is told once, whatever the job's timing; it runs every ten minutes.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, true
from sqlalchemy.orm import aliased, joinedload

from lms.plugins.api import (
    Enrolment,
    EnrolmentStatus,
    Person,
    Session,
    local_date,
    policies,
    supervisors_of,
    zone,
)
from lms.plugins.mentoring import checkins, needs, telling
from lms.plugins.mentoring.models import Call, CheckIn, Pair
from lms.plugins.mentoring.policy import CHECK_INS

_AT_ONCE = 500


def upkeep(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    today = local_date(now, zone())
    _end_what_is_over(session, now)
    _ask_for_mentors(session, today, now)
    _tell_of_due(session, today, now)
    _tell_of_late(session, today, now)


def _ask_for_mentors(session: Session, today: date, now: datetime) -> None:
    known = set(session.scalars(select(Call.enrolment_id)))
    wanted = [
        need
        for need in needs.waiting(session, true(), today, _AT_ONCE)
        if need.enrolment.id not in known
    ]
    by_team: dict[int | None, list[Person]] = defaultdict(list)
    for need in wanted:
        session.add(Call(enrolment_id=need.enrolment.id, told_at=now))
        by_team[need.person.team_id].append(need.person)
    for people in by_team.values():
        telling.mentor_wanted(session, people, supervisors_of(session, people[0]), now)


def _tell_of_due(session: Session, today: date, now: datetime) -> None:
    for check_in in _open(session, today, CheckIn.reminded_at.is_(None)):
        check_in.reminded_at = now
        if check_in.due_on == today:
            telling.due(session, check_in, now)


def _tell_of_late(session: Session, today: date, now: datetime) -> None:
    after = timedelta(days=policies.in_force(session, CHECK_INS)["tell_after_days"])
    last = today - max(after, timedelta(days=1))
    supervisors: dict[int | None, Iterable[int]] = {}
    for check_in in _open(session, last, CheckIn.told_at.is_(None)):
        mentee = check_in.pair.mentee
        if mentee.team_id not in supervisors:
            supervisors[mentee.team_id] = supervisors_of(session, mentee)
        check_in.told_at = now
        telling.late(session, check_in, supervisors[mentee.team_id], now)


def _open(session: Session, last: date, *where: Any) -> list[CheckIn]:
    """Check-ins not held, due until that day, of pairs that go on."""
    pairs = joinedload(CheckIn.pair)
    found = (
        select(CheckIn)
        .join(CheckIn.pair)
        .where(Pair.ended_at.is_(None), CheckIn.done_at.is_(None), CheckIn.due_on <= last, *where)
        .options(pairs.joinedload(Pair.mentor), pairs.joinedload(Pair.mentee))
        .order_by(CheckIn.id)
        .limit(_AT_ONCE)
    )
    return list(session.scalars(found))


def _end_what_is_over(session: Session, now: datetime) -> None:
    """The course is over, or one of the two has left; a mentee then waits for another mentor."""
    mentor, mentee = aliased(Person), aliased(Person)
    gone = or_(mentor.left_on.is_not(None), mentee.left_on.is_not(None))
    found = session.execute(
        select(Pair, gone)
        .join(Enrolment, Enrolment.id == Pair.enrolment_id)
        .join(mentor, mentor.id == Pair.mentor_id)
        .join(mentee, mentee.id == Pair.mentee_id)
        .where(Pair.ended_at.is_(None), or_(gone, Enrolment.status != EnrolmentStatus.ACTIVE))
        .limit(_AT_ONCE)
    ).all()
    for pair, is_gone in found:
        if is_gone:
            pair.ended_at = now
            session.flush()
        else:
            checkins.end_if_over(session, pair, now)
