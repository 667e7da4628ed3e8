"""Casting votes and counting them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.exc import IntegrityError

from lms.plugins.api import (
    Conflict,
    DomainError,
    Localized,
    NotAllowed,
    Person,
    Session,
    local_date,
    zone,
)
from lms.plugins.casereviews import weeks
from lms.plugins.casereviews.access import VOTERS, votes_in
from lms.plugins.casereviews.models import Review, Vote


class State(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    ENDED = "ended"  # the week is over, its take-away still to be written
    CLOSED = "closed"


def state_of(review: Review, now: datetime) -> State:
    today = local_date(now, zone())
    if review.closed_at is not None:
        return State.CLOSED
    if today < review.monday:
        return State.PLANNED
    return State.OPEN if today <= weeks.last_day(review.monday) else State.ENDED


def sees_discussion(review: Review, person: Person, has_voted: bool, now: datetime) -> bool:
    """Whether totals, comments and the real handling may be sent to a member of the team."""
    if has_voted or state_of(review, now) in (State.ENDED, State.CLOSED):
        return True
    return not votes_in(person, review)


def own_vote(session: Session, review_id: int, person_id: int) -> Vote | None:
    return session.scalar(
        select(Vote).where(Vote.review_id == review_id, Vote.person_id == person_id)
    )


def cast(session: Session, review: Review, person: Person, option: int, now: datetime) -> Vote:
    """The person's one vote; the same sent twice is one. Conflict: another was cast before."""
    if not votes_in(person, review):
        raise NotAllowed("The members of the team vote.")
    # Held against a close at the same moment; the rows of other voters are not in the way.
    session.refresh(review, with_for_update={"read": True})
    if state_of(review, now) is not State.OPEN:
        raise Conflict("This review does not take votes now.")
    if not 0 <= option < len(review.options):
        raise DomainError("Choose one of the options.", field="option")
    try:
        with session.begin_nested():
            vote = Vote(review_id=review.id, person_id=person.id, option=option, cast_at=now)
            session.add(vote)
    except IntegrityError:
        found = own_vote(session, review.id, person.id)
        if found is None or found.option != option:
            raise Conflict(
                "You have voted already. A vote cannot be changed once the discussion was shown."
            ) from None
        return found
    return vote


@dataclass(frozen=True)
class Share:
    """An option with its votes; `names` only where the policy shows who voted for what."""

    text: Localized
    votes: int
    percent: int
    is_mine: bool
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Tally:
    """`shares` is empty while so few have voted that it would give single votes away."""

    total: int
    members: int
    shares: Sequence[Share]

    @property
    def percent(self) -> int:
        return round(100 * min(self.total, self.members) / self.members) if self.members else 0


def tally(
    session: Session, review: Review, mine: Vote | None, *, least: int, with_names: bool
) -> Tally:
    rows = session.execute(
        select(Vote.option, Person.name)
        .join(Person, Person.id == Vote.person_id)
        .where(Vote.review_id == review.id)
        .order_by(Person.staff_no)
    ).all()
    asked = members_of(review.team_id, review.facilitator_id)
    members = review.members if review.members is not None else session.scalar(select(asked)) or 0
    if len(rows) < least:
        return Tally(len(rows), members, ())
    shares = []
    for number, text in enumerate(review.options):
        names = [name for option, name in rows if option == number]
        shares.append(
            Share(
                Localized.of(text),
                len(names),
                round(100 * len(names) / len(rows)),
                mine is not None and mine.option == number,
                names if with_names else (),
            )
        )
    return Tally(len(rows), members, shares)


def members_of(
    team_id: ColumnElement[int] | int, facilitator_id: ColumnElement[int] | int
) -> ScalarSelect[int]:
    """How many are asked, as a part of another query."""
    return (
        select(func.count(Person.id))
        .where(
            Person.team_id == team_id,
            Person.level.in_(VOTERS),
            Person.left_on.is_(None),
            Person.id != facilitator_id,
        )
        .scalar_subquery()
    )


def unvoted(session: Session, review: Review) -> Sequence[str]:
    """Names of those who have not voted, for whoever runs the review: never what others chose."""
    voted = select(Vote.person_id).where(Vote.review_id == review.id)
    return session.scalars(
        select(Person.name)
        .where(
            Person.team_id == review.team_id,
            Person.level.in_(VOTERS),
            Person.left_on.is_(None),
            Person.id != review.facilitator_id,
            Person.id.not_in(voted),
        )
        .order_by(Person.staff_no)
    ).all()
