"""Lists of reviews: a team's history, and the weeks of the teams one holds."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from lms.plugins.api import (
    CaseUsage,
    CaseVersion,
    Localized,
    Person,
    Scope,
    Session,
    Team,
    Viewer,
    read_rows,
)
from lms.plugins.casereviews import weeks
from lms.plugins.casereviews.access import HOLD, held
from lms.plugins.casereviews.models import Comment, Review, Vote
from lms.plugins.casereviews.voting import members_of

RATE_WEEKS = 8


class Entry(NamedTuple):
    """A review in a list; `mine` is the number of the option this person voted for."""

    review: Review
    votes: int
    members: int
    comments: int
    mine: int | None

    @property
    def percent(self) -> int | None:
        return round(100 * min(self.votes, self.members) / self.members) if self.members else None


_Own = aliased(Vote)
_VOTES = select(func.count(Vote.id)).where(Vote.review_id == Review.id).scalar_subquery()
_COMMENTS = (
    select(func.count(Comment.id))
    .where(
        Comment.review_id == Review.id, Comment.deleted_at.is_(None), Comment.removed_at.is_(None)
    )
    .scalar_subquery()
)
_MEMBERS = func.coalesce(
    Review.members, members_of(Review.team_id.expression, Review.facilitator_id.expression)
)


def usage() -> CaseUsage:
    """A team's week with a case is one use of it."""
    return CaseUsage(
        Localized("团队研讨", "Team reviews"), select(Review.case_id, Review.picked_at)
    )


def entries(person_id: int, where: ColumnElement[bool]) -> Select[Any]:
    """The statement of a list, newest first; `entry` makes an `Entry` of each row."""
    mine = and_(_Own.review_id == Review.id, _Own.person_id == person_id)
    return (
        select(Review, _VOTES, _MEMBERS, _COMMENTS, _Own.option)
        .join(Review.version)
        .join(Review.team)
        .outerjoin(_Own, mine)
        .options(contains_eager(Review.version), contains_eager(Review.team))
        .where(where)
        .order_by(Review.monday.desc(), Team.name, Review.slot)
    )


def entry(row: Any) -> Entry:
    return Entry(*row)


def visible(viewer: Viewer, person: Person) -> ColumnElement[bool]:
    """Reviews of the person's own team and of the teams they hold."""
    return or_(held(viewer), Review.team_id == person.team_id)


def count(session: Session, where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(Review.id)).where(where)) or 0


def teams(session: Session, viewer: Viewer) -> Sequence[Team]:
    """The teams this viewer holds that have somebody in them."""
    present = select(Person.id).where(Person.team_id == Team.id, Person.left_on.is_(None))
    wanted = select(Team).where(present.exists()).order_by(Team.name)
    if not viewer.may(HOLD, Scope.ALL):
        ids = viewer.team_ids if viewer.may(HOLD, Scope.TEAM) else ()
        wanted = wanted.where(Team.id.in_(ids))
    return session.scalars(wanted).all()


class TeamWeek(NamedTuple):
    """A team's cases of this week and the next, and its participation over the last weeks."""

    team: Team
    now: Sequence[Entry]
    next: Sequence[Entry]
    rate: int | None


def board(session: Session, viewer: Viewer, person_id: int, monday: date) -> list[TeamWeek]:
    """Two queries, however many teams."""
    following = weeks.following(monday)
    since = monday - timedelta(weeks=RATE_WEEKS)
    where = and_(held(viewer), Review.monday.between(since, following))
    found = [entry(row) for row in session.execute(entries(person_id, where))]
    found_weeks = []
    for team in teams(session, viewer):
        own = [one for one in found if one.review.team_id == team.id]
        past = [one for one in own if one.review.monday < monday]
        asked = sum(one.members for one in past)
        voted = sum(min(one.votes, one.members) for one in past)
        found_weeks.append(
            TeamWeek(
                team,
                [one for one in own if one.review.monday == monday],
                [one for one in own if one.review.monday == following],
                round(100 * voted / asked) if asked else None,
            )
        )
    return found_weeks


class ThisWeek(NamedTuple):
    """A case of the week on the start page: only what it shows there."""

    review_id: int
    title: Localized
    monday: date
    facilitator_id: int
    closed_at: datetime | None
    comments: int
    mine: int | None


# Made once, and of columns only: every start page asks it.
_OF_WEEK = (
    select(
        Review.id,
        CaseVersion.title,
        Review.monday,
        Review.facilitator_id,
        Review.closed_at,
        _COMMENTS,
        _Own.option,
    )
    .join(CaseVersion, CaseVersion.id == Review.version_id)
    .outerjoin(_Own, and_(_Own.review_id == Review.id, _Own.person_id == bindparam("person_id")))
    .where(Review.team_id == bindparam("team_id"), Review.monday == bindparam("monday"))
    .order_by(Review.slot)
)


def of_week(session: Session, person: Person, monday: date) -> list[ThisWeek]:
    """The cases of the person's own team in a week, in one query."""
    wanted = {"person_id": person.id, "team_id": person.team_id, "monday": monday}
    return [ThisWeek(*row) for row in read_rows(session, _OF_WEEK, **wanted)]
