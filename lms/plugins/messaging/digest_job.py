"""When a digest is due: once for each day or week, whatever the clocks do."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError

from lms.plugins.api import Person, RoleAssignment, Session, access, local_date, policies, zone
from lms.plugins.messaging import digest
from lms.plugins.messaging.email import EmailChannel
from lms.plugins.messaging.models import (
    Address,
    Delivery,
    Digest,
    DigestChoice,
    Mark,
    OwnKind,
    Rhythm,
)
from lms.plugins.messaging.settings import DIGEST


class _Reader(NamedTuple):
    person_id: int
    address_id: int
    rhythm: Rhythm
    since: datetime
    team_ids: frozenset[int]


def send_digests(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """The periodic job: each digest in a transaction of its own, with the note that it was made."""
    params = policies.in_force(session, DIGEST)
    hour, weekday = int(params["hour"]), int(params["weekday"])
    latest = {
        Rhythm.DAILY: last_due(now, zone(), hour),
        Rhythm.WEEKLY: last_due(now, zone(), hour, weekday),
    }
    readers = list(_readers(session))
    days = {day for day, _ in latest.values()}
    known = select(Digest.person_id, Digest.for_day).where(Digest.for_day.in_(days))
    made = {(row.person_id, row.for_day) for row in session.execute(known)}
    session.commit()
    for reader in readers:
        day, at = latest[reader.rhythm]
        if at > reader.since and (reader.person_id, day) not in made:
            _make(session, reader, day, now)


def last_due(
    now: datetime, where: ZoneInfo, hour: int, weekday: int | None = None
) -> tuple[date, datetime]:
    """The latest day on which a digest fell due, and the moment (UTC).

    An hour that the clocks leave out comes when they have been put on; of one that comes twice,
    the first counts.
    """
    day = local_date(now, where)
    while True:
        at = datetime.combine(day, time(hour), where).astimezone(UTC)
        if at <= now and weekday in (None, day.isoweekday()):
            return day, at
        day -= timedelta(days=1)


def _readers(session: Session) -> Iterator[_Reader]:
    """Supervisors with a confirmed e-mail address, who want it. `since`: nothing that fell due
    before the plugin, the address or the choice was there is made up for."""
    mark = session.get(Mark, 1)
    if mark is None:
        return
    email = and_(
        Address.person_id == Person.id,
        Address.channel == EmailChannel.name,
        Address.removed_at.is_(None),
        Address.confirmed_at.is_not(None),
    )
    rows = session.execute(
        select(
            Person.id, Address.id, Address.confirmed_at, DigestChoice.rhythm,
            DigestChoice.changed_at, func.coalesce(RoleAssignment.team_id, Person.team_id),
        )
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .join(Address, email)
        .outerjoin(DigestChoice, DigestChoice.person_id == Person.id)
        .where(RoleAssignment.role == access.SUPERVISOR, Person.left_on.is_(None))
        .order_by(Person.id)
    )  # fmt: skip
    teams: dict[int, set[int]] = {}
    facts: dict[int, tuple[int, Rhythm, datetime]] = {}
    for person_id, address_id, confirmed_at, rhythm, changed_at, team_id in rows:
        since = max(m for m in (mark.since, confirmed_at, changed_at) if m)
        facts[person_id] = (address_id, Rhythm(rhythm or Rhythm.WEEKLY), since)
        teams.setdefault(person_id, set()).update({team_id} - {None})
    for person_id, (address_id, rhythm, since) in facts.items():
        if rhythm is not Rhythm.OFF and teams[person_id]:
            yield _Reader(person_id, address_id, rhythm, since, frozenset(teams[person_id]))


def _make(session: Session, reader: _Reader, day: date, now: datetime) -> None:
    session.add(Digest(person_id=reader.person_id, for_day=day, made_at=now))
    try:
        session.flush()
    except IntegrityError:
        session.rollback()  # another process made it
        return
    today = local_date(now, zone())
    found = digest.content(session, reader.team_ids, reader.person_id, now, today)
    if found is not None:
        session.add(
            Delivery(
                channel=EmailChannel.name, address_id=reader.address_id,
                person_id=reader.person_id, kind=OwnKind.DIGEST, content=dict(found),
                created_at=now, due_at=now,
            )
        )  # fmt: skip
    session.commit()
