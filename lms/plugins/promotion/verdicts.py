"""A verdict for everybody on the roster, composed of our own criterion and the plugins'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select, true

from lms.plugins.api import (
    CriterionResult,
    CriterionState,
    DomainError,
    Employment,
    Month,
    MonthClose,
    Person,
    PolicyInForce,
    Position,
    Session,
    Team,
    criteria,
    policies,
)
from lms.plugins.promotion import streaks
from lms.plugins.promotion.policy import FIRST, Track, asks_for_streak

_FEW = 100  # so many are asked for by id; for more it is quicker to ask for everybody


class Verdict(StrEnum):
    ELIGIBLE = "eligible"
    NOT_YET = "not_yet"
    NOT_APPLICABLE = "not_applicable"


class PersonVerdict(NamedTuple):
    """`runs`: first months of the qualifying windows; `criteria`: what plugins added."""

    person_id: int
    staff_no: str
    name: str
    team: str
    level: str
    employment: str
    verdict: Verdict
    runs: Sequence[Month] = ()
    criteria: Sequence[CriterionResult] = ()


@dataclass(frozen=True)
class Check:
    """The verdicts of a year, by staff number, with the policy they were computed under."""

    year: int
    day: date
    policy: PolicyInForce
    rows: Sequence[PersonVerdict] = field(default_factory=list)
    track: Track = FIRST

    @property
    def period(self) -> streaks.Period:
        return streaks.period_of(self.year, self.policy)


def check(
    session: Session,
    year: int,
    *,
    today: date,
    now: datetime,
    scope: ColumnElement[bool] | None = None,
    track: Track = FIRST,
) -> Check:
    """Verdicts on a promotion along the track for the people in `scope` (default: everybody)."""
    policy = policies.in_force(session, track.policy)
    is_streak = asks_for_streak(policy)
    day = day_asked(year, today)
    found = Check(year, day, policy, track=track)
    people = session.execute(_roster(day, true() if scope is None else scope)).all()
    # Sorted here: each database server orders text by its own locale.
    people = sorted(people, key=lambda person: person.staff_no)
    candidates = [p.id for p in people if _may_be_promoted(p.level, p.employment, policy, track)]
    only = candidates if len(candidates) <= _FEW else None
    runs: Mapping[int, list[Month]] = {}
    if candidates and is_streak:
        runs = streaks.runs(session, found.period, policy, only)
    added: Mapping[int, list[CriterionResult]] = (
        criteria(candidates, track.key, year, now) if candidates else {}
    )
    is_candidate = set(candidates)
    rows = []
    for p in people:
        about = (p.id, p.staff_no, p.name, p.team or "", p.level, p.employment)
        if p.id not in is_candidate:
            rows.append(PersonVerdict(*about, Verdict.NOT_APPLICABLE))
            continue
        own, others = runs.get(p.id, []), added.get(p.id, [])
        states = [criterion.state for criterion in others]
        verdict = of_facts(p.level, p.employment, own, states, policy, track)
        rows.append(PersonVerdict(*about, verdict, own, others))
    return Check(year, day, policy, rows, track)


def known_years(session: Session, this_year: int) -> list[int]:
    """The years with a closed month, and the present one; newest first."""
    first = session.scalar(select(func.min(MonthClose.month)))
    return list(range(this_year, (first.year if first else this_year) - 1, -1))


def require_year(session: Session, year: int, today: date) -> None:
    """DomainError for a year nothing is known of, such as one mistyped in an address."""
    if year not in known_years(session, today.year):
        raise DomainError("Nothing is known of the year %(year)s.", year=str(year))


def day_asked(year: int, today: date) -> date:
    """For a past year its last day, otherwise today."""
    return min(date(year, 12, 31), today)


def of_facts(
    level: str,
    employment: str,
    runs: Sequence[object],
    states: Sequence[str],
    policy: PolicyInForce,
    track: Track,
) -> Verdict:
    """The rule itself; `states`: how the criteria that plugins added turned out."""
    if not _may_be_promoted(level, employment, policy, track):
        return Verdict.NOT_APPLICABLE
    # Anything but "met" is against it: an unknown criterion promotes nobody.
    met = (bool(runs) or not asks_for_streak(policy)) and all(
        state == CriterionState.MET for state in states
    )
    return Verdict.ELIGIBLE if met else Verdict.NOT_YET


def _may_be_promoted(level: str, employment: str, policy: PolicyInForce, track: Track) -> bool:
    return level == track.source and (policy["temporary"] or employment != Employment.TEMPORARY)


def _roster(day: date, scope: ColumnElement[bool]) -> Select[int, str, str, str, str, str]:
    """Everybody who has not left by then, with the level held on the day.

    Who came after the day has the level they came with.
    """
    level = func.coalesce(
        _level(Position.from_day <= day, Position.from_day.desc()),
        _level(Position.from_day > day, Position.from_day.asc()),
        Person.level,
    )
    return (
        select(
            Person.id,
            Person.staff_no,
            Person.name,
            Team.name.label("team"),
            Person.employment,
            level.label("level"),
        )
        .outerjoin(Team, Team.id == Person.team_id)
        .where(scope, or_(Person.left_on.is_(None), Person.left_on > day))
    )


def _level(when: ColumnElement[bool], order: ColumnElement[date]) -> ScalarSelect[str]:
    return (
        select(Position.level)
        .where(Position.person_id == Person.id, when)
        .order_by(order)
        .limit(1)
        .scalar_subquery()
    )
