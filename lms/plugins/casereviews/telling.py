"""Notices: when a team's case opens, and to those who have not voted as the week ends."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from lms.plugins.api import Localized, Person, Session, local_date, notify, policies, zone
from lms.plugins.casereviews import voting, weeks
from lms.plugins.casereviews.models import Review, Vote
from lms.plugins.casereviews.policy import REVIEWS

KIND = "case_review"
# Nobody wants to hear of it at midnight, when the week begins.
_FROM_HOUR = 8


def tell(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """The periodic job: what opened since, and what is about to end."""
    if now.astimezone(zone()).hour < _FROM_HOUR:
        return
    monday = weeks.this_monday(now)
    running = select(Review).where(Review.monday == monday, Review.closed_at.is_(None))
    found = session.scalars(running.options(joinedload(Review.version))).all()
    days = policies.in_force(session, REVIEWS)["remind_days"]
    for review in found:
        open_if_due(session, review, now)
        if days and review.reminded_at is None and _is_near_end(review, days, now):
            _remind(session, review, now)


def open_if_due(session: Session, review: Review, now: datetime) -> None:
    """Tell the team of a case whose week has begun, once."""
    if review.told_at is not None or review.monday > local_date(now, zone()):
        return
    review.told_at = now
    title = review.version.title
    text = Localized(
        f"本周案例研讨：“{title.pick('zh')}”。先投票，再看讨论。",
        f"This week's case: “{title.pick('en')}”. Vote first, then see the discussion.",
    )
    url = f"/case-reviews/{review.id}"
    notify(session, _asked(session, review), "case_review.opened", text, url, now)


def _is_near_end(review: Review, days: int, now: datetime) -> bool:
    if review.told_at is not None and now - review.told_at < timedelta(days=1):
        return False  # picked late: the first notice is reminder enough
    return local_date(now, zone()) >= weeks.last_day(review.monday) - timedelta(days=days - 1)


def _remind(session: Session, review: Review, now: datetime) -> None:
    review.reminded_at = now
    title = review.version.title
    text = Localized(
        f"本周案例“{title.pick('zh')}”还没有收到您的投票，周日截止。",
        f"Your vote on this week's case “{title.pick('en')}” is still missing; it ends on Sunday.",
    )
    waiting = _asked(session, review, only_unvoted=True)
    notify(session, waiting, KIND, text, f"/case-reviews/{review.id}", now)


def _asked(session: Session, review: Review, *, only_unvoted: bool = False) -> Sequence[int]:
    wanted = select(Person.id).where(voting.asked(review.team_id, review.facilitator_id))
    if only_unvoted:
        voted = exists().where(Vote.review_id == review.id, Vote.person_id == Person.id)
        wanted = wanted.where(~voted)
    return session.scalars(wanted.order_by(Person.id)).all()
