"""Casting votes and counting them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
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


def require_asked(review: Review, person: Person) -> None:
    if not votes_in(person, review):
        raise NotAllowed("The members of the team vote.")


def cast(session: Session, review: Review, person: Person, option: int, now: datetime) -> Vote:
    """The person's one vote; the same sent twice is one. Conflict: another was cast before."""
    require_asked(review, person)
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


class Ballot(NamedTuple):
    """One who is asked, or who has voted and is not asked any more; `option` None: not voted."""

    person_id: int
    name: str
    option: int | None
    is_asked: bool


def ballots(session: Session, review: Review) -> Sequence[Ballot]:
    """All that there is to count, in one query."""
    is_asked = asked(review.team_id, review.facilitator_id)
    theirs = and_(Vote.review_id == review.id, Vote.person_id == Person.id)
    rows = session.execute(
        select(Person.id, Person.name, Vote.option, is_asked)
        .outerjoin(Vote, theirs)
        .where(or_(is_asked, Vote.id.is_not(None)))
        .order_by(Person.staff_no)
    )
    return [
        Ballot(person_id, name, option, bool(is_one)) for person_id, name, option, is_one in rows
    ]


class Share(NamedTuple):
    """An option with its votes; `names` only where the policy shows who voted for what."""

    text: Localized
    votes: int
    percent: int
    is_mine: bool
    names: Sequence[str] = ()


class Tally(NamedTuple):
    """`shares` is empty while so few have voted that it would give single votes away. `unvoted`
    are names for whoever runs the review: never what the others chose."""

    total: int
    members: int
    shares: Sequence[Share]
    unvoted: Sequence[str]


def tally(
    review: Review, found: Sequence[Ballot], person_id: int, *, least: int, with_names: bool
) -> Tally:
    voted = [one for one in found if one.option is not None]
    unvoted = [one.name for one in found if one.option is None]
    members = review.members
    if members is None:
        members = sum(one.is_asked for one in found)
    if len(voted) < least:
        return Tally(len(voted), members, (), unvoted)
    shares = []
    for number, text in enumerate(review.options):
        chose = [one for one in voted if one.option == number]
        shares.append(
            Share(
                Localized.of(text),
                len(chose),
                round(100 * len(chose) / len(voted)),
                any(one.person_id == person_id for one in chose),
                [one.name for one in chose] if with_names else (),
            )
        )
    return Tally(len(voted), members, shares, unvoted)


def asked(
    team_id: ColumnElement[int] | int, facilitator_id: ColumnElement[int] | int
) -> ColumnElement[bool]:
    """The persons who are asked for their vote."""
    return and_(
        Person.team_id == team_id,
        Person.level.in_(VOTERS),
        Person.left_on.is_(None),
        Person.id != facilitator_id,
    )


def members_of(
    team_id: ColumnElement[int] | int, facilitator_id: ColumnElement[int] | int
) -> ScalarSelect[int]:
    """How many are asked, as a part of another query."""
    return select(func.count(Person.id)).where(asked(team_id, facilitator_id)).scalar_subquery()
