"""Picking a published case for the week of one team or several."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from lms.plugins.api import (
    Actor,
    CaseState,
    CaseVersion,
    Conflict,
    DomainError,
    Localized,
    Session,
    Team,
    audit,
    failed_runs,
    local_date,
    zone,
)
from lms.plugins.casereviews import telling, weeks
from lms.plugins.casereviews.models import Review, Vote

PER_WEEK = 2
LEAST_OPTIONS, MOST_OPTIONS = 2, 4
# A case discussed within this time is offered last; failed drills count within the shorter one.
_LATELY, _RECENT_FAILURES = timedelta(weeks=26), timedelta(days=60)
_EACH = 3


class Suggestion(NamedTuple):
    """Why a case is offered: drills of these teams failed in it, and when it was last discussed."""

    version: CaseVersion
    failed: int
    last: date | None


def suggestions(session: Session, team_ids: Collection[int], now: datetime) -> list[Suggestion]:
    """Up to three cases of each outcome: not discussed lately first, then those whose drills the
    teams failed, then the least recently discussed."""
    last = (
        select(Review.case_id, func.max(Review.monday).label("last"))
        .where(Review.team_id.in_(team_ids))
        .group_by(Review.case_id)
        .subquery()
    )
    failed = failed_runs(team_ids, now - _RECENT_FAILURES).subquery()
    is_recent = func.coalesce(last.c.last > weeks.this_monday(now) - _LATELY, False)
    count = func.coalesce(failed.c.failed, 0)
    never = func.coalesce(last.c.last, date(1970, 1, 5))
    order = (is_recent, count.desc(), never, CaseVersion.id.desc())
    place = func.row_number().over(partition_by=CaseVersion.outcome, order_by=order)
    ranked = (
        select(CaseVersion.id, count.label("failed"), last.c.last, place.label("place"))
        .outerjoin(last, last.c.case_id == CaseVersion.case_id)
        .outerjoin(failed, failed.c.case_id == CaseVersion.case_id)
        .where(CaseVersion.state == CaseState.PUBLISHED)
        .subquery()
    )
    rows = session.execute(
        select(CaseVersion, ranked.c.failed, ranked.c.last)
        .join(ranked, ranked.c.id == CaseVersion.id)
        .where(ranked.c.place <= _EACH)
        .order_by(CaseVersion.outcome, ranked.c.place)
    )
    return [Suggestion(version, failed, last) for version, failed, last in rows]


def pick(
    session: Session,
    case_id: int,
    team_ids: Sequence[int],
    monday: date,
    question: Localized,
    options: Sequence[Localized],
    *,
    actor: Actor,
    now: datetime,
) -> list[Review]:
    """The case in each team's week, open at once if that week has begun. All teams or none.

    DomainError: too few options, no team, a week that is over, a case that is not published.
    Conflict: a team has its two cases, or has this one already.
    """
    _check(options, team_ids, monday, now)
    version = session.scalar(
        select(CaseVersion).where(
            CaseVersion.case_id == case_id, CaseVersion.state == CaseState.PUBLISHED
        )
    )
    if version is None:
        raise DomainError("Only a published case can be picked.")
    if actor.person_id is None:
        raise DomainError("A review needs somebody who runs it.")
    taken = _taken(session, team_ids, monday)
    picked = []
    for team in session.scalars(select(Team).where(Team.id.in_(team_ids)).order_by(Team.name)):
        slots = taken.get(team.id, {})
        if case_id in slots.values():
            raise Conflict("%(team)s has this case in that week already.", team=team.name)
        free = next((n for n in range(1, PER_WEEK + 1) if n not in slots), None)
        if free is None:
            raise Conflict("%(team)s has two cases in that week already.", team=team.name)
        picked.append(
            Review(
                team_id=team.id,
                monday=monday,
                slot=free,
                case_id=case_id,
                version_id=version.id,
                question=question,
                options=[{"zh": option.zh, "en": option.en} for option in options],
                facilitator_id=actor.person_id,
                picked_at=now,
                takeaway=Localized(),
            )
        )
    session.add_all(picked)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Conflict("Somebody picked a case for that week just now. Look again.") from None
    for review in picked:
        subject = ("case_review", review.id)
        audit.record(
            session, actor, "casereviews.pick", subject, now=now,
            team=review.team_id, week=weeks.code(monday), case=case_id,
        )  # fmt: skip
        telling.open_if_due(session, review, now)
    return picked


def _check(
    options: Sequence[Localized], team_ids: Sequence[int], monday: date, now: datetime
) -> None:
    if not team_ids:
        raise DomainError("Choose at least one team.", field="teams")
    if not LEAST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise DomainError("Write two to four options.", field="options")
    if len({(option.zh, option.en) for option in options}) < len(options):
        raise DomainError("Two options are the same.", field="options")
    if weeks.last_day(monday) < local_date(now, zone()):
        raise DomainError("That week is over.", field="week")


def _taken(
    session: Session, team_ids: Sequence[int], monday: date
) -> Mapping[int, Mapping[int, int]]:
    """Cases by slot by team."""
    rows = session.execute(
        select(Review.team_id, Review.slot, Review.case_id).where(
            Review.team_id.in_(team_ids), Review.monday == monday
        )
    )
    found: dict[int, dict[int, int]] = {}
    for team_id, slot, case_id in rows:
        found.setdefault(team_id, {})[slot] = case_id
    return found


def withdraw(session: Session, review: Review, *, actor: Actor, now: datetime) -> None:
    """Take a pick back; Conflict once somebody has voted or the review is closed."""
    voted = select(Vote.id).where(Vote.review_id == review.id)
    if review.closed_at is not None or session.scalar(voted.limit(1)) is not None:
        raise Conflict("Somebody has voted already: close the review instead.")
    audit.record(
        session, actor, "casereviews.withdraw", ("case_review", review.id), now=now,
        team=review.team_id, week=weeks.code(review.monday), case=review.case_id,
    )  # fmt: skip
    try:
        session.execute(delete(Review).where(Review.id == review.id))
    except IntegrityError:  # a vote or a comment came in this moment
        session.rollback()
        raise Conflict("Somebody has voted already: close the review instead.") from None
