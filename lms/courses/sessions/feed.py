"""A person's sessions and due dates as iCalendar (RFC 5545), in their language.

Times are written in UTC, which every calendar shows in its own zone; due dates are days. Events
keep their UID for good, and SEQUENCE rises with each change, so that subscribed calendars follow.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select

from lms.courses.models import Enrolment, EnrolmentStatus, ProgrammeVersion
from lms.courses.sessions.models import Booking, BookingState, CalendarFeed, TrainingSession
from lms.db import Localized, Session
from lms.people.models import Person

# How long the past stays in the calendar.
_KEPT = timedelta(days=90)
_NAME = Localized("客服学堂", "Service Academy")


class Entry(NamedTuple):
    """`starts` and `ends` are both instants, or both days (the end not included)."""

    uid: str
    starts: datetime | date
    ends: datetime | date
    title: str
    status: str
    sequence: int
    changed_at: datetime
    place: str = ""
    text: str = ""
    url: str = ""


def calendar(
    session: Session,
    feed: CalendarFeed,
    person: Person,
    now: datetime,
    session_url: Callable[[int], str],
    enrolment_url: Callable[[int], str],
) -> bytes:
    """The whole calendar; the same while nothing has changed. URLs are absolute."""
    from icalendar import Calendar, Event

    made = Calendar()
    name = _NAME.pick(person.locale)
    for key, value in (
        ("prodid", "-//Service Academy//LMS//EN"),
        ("version", "2.0"),
        ("name", name),
        ("x-wr-calname", name),
        ("x-published-ttl", "PT1H"),
    ):
        made.add(key, value)
    made.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in (
        *_sessions(session, person, now, session_url),
        *_due_dates(session, person, now, enrolment_url),
    ):
        event = Event()
        event.add("uid", f"{entry.uid}@{feed.uid}.service-academy")
        event.add("dtstamp", entry.changed_at)
        event.add("last-modified", entry.changed_at)
        event.add("sequence", entry.sequence)
        event.add("dtstart", entry.starts)
        event.add("dtend", entry.ends)
        event.add("summary", entry.title)
        event.add("status", entry.status)
        event.add("transp", "OPAQUE" if isinstance(entry.starts, datetime) else "TRANSPARENT")
        for field, text in (
            ("location", entry.place), ("description", entry.text), ("url", entry.url)
        ):  # fmt: skip
            if text:
                event.add(field, text)
        made.add_component(event)
    return bytes(made.to_ical())


def _sessions(
    session: Session, person: Person, now: datetime, url: Callable[[int], str]
) -> Iterator[Entry]:
    """What the person has booked, waits for, gave back, or leads."""
    rows = session.execute(
        select(TrainingSession, Booking)
        .outerjoin(
            Booking,
            (Booking.session_id == TrainingSession.id) & (Booking.person_id == person.id),
        )
        .where(
            TrainingSession.ends_at > now - _KEPT,
            or_(Booking.id.is_not(None), TrainingSession.facilitator_id == person.id),
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id, Booking.id)
    )
    found: dict[TrainingSession, list[Booking]] = {}
    for planned, booking in rows:
        found.setdefault(planned, []).extend([booking] if booking else [])
    for planned, bookings in found.items():
        yield _session(planned, bookings, person, url)


def _session(
    planned: TrainingSession, bookings: list[Booking], person: Person, url: Callable[[int], str]
) -> Entry:
    leads = planned.facilitator_id == person.id
    state = BookingState.BOOKED if leads else bookings[-1].state
    is_off = planned.cancelled_at is not None or state == BookingState.CANCELLED
    title = planned.title.pick(person.locale)
    text = []
    if planned.cancelled_at is not None:
        text.append(planned.cancelled_reason)
    elif state == BookingState.WAITING:
        text.append(Localized("候补中", "On the waiting list").pick(person.locale))
    elif state == BookingState.BOOKED and planned.link:
        text.append(planned.link)
    return Entry(
        uid=f"session-{planned.id}",
        starts=planned.starts_at,
        ends=planned.ends_at,
        title=title,
        status="CANCELLED"
        if is_off
        else "TENTATIVE"
        if state == BookingState.WAITING
        else "CONFIRMED",
        # Booking again after giving back is a change as well, so each row counts for one.
        sequence=planned.sequence + sum(b.changes + 1 for b in bookings),
        changed_at=max([planned.changed_at, *(b.changed_at for b in bookings)]),
        place=planned.place,
        text="\n".join(text),
        url=url(planned.id),
    )


def _due_dates(
    session: Session, person: Person, now: datetime, url: Callable[[int], str]
) -> Iterator[Entry]:
    """Of courses under way; a cancelled one is called off, a completed one is gone."""
    is_off = (Enrolment.status == EnrolmentStatus.CANCELLED) & (Enrolment.ended_at > now - _KEPT)
    rows = session.execute(
        select(Enrolment, ProgrammeVersion.title)
        .join(ProgrammeVersion, ProgrammeVersion.id == Enrolment.version_id)
        .where(
            Enrolment.person_id == person.id,
            or_(Enrolment.status == EnrolmentStatus.ACTIVE, is_off),
        )
        .order_by(Enrolment.due_on, Enrolment.id)
    )
    for enrolment, title in rows:
        cancelled = enrolment.status == EnrolmentStatus.CANCELLED
        words = Localized(f"截止：{title.pick('zh')}", f"Due: {title.pick('en')}")
        yield Entry(
            uid=f"enrolment-{enrolment.id}",
            starts=enrolment.due_on,
            ends=enrolment.due_on + timedelta(days=1),
            title=words.pick(person.locale),
            status="CANCELLED" if cancelled else "CONFIRMED",
            # A due date only ever moves later, so its distance from the start rises with it.
            sequence=(enrolment.due_on - enrolment.starts_on).days + cancelled,
            changed_at=enrolment.ended_at or enrolment.created_at,
            url=url(enrolment.id),
        )
