"""Working supervisors' months out of a closed month, revision by revision."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import case, func, or_, select

from lms.plugins.api import (
    SYSTEM,
    Level,
    Month,
    MonthClose,
    MonthResult,
    Person,
    RoleAssignment,
    Session,
    access,
    audit,
    policies,
)
from lms.plugins.scorecards.models import Entry, Kind, SupervisorMonth
from lms.plugins.scorecards.policy import SUPERVISOR
from lms.plugins.scorecards.supervisors.shares import supervisor_score


def work_out(
    session: Session, month: Month, now: datetime, only: Collection[int] | None = None
) -> int:
    """A new revision for each supervisor whose month came out otherwise; how many.

    Nothing while the month is open. `only`: these people. Whose team it was is asked when the month
    is first worked out, and stays.
    """
    close = session.scalar(
        select(MonthClose).where(MonthClose.month == month, MonthClose.is_current)
    )
    if close is None:
        return 0
    before = {row.person_id: row for row in current(session, month)}
    teams = _teams(session, close.id) | {i: set(row.teams) for i, row in before.items()}
    if only is not None:
        teams = {i: found for i, found in teams.items() if i in only}
    if not teams:
        return 0
    counts = _counts(session, close.id, {team for found in teams.values() for team in found})
    entries = entries_of(session, month)
    policy = policies.in_force(session, SUPERVISOR, month)
    made = [
        _row(person_id, close, sorted(found), counts, entries, policy.params)
        for person_id, found in sorted(teams.items())
    ]
    changed = [row for row in made if not _same(before.get(row.person_id), row)]
    for row in changed:
        old = before.get(row.person_id)
        if old is not None:
            old.is_current = False
        row.number, row.is_current = (old.number + 1 if old else 1), True
        row.policy_number, row.made_at = policy.number, now
    session.flush()
    session.add_all(changed)
    if changed:
        audit.record(
            session, SYSTEM, "scorecards.work_out", ("month_close", close.id), now=now,
            month=str(month), people=[row.person_id for row in changed],
        )  # fmt: skip
    session.flush()
    return len(changed)


def current(session: Session, month: Month) -> Iterable[SupervisorMonth]:
    held = (SupervisorMonth.month == month, SupervisorMonth.is_current)
    return session.scalars(select(SupervisorMonth).where(*held)).all()


def entries_of(session: Session, month: Month) -> Mapping[tuple[int, str], Entry]:
    """What holds for the month, by person and kind."""
    held = select(Entry).where(Entry.month == month, Entry.is_current)
    return {(entry.person_id, entry.kind): entry for entry in session.scalars(held)}


def share_of(entry: Entry | None) -> Fraction | None:
    """None without data: nothing was entered, or it was withdrawn."""
    return None if entry is None or entry.is_withdrawn else Fraction(entry.part, entry.whole)


def supervisors_now(session: Session) -> list[Person]:
    """Those who supervise at present, by level or by role."""
    by_role = select(RoleAssignment.person_id).where(RoleAssignment.role == access.SUPERVISOR)
    found = select(Person).where(
        or_(Person.level == Level.SUPERVISOR, Person.id.in_(by_role)), Person.left_on.is_(None)
    )
    return list(session.scalars(found.order_by(Person.staff_no)))


def _row(
    person_id: int,
    close: MonthClose,
    teams: list[int],
    counts: Mapping[int, tuple[int, int]],
    entries: Mapping[tuple[int, str], Entry],
    params: Mapping[str, Any],
) -> SupervisorMonth:
    ranked = sum(counts.get(team, (0, 0))[0] for team in teams)
    met = sum(counts.get(team, (0, 0))[1] for team in teams)
    found = [entries.get((person_id, kind)) for kind in Kind]
    sampling, actions = (None if e is None or e.is_withdrawn else e for e in found)
    shares = {
        "met": Fraction(met, ranked) if ranked else None,
        "sampling": share_of(sampling),
        "actions": share_of(actions),
    }
    return SupervisorMonth(
        person_id=person_id, month=close.month, close_id=close.id, teams=teams, ranked=ranked,
        met=met, sampling_id=sampling.id if sampling else None,
        actions_id=actions.id if actions else None, score=supervisor_score(shares, params),
        params=dict(params),
    )  # fmt: skip


def _same(old: SupervisorMonth | None, new: SupervisorMonth) -> bool:
    what = ("teams", "ranked", "met", "sampling_id", "actions_id", "score", "params")
    return old is not None and all(getattr(old, name) == getattr(new, name) for name in what)


def _teams(session: Session, close_id: int) -> dict[int, set[int]]:
    """Who supervised which teams: those their roles name, and for a role that names none, or for
    the level without a role, the team they were in themselves. Those in the close only."""
    roles = session.execute(
        select(RoleAssignment.person_id, RoleAssignment.team_id).where(
            RoleAssignment.role == access.SUPERVISOR
        )
    ).all()
    holders = {person_id for person_id, _team in roles}
    r = MonthResult
    there = session.execute(
        select(r.person_id, r.team_id).where(
            r.close_id == close_id, or_(r.level == Level.SUPERVISOR, r.person_id.in_(holders))
        )
    ).all()
    named: dict[int, set[int | None]] = {}
    for person_id, team_id in roles:
        named.setdefault(person_id, set()).add(team_id)
    found = {i: {team or own for team in named.get(i, {None})} for i, own in there}
    return {i: held for i, teams in found.items() if (held := {t for t in teams if t is not None})}


def _counts(session: Session, close_id: int, teams: set[int]) -> Mapping[int, tuple[int, int]]:
    """By team: ranked people, and those of them with KPI met."""
    rows = session.execute(
        select(
            MonthResult.team_id, func.count(), func.sum(case((MonthResult.kpi_met, 1), else_=0))
        )
        .where(
            MonthResult.close_id == close_id, MonthResult.not_ranked.is_(None),
            MonthResult.team_id.in_(teams),
        )
        .group_by(MonthResult.team_id)
    )  # fmt: skip
    return {team: (count, int(met)) for team, count, met in rows}
