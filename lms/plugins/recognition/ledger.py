"""Team points: entries with a reason, never changed; a mistake is countered by another entry."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    Localized,
    Month,
    NotFound,
    Person,
    Session,
    Team,
    audit,
    local_date,
    notify,
    policies,
    zone,
)
from lms.plugins.recognition.models import Entry, Kind
from lms.plugins.recognition.policy import AWARDS

LEAST_REASON, MOST_REASON, MOST_POINTS = 2, 500, 1000


class Standing(NamedTuple):
    """A team's points of a month and of its year up to that month."""

    team_id: int
    name: str
    month: int
    year: int


def praise(
    session: Session, key: str, person: Person, reason: str, *, actor: Actor, now: datetime
) -> Entry:
    """Praise from a customer for somebody: points for their team, as many as the policy says."""
    if person.id == actor.person_id:
        raise DomainError("Somebody else enters praise for you.", field="person")
    points = int(policies.in_force(session, AWARDS)["praise_points"])
    made, is_new = _add(session, key, Kind.PRAISE, person, points, reason, actor, now)
    if is_new:
        text = Localized(f"有客户表扬了您：{made.reason}", f"A customer praised you: {made.reason}")
        notify(session, [person.id], "recognition.praise", text, "/recognition/points", now)
    return made


def give(
    session: Session,
    key: str,
    team_id: int,
    points: int,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Entry:
    """Points for a team as a whole, or taken from it."""
    if not 0 < abs(points) <= MOST_POINTS:
        raise DomainError(
            "Points are a whole number from -%(most)s to %(most)s, not 0.",
            field="points",
            most=MOST_POINTS,
        )
    if session.get(Team, team_id) is None:
        raise NotFound("There is no such team.")
    return _store(session, Entry(key=key, team_id=team_id, kind=Kind.OTHER, points=points),
                  reason, actor, now)[0]  # fmt: skip


def for_qualification(
    session: Session, qualification_id: int, person: Person, title: str, *,
    actor: Actor, now: datetime,
) -> Entry | None:  # fmt: skip
    """Once for each; nothing while the policy gives none or the person has no team."""
    points = int(policies.in_force(session, AWARDS)["qualification_points"])
    if not points or person.team_id is None:
        return None
    key = f"qualification:{qualification_id}"
    return _add(session, key, Kind.QUALIFICATION, person, points, title, actor, now)[0]


def counter(session: Session, entry_id: int, reason: str, *, actor: Actor, now: datetime) -> Entry:
    """The same points the other way round. Conflict for what is countered or counters itself."""
    old = session.get(Entry, entry_id)
    if old is None:
        raise NotFound("There is no such entry.")
    if old.kind == Kind.COUNTER:
        raise Conflict("This entry counters another one; enter the points anew instead.")
    made, is_new = _store(
        session,
        Entry(
            key=f"counter:{old.id}", team_id=old.team_id, person_id=old.person_id,
            kind=Kind.COUNTER, points=-old.points, counters_id=old.id,
        ),
        reason, actor, now, month=old.month, action="recognition.counter",
    )  # fmt: skip
    if not is_new:
        raise Conflict("This entry has been countered already.")
    return made


def standings(session: Session, month: Month) -> list[Standing]:
    """Teams with entries in the month's year so far, most points of the year first."""
    this_month = func.sum(case((Entry.month == month, Entry.points), else_=0))
    year = func.sum(Entry.points)
    rows = session.execute(
        select(Team.id, Team.name, this_month, year)
        .join(Entry, Entry.team_id == Team.id)
        .where(Entry.month.between(Month(month.year * 12), month))
        .group_by(Team.id, Team.name)
        .order_by(year.desc(), Team.name)
    )
    return [Standing(team_id, name, int(m), int(y)) for team_id, name, m, y in rows]


def entries(team_ids: Sequence[int] | None) -> Select[Entry]:
    """Newest first; None: of all teams."""
    whole = (joinedload(part) for part in (Entry.team, Entry.person, Entry.countered))
    found = select(Entry).options(*whole).order_by(Entry.id.desc())
    return found if team_ids is None else found.where(Entry.team_id.in_(team_ids))


def countered(session: Session, entry_ids: Sequence[int]) -> set[int]:
    """Those of them that another entry counters."""
    found = select(Entry.counters_id).where(Entry.counters_id.in_(entry_ids))
    return {one for one in session.scalars(found) if one is not None}


def _add(
    session: Session, key: str, kind: Kind, person: Person, points: int, reason: str,
    actor: Actor, now: datetime,
) -> tuple[Entry, bool]:  # fmt: skip
    if person.team_id is None:
        raise DomainError("This person belongs to no team.", field="person")
    entry = Entry(key=key, team_id=person.team_id, person_id=person.id, kind=kind, points=points)
    return _store(session, entry, reason, actor, now)


def _store(
    session: Session, entry: Entry, reason: str, actor: Actor, now: datetime,
    month: Month | None = None, action: str = "recognition.points",
) -> tuple[Entry, bool]:  # fmt: skip
    """The entry and whether it is new: the same form sent twice is one entry."""
    entry.reason = reason.strip()
    if not LEAST_REASON <= len(entry.reason) <= MOST_REASON:
        raise DomainError(
            "Write the reason in %(least)s to %(most)s characters.",
            field="reason",
            least=LEAST_REASON,
            most=MOST_REASON,
        )
    if entry.points == 0:
        raise DomainError("The policy gives no points for this.", field="reason")
    entry.month = month or Month.of(local_date(now, zone()))
    entry.entered_by, entry.entered_at = actor.person_id, now
    try:
        with session.begin_nested():
            session.add(entry)
    except IntegrityError:
        found = session.scalar(select(Entry).where(Entry.key == entry.key))
        if found is None:
            raise
        return found, False
    audit.record(
        session, actor, action, ("recognition_entry", entry.id), now=now,
        team_id=entry.team_id, person_id=entry.person_id, kind=entry.kind, points=entry.points,
        counters=entry.counters_id,
    )  # fmt: skip
    return entry, True
