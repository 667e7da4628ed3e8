"""What a person wants to be sent, by kind and channel; and how often a supervisor the digest."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import DomainError, NoticeKind, Session
from lms.plugins.messaging.models import DigestChoice, Preference, Rhythm

Pair = tuple[str, str]


def chosen(
    session: Session,
    person_id: int,
    kinds: Mapping[str, NoticeKind],
    channels: Iterable[str],
) -> set[Pair]:
    """The pairs (kind, channel) that are on, the kinds' defaults included."""
    stored = {(p.kind, p.channel): p.is_on for p in _stored(session, person_id)}
    names = list(channels)
    return {
        (kind, channel)
        for kind, about in kinds.items()
        for channel in names
        if stored.get((kind, channel), about.is_sent)
    }


def save(
    session: Session,
    person_id: int,
    wanted: Collection[Pair],
    kinds: Mapping[str, NoticeKind],
    channels: Collection[str],
) -> None:
    """`wanted`: what was ticked. Of kinds and channels that are not shown, nothing changes."""
    stored = {(p.kind, p.channel): p for p in _stored(session, person_id)}
    for kind, about in kinds.items():
        for channel in channels:
            pair, is_on = (kind, channel), (kind, channel) in wanted
            if pair in stored:
                stored[pair].is_on = is_on
            elif is_on != about.is_sent:
                row = Preference(person_id=person_id, kind=kind, channel=channel, is_on=is_on)
                session.add(row)


def rhythm(session: Session, person_id: int) -> Rhythm:
    found = session.get(DigestChoice, person_id)
    return Rhythm(found.rhythm) if found else Rhythm.WEEKLY


def save_rhythm(session: Session, person_id: int, wanted: str, now: datetime) -> None:
    if wanted not in set(Rhythm):
        raise DomainError("This is not one of the choices.", field="rhythm")
    found = session.get(DigestChoice, person_id)
    if found is None:
        session.add(DigestChoice(person_id=person_id, rhythm=wanted, changed_at=now))
    elif found.rhythm != wanted:
        found.rhythm, found.changed_at = wanted, now


def _stored(session: Session, person_id: int) -> Iterable[Preference]:
    return session.scalars(select(Preference).where(Preference.person_id == person_id))
