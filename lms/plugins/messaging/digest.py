"""What a supervisor's digest says: who of the team is late, stuck, new, waits, or is due soon."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from lms.plugins.api import (
    Enrolment,
    EnrolmentStatus,
    Localized,
    Person,
    Session,
    local_date,
    signoffs_waiting,
    standings,
    stuck_since,
    zone,
)

_SOON = timedelta(days=7)
_LINES = 10
Line = dict[str, Any]
_LATE = Localized("「%(title)s」逾期 %(days)s 天", "“%(title)s”, %(days)s days overdue")
_STUCK = Localized("「%(title)s」自 %(day)s 起没有进展", "“%(title)s”, nothing since %(day)s")
_DUE = Localized("「%(title)s」%(day)s 到期", "“%(title)s”, due on %(day)s")
_TITLE = Localized("「%(title)s」", "“%(title)s”")
_STARTS = Localized("%(day)s 入职", "started or starts on %(day)s")


def content(
    session: Session, team_ids: Collection[int], but: int, now: datetime, today: date
) -> Mapping[str, Any] | None:
    """The sections, each with its first lines and how many there are; None: nothing to say.

    Only ids of people are in it, not their names. `but`: the supervisor, who is not their own team.
    """
    team = and_(Person.team_id.in_(team_ids), Person.left_on.is_(None), Person.id != but)
    found = {
        **_courses(session, team, now, today),
        "signoffs": _signoffs(session, team),
        "hired": _hired(session, team, today),
    }
    sections = [
        {"code": code, "total": len(found[code]), "lines": found[code][:_LINES]}
        for code in ("overdue", "stuck", "signoffs", "upcoming", "hired")
        if found[code]
    ]
    return {"sections": sections} if sections else None


def _courses(
    session: Session, team: ColumnElement[bool], now: datetime, today: date
) -> dict[str, list[Line]]:
    of_team = Enrolment.person_id.in_(select(Person.id).where(team))
    active = Enrolment.status == EnrolmentStatus.ACTIVE
    late, stuck, soon = [], [], []
    for found in standings(session, and_(active, of_team), today):
        title, person_id = found.outline.title, found.enrolment.person_id
        if found.is_overdue:
            late.append(_line(person_id, _LATE, title, days=-found.days_left))
        elif since := stuck_since(found, now):
            stuck.append(_line(person_id, _STUCK, title, day=local_date(since, zone())))
        elif found.enrolment.due_on <= today + _SOON:
            soon.append(_line(person_id, _DUE, title, day=found.enrolment.due_on))
    return {"overdue": late, "stuck": stuck, "upcoming": soon}


def _signoffs(session: Session, team: ColumnElement[bool]) -> list[Line]:
    return [
        _line(person.id, _TITLE, title)
        for person, _enrolment, _step, _kind, title, _since in signoffs_waiting(session, team)
    ]


def _hired(session: Session, team: ColumnElement[bool], today: date) -> list[Line]:
    rows = session.execute(
        select(Person.id, Person.hired_on)
        .where(team, Person.hired_on.between(today - _SOON, today + _SOON))
        .order_by(Person.hired_on, Person.id)
    )
    return [_line(row.id, _STARTS, Localized(), day=row.hired_on) for row in rows]


def _line(person_id: int, text: Localized, title: Localized, **facts: object) -> Line:
    both = {
        "zh": text.zh % {"title": title.pick("zh"), **facts},
        "en": text.en % {"title": title.pick("en"), **facts},
    }
    return {"person": person_id, "text": both}
