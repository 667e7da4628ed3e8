"""Leave inside a course moves its due date on, where the programme says so.

A day of leave counts once, however often this runs. What it moves may bring more leave inside
the course, which counts as well: in the end there are as many days to work in as without leave.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select

from lms import audit
from lms.audit import Actor
from lms.courses import queries
from lms.courses.deadlines.counting import WORKING_DAYS
from lms.courses.deadlines.models import PausedDay
from lms.courses.models import Enrolment, ProgrammeVersion
from lms.db import Session
from lms.people.calendar import Calendar, calendar
from lms.people.models import Leave

Span = tuple[date, date]
_PAUSES = ProgrammeVersion.pause_on_leave.is_(True)


def pause(session: Session, where: ColumnElement[bool], *, actor: Actor, now: datetime) -> int:
    """Look at the courses under way that match; returns how many are due later now.

    Four queries at most, however many there are, and a row for each that changes.
    """
    rows = session.execute(
        select(Enrolment, ProgrammeVersion.due_in, Leave.first_day, Leave.last_day)
        .join(ProgrammeVersion, ProgrammeVersion.id == Enrolment.version_id)
        .join(Leave, Leave.person_id == Enrolment.person_id)
        .where(where, queries.ACTIVE, _PAUSES, Leave.last_day >= Enrolment.starts_on)
    ).all()
    if not rows:
        return 0
    spans: dict[Enrolment, list[Span]] = {}
    for enrolment, _, first, last in rows:
        spans.setdefault(enrolment, []).append((first, last))
    works = {enrolment: due_in == WORKING_DAYS for enrolment, due_in, *_ in rows}
    days = calendar(session) if any(works.values()) else None
    known = _known(session, where)
    changed = 0
    for enrolment, found in spans.items():
        counted, due_on = _count(
            enrolment, found, known.get(enrolment.id, set()), days if works[enrolment] else None
        )
        if counted:
            _move(session, enrolment, counted, due_on, actor, now)
            changed += 1
    session.flush()
    return changed


def _known(session: Session, where: ColumnElement[bool]) -> dict[int, set[date]]:
    found: dict[int, set[date]] = {}
    rows = session.execute(
        select(PausedDay.enrolment_id, PausedDay.day)
        .join(Enrolment, Enrolment.id == PausedDay.enrolment_id)
        .where(where, queries.ACTIVE)
    )
    for enrolment_id, day in rows:
        found.setdefault(enrolment_id, set()).add(day)
    return found


def _count(
    enrolment: Enrolment, spans: Iterable[Span], known: set[date], working: Calendar | None
) -> tuple[list[date], date]:
    """The days that count now, and the due date after them."""
    counted, due_on = [], enrolment.due_on
    for day in sorted(_days(spans, enrolment.starts_on) - known):
        if day > due_on:
            break
        if working is None:
            due_on += timedelta(days=1)
        elif working.is_working(day):
            due_on = working.nth_working_day(due_on + timedelta(days=1), 1)
        else:
            continue
        counted.append(day)
    return counted, due_on


def _days(spans: Iterable[Span], start: date) -> set[date]:
    found = set()
    for first, last in spans:
        day = max(first, start)
        while day <= last:
            found.add(day)
            day += timedelta(days=1)
    return found


def _move(
    session: Session,
    enrolment: Enrolment,
    days: list[date],
    due_on: date,
    actor: Actor,
    now: datetime,
) -> None:
    session.add_all(PausedDay(enrolment_id=enrolment.id, day=day) for day in days)
    audit.record(
        session,
        actor,
        "enrolment.pause",
        ("person", enrolment.person_id),
        now=now,
        enrolment_id=enrolment.id,
        days=len(days),
        old=enrolment.due_on.isoformat(),
        new=due_on.isoformat(),
    )
    enrolment.due_on = due_on


def take_as_known(session: Session, enrolment: Enrolment) -> None:
    """Somebody set the due date by hand: the leave known by then moves it no more."""
    leave = session.scalars(select(Leave).where(Leave.person_id == enrolment.person_id))
    within = _days([(row.first_day, row.last_day) for row in leave], enrolment.starts_on)
    known = _known(session, Enrolment.id == enrolment.id).get(enrolment.id, set())
    session.add_all(
        PausedDay(enrolment_id=enrolment.id, day=day)
        for day in within - known
        if day <= enrolment.due_on
    )
