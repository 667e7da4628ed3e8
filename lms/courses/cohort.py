"""The cohort board: hires by steps, by team and by the week they began, the late and the stuck."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from lms.courses import queries
from lms.courses.gating import Standing
from lms.courses.models import Enrolment, ProgrammeVersion, StepProgress
from lms.courses.team import STUCK_AFTER, stuck_since
from lms.db import Session
from lms.people.models import Person, Team

PER_PAGE = 20


class Choice(NamedTuple):
    """What is shown: `show` is overdue, stuck or everybody; `week` the Monday they began in."""

    team_id: int | None = None
    week: date | None = None
    show: str = ""


class HireRow(NamedTuple):
    """`stuck_since` is the last thing they did, if that was long ago."""

    person: Person
    team: str | None
    standing: Standing
    stuck_since: datetime | None


class Facets(NamedTuple):
    """What can be chosen, and how many there are of it: teams by id, weeks by their Monday."""

    teams: dict[int, str]
    weeks: dict[date, int]
    total: int
    overdue: int


class Board(NamedTuple):
    """One page of hires, the stuck longest first; `groups` by programme version, because their
    steps differ."""

    rows: list[HireRow]
    groups: list[list[HireRow]]
    facets: Facets
    stuck: int
    page: int
    pages: int
    total: int


def board(
    session: Session,
    scope: ColumnElement[bool],
    choice: Choice,
    now: datetime,
    today: date,
    page: int = 1,
) -> Board:
    """Hires under way within the scope, soonest due first; four queries at most."""
    facets = _facets(session, scope, choice, today)
    silent = _stuck(session, scope, choice, now, today)
    total = {"overdue": facets.overdue, "stuck": len(silent)}.get(choice.show, facets.total)
    first = (page - 1) * PER_PAGE
    if choice.show == "stuck":
        here = silent[first : first + PER_PAGE]
        rows = _rows(session, [Enrolment.id.in_(here)], now, today) if here else []
        rows.sort(key=lambda row: here.index(row.standing.enrolment.id))
    else:
        wanted = _wanted(scope, choice, today, silent)
        rows = _rows(session, wanted, now, today, limit=PER_PAGE, offset=first)
    groups: dict[int, list[HireRow]] = {}
    for row in rows:
        groups.setdefault(row.standing.outline.version_id, []).append(row)
    pages = max(1, -(-total // PER_PAGE))
    return Board(rows, list(groups.values()), facets, len(silent), page, pages, total)


def everybody(
    session: Session, scope: ColumnElement[bool], choice: Choice, now: datetime, today: date
) -> list[HireRow]:
    """All pages at once, for a file."""
    silent = _stuck(session, scope, choice, now, today) if choice.show == "stuck" else ()
    return _rows(session, _wanted(scope, choice, today, silent), now, today)


def how_many_stuck(session: Session, scope: ColumnElement[bool], now: datetime, today: date) -> int:
    return len(_stuck(session, scope, Choice(), now, today))


def _under_way(scope: ColumnElement[bool], choice: Choice) -> list[ColumnElement[bool]]:
    clears = select(ProgrammeVersion.id).where(ProgrammeVersion.grants_clearance.is_(True))
    found = [queries.ACTIVE, Enrolment.version_id.in_(clears), Person.left_on.is_(None), scope]
    if choice.team_id is not None:
        found.append(Person.team_id == choice.team_id)
    if choice.week is not None:
        last = choice.week + timedelta(days=6)
        found.append(Enrolment.starts_on.between(choice.week, last))
    return found


def _wanted(
    scope: ColumnElement[bool], choice: Choice, today: date, silent: Iterable[int]
) -> list[ColumnElement[bool]]:
    found = _under_way(scope, choice)
    if choice.show == "overdue":
        found.append(Enrolment.due_on < today)
    if choice.show == "stuck":
        found.append(Enrolment.id.in_(list(silent)))
    return found


def _facets(session: Session, scope: ColumnElement[bool], choice: Choice, today: date) -> Facets:
    """From all within the scope, so that a choice can be changed; the counts are of the choice."""
    late = Enrolment.due_on < today
    rows = session.execute(
        select(Person.team_id, Team.name, Enrolment.starts_on, late, func.count())
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(*_under_way(scope, Choice()))
        .group_by(Person.team_id, Team.name, Enrolment.starts_on, late)
        .order_by(Team.name, Enrolment.starts_on.desc())
    ).all()
    teams: dict[int, str] = {}
    weeks: dict[date, int] = {}
    total = overdue = 0
    for team_id, name, starts_on, is_late, count in rows:
        monday = starts_on - timedelta(days=starts_on.weekday())
        if team_id is not None:
            teams[team_id] = name
        weeks[monday] = weeks.get(monday, 0) + count
        if choice.team_id in (None, team_id) and choice.week in (None, monday):
            total, overdue = total + count, overdue + (count if is_late else 0)
    return Facets(teams, dict(sorted(weeks.items(), reverse=True)), total, overdue)


def _stuck(
    session: Session, scope: ColumnElement[bool], choice: Choice, now: datetime, today: date
) -> list[int]:
    """Enrolments of those who could go on and have done nothing for long, longest first.

    The database finds the silent ones; who of them has something to do, the gating says.
    """
    limit = now - STUCK_AFTER
    alive = exists().where(
        StepProgress.enrolment_id == Enrolment.id,
        or_(StepProgress.started_at >= limit, StepProgress.completed_at >= limit),
    )
    people = select(Enrolment.id).join(Person, Person.id == Enrolment.person_id)
    silent = people.where(
        *_under_way(scope, choice),
        Enrolment.starts_on < today,
        Enrolment.created_at < limit,
        ~alive,
    )
    found = [
        (since, standing.enrolment.id)
        for standing in queries.standings(session, Enrolment.id.in_(silent), today)
        if (since := stuck_since(standing, now))
    ]
    return [enrolment_id for _, enrolment_id in sorted(found)]


def _rows(
    session: Session,
    wanted: Sequence[ColumnElement[bool]],
    now: datetime,
    today: date,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[HireRow]:
    rows = session.execute(
        select(Enrolment.id, Person, Team.name)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(*wanted)
        .order_by(Enrolment.due_on, Enrolment.id)
        .limit(limit)
        .offset(offset)
    ).all()
    whose = {enrolment_id: (person, team) for enrolment_id, person, team in rows}
    found = queries.standings(session, and_(Enrolment.id.in_(whose)), today)
    return [HireRow(*whose[s.enrolment.id], s, stuck_since(s, now)) for s in found]
