"""Storing a roster: new people from their hire date, changes from today, clearance as history."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from lms import audit, events
from lms.audit import Actor
from lms.clock import local_date
from lms.db import Session
from lms.people import names
from lms.people.models import (
    Clearance,
    ClearanceSource,
    Employment,
    Person,
    Position,
    Team,
)
from lms.people.organisation import zone
from lms.people.services import move
from lms.plugins.bus import emit
from lms.progress import Report, to_nobody, watched
from lms.results.models import ImportRun

HISTORY = ClearanceSource.HISTORY
Row = dict[str, Any]


@dataclass
class _Present:
    """What is stored now."""

    people: dict[str, Person]
    teams: dict[str, Team]
    team_names: dict[int | None, str]
    history: dict[int, Clearance] = field(default_factory=dict)


def _present(session: Session) -> _Present:
    cleared = session.scalars(
        select(Clearance).where(Clearance.source == HISTORY, Clearance.revoked_on.is_(None))
    )
    teams = session.scalars(select(Team)).all()
    return _Present(
        people={p.staff_no: p for p in session.scalars(select(Person))},
        teams={t.name: t for t in teams},
        team_names={t.id: t.name for t in teams},
        history={c.person_id: c for c in cleared},
    )


def plan_roster(session: Session, rows: list[Row], _now: datetime) -> dict[str, int]:
    present = _present(session)
    added = sum(1 for row in rows if row["staff_no"] not in present.people)
    changed = sum(
        1
        for row in rows
        if (person := present.people.get(row["staff_no"])) is not None
        and _differs(person, row, present)
    )
    return {"added": added, "replaced": changed, "same": len(rows) - added - changed}


def _differs(person: Person, row: Row, present: _Present) -> bool:
    now_there = {
        "name": person.name, "team": present.team_names.get(person.team_id),
        "channel": person.channel, "level": person.level,
        "employment": person.employment, "hired_on": person.hired_on.isoformat(),
        "email": person.email,
    }  # fmt: skip
    return any(row.get(k) is not None and row[k] != v for k, v in now_there.items()) or _clears(
        person, row, present
    )


def _clears(person: Person, row: Row, present: _Present) -> bool:
    held = present.history.get(person.id)
    return row["cleared_on"] is not None and (
        held is None or held.from_day.isoformat() != row["cleared_on"]
    )


def apply_roster(
    session: Session,
    run: ImportRun,
    *,
    actor: Actor,
    now: datetime,
    report: Report = to_nobody,
) -> dict[str, int]:
    """Store the good rows. Clearance dates are history and audited as such, one entry a person."""
    counts = plan_roster(session, run.rows, now)
    present = _present(session)
    known = ((present.people.get(row["staff_no"]), row["name"]) for row in run.rows)
    if any(person is not None and person.name != name for person, name in known):
        names.changed(session)
    _make_teams(session, run.rows, present)
    new = [row for row in run.rows if row["staff_no"] not in present.people]
    for row in watched(run.rows, len(run.rows), "store", report):
        person = present.people.get(row["staff_no"])
        if person is not None and _differs(person, row, present):
            _change(session, person, row, present, actor, now)
    added = _add(session, new, present, now)
    _clear(session, run, present, actor, now)
    audit.record(
        session, actor, "people.import", ("import", run.id), now=now,
        file=run.filename, counts=counts, added=[p.id for p in added],
    )  # fmt: skip
    session.flush()
    for person in added:
        emit(events.PersonAdded(now, person.id))
    _onboard(session, [p for p in added if p.id not in present.history], actor, now)
    return counts


def _make_teams(session: Session, rows: list[Row], present: _Present) -> None:
    for name in {row["team"] for row in rows if row["team"]} - present.teams.keys():
        present.teams[name] = Team(name=name)
        session.add(present.teams[name])
    session.flush()
    present.team_names.update({team.id: name for name, team in present.teams.items()})


def _add(session: Session, rows: list[Row], present: _Present, now: datetime) -> list[Person]:
    added = [
        Person(
            staff_no=row["staff_no"],
            name=row["name"],
            team_id=present.teams[row["team"]].id if row["team"] else None,
            level=row["level"],
            channel=row["channel"],
            employment=row["employment"] or Employment.REGULAR,
            hired_on=date.fromisoformat(row["hired_on"]),
            email=row.get("email"),
            email_at=now if row.get("email") else None,
            created_at=now,
        )
        for row in rows
    ]
    session.add_all(added)
    session.flush()
    session.add_all(
        Position(
            person_id=p.id, from_day=p.hired_on, team_id=p.team_id, level=p.level, channel=p.channel
        )
        for p in added
    )
    present.people.update({p.staff_no: p for p in added})
    return added


def _change(
    session: Session, person: Person, row: Row, present: _Present, actor: Actor, now: datetime
) -> None:
    old = _facts(person)
    person.name = row["name"]
    person.employment = row["employment"] or person.employment
    hired_on = date.fromisoformat(row["hired_on"]) if row["hired_on"] else person.hired_on
    if hired_on != person.hired_on:
        _move_beginning(session, person, hired_on)
    new = _facts(person)
    if row.get("email") and row["email"] != person.email:
        person.email, person.email_at = row["email"], now
        new["email"] = "changed"  # where to is the person's own affair, and can be erased there
    if new != old:
        audit.record(
            session, actor, "person.edit", ("person", person.id), now=now,
            old=old, new=new,
        )  # fmt: skip
    team = present.teams[row["team"]] if row["team"] else session.get(Team, person.team_id or 0)
    move(
        session,
        person,
        from_day=max(local_date(now, zone()), person.hired_on),
        team=team,
        level=row["level"] or person.level,
        channel=row["channel"] or person.channel,
        actor=actor,
        now=now,
        reason="roster import",
    )


def _facts(person: Person) -> dict[str, str]:
    return {
        "name": person.name, "employment": person.employment, "hired_on": str(person.hired_on),
    }  # fmt: skip


def _move_beginning(session: Session, person: Person, hired_on: date) -> None:
    """The first position begins with the hire date, also with a corrected one."""
    positions = session.scalars(
        select(Position).where(Position.person_id == person.id).order_by(Position.from_day)
    ).all()
    later = positions[1].from_day if len(positions) > 1 else None
    if positions and (later is None or hired_on < later):
        positions[0].from_day = hired_on
    person.hired_on = hired_on


def _clear(
    session: Session, run: ImportRun, present: _Present, actor: Actor, now: datetime
) -> None:
    """Clearance from before the system. It tells nobody: no notice, no certificate comes of it."""
    for row in run.rows:
        person = present.people[row["staff_no"]]
        if not _clears(person, row, present):
            continue
        held = present.history.get(person.id)
        if held is not None:  # a corrected date replaces the first; that one never counted
            held.revoked_on = held.from_day
            held.revoked_reason = "corrected by a roster import"
        clearance = Clearance(
            person_id=person.id,
            from_day=date.fromisoformat(row["cleared_on"]),
            source=HISTORY,
            channels=held.channels if held else None,
            reason=f"{run.filename} #{row['row']}"[:200],
            granted_by=actor.person_id,
            granted_at=now,
        )
        session.add(clearance)
        present.history[person.id] = clearance
        audit.record(
            session, actor, "clearance.grant", ("person", person.id), now=now,
            source=HISTORY, from_day=row["cleared_on"], import_id=run.id,
        )  # fmt: skip


def _onboard(session: Session, people: list[Person], actor: Actor, now: datetime) -> None:
    from lms.courses.onboarding import assign_onboarding

    for person in people:
        assign_onboarding(session, person, actor=actor, now=now)
