"""Before a close: who lacks which required figure, and which teams have not come at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Subquery, and_, case, exists, func, or_, select

from lms.clock import Month
from lms.db import Session
from lms.people.models import Person, Team
from lms.policies import PolicyInForce
from lms.results.metrics import Metric, metrics
from lms.results.models import KpiValue
from lms.results.scoring_people import roster


class Lack(NamedTuple):
    """`metrics`: the required ones without a figure; `in_file`: whether there is a row at all."""

    person_id: int
    staff_no: str
    name: str
    team: str | None
    in_file: bool
    metrics: Sequence[Metric]


@dataclass(frozen=True)
class Completeness:
    """`expected`: how many would be ranked if they had a score; `count` of them lack something.

    `absent`: the teams of which nobody has a row, with their number of expected people.
    """

    expected: int
    count: int
    lacking: Sequence[Lack]
    absent: Sequence[tuple[str | None, int]]


def completeness(
    session: Session, month: Month, policy: PolicyInForce, most: int | None = None
) -> Completeness:
    """Two queries, however many people; `lacking` names the first `most`, by staff number."""
    required = [metric for metric in metrics(policy.params) if metric.required]
    expected = _expected(month, policy, required)
    teams = _teams(session, expected)
    return Completeness(
        sum(people for _, people, _, _ in teams),
        sum(lacking for _, _, _, lacking in teams),
        [_lack(row, required) for row in _lacking(session, expected, most)],
        [(name, people) for name, people, rows, _ in teams if not rows],
    )


def _expected(month: Month, policy: PolicyInForce, required: Sequence[Metric]) -> Subquery:
    """Those who would be ranked, with a column for each metric that says whether it is missing.

    A metric without a target for the person's channel is not asked of them.
    """
    one = roster(month, policy).subquery("one")
    missing = [
        and_(
            one.c.channel.in_(list(metric.targets)),
            ~exists().where(
                KpiValue.month == month,
                KpiValue.person_id == one.c.person_id,
                KpiValue.metric == metric.code,
            ),
        ).label(metric.code)
        for metric in required
    ]
    found = select(one.c.person_id, one.c.team_id, one.c.has_row, *missing)
    return found.where(one.c.not_ranked.is_(None)).subquery("expected")


def _lacks(expected: Subquery) -> Any:
    _person_id, _team_id, has_row, *missing = expected.c
    return or_(~has_row, *missing)


def _teams(session: Session, expected: Subquery) -> Sequence[Any]:
    """By team: name, people expected, those with a row, those who lack something."""
    count = func.count()
    return session.execute(
        select(
            Team.name,
            count,
            func.sum(case((expected.c.has_row, 1), else_=0)),
            func.sum(case((_lacks(expected), 1), else_=0)),
        )
        .select_from(expected)
        .outerjoin(Team, Team.id == expected.c.team_id)
        .group_by(Team.id, Team.name)
        .order_by(Team.name)
    ).all()


def _lacking(session: Session, expected: Subquery, most: int | None) -> Sequence[Any]:
    person_id, team_id, *flags = expected.c
    return session.execute(
        select(Person.id, Person.staff_no, Person.name, Team.name, *flags)
        .join(expected, person_id == Person.id)
        .outerjoin(Team, Team.id == team_id)
        .where(_lacks(expected))
        .order_by(Person.staff_no)
        .limit(most)
    ).all()


def _lack(row: Any, required: Sequence[Metric]) -> Lack:
    person_id, staff_no, name, team, in_file, *missing = row
    lacking = [metric for metric, lacks in zip(required, missing, strict=True) if lacks]
    return Lack(person_id, staff_no, name, team, bool(in_file), lacking)
