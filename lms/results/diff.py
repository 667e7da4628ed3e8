"""What a revision changed: whose result moved and by which figure, who entered or left a list."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from lms.db import Session
from lms.people.models import Person
from lms.results.models import MonthClose, MonthFigure, MonthResult
from lms.rules.models import Proposal, RuleRun


class FigureChange(NamedTuple):
    metric: str
    old: float | None
    new: float | None


class Moved(NamedTuple):
    """A person whose score or standing differs; None on the side where they have no result."""

    person: Person
    old: MonthResult | None
    new: MonthResult | None
    figures: list[FigureChange]


@dataclass(frozen=True)
class ListChange:
    """By rule: ids of people proposed in one revision only."""

    rule: str
    entered: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


def moved(session: Session, before: MonthClose, after: MonthClose) -> list[Moved]:
    """By staff number; people whose rank alone shifted, because others moved, are left out."""
    one, two = aliased(MonthResult), aliased(MonthResult)
    figures = _figure_changes(session, before, after)
    differs = or_(
        one.score.is_distinct_from(two.score),
        one.not_ranked.is_distinct_from(two.not_ranked),
        Person.id.in_(figures.keys()),
    )
    rows = session.execute(
        select(Person, one, two)
        .outerjoin(one, and_(one.person_id == Person.id, one.close_id == before.id))
        .outerjoin(two, and_(two.person_id == Person.id, two.close_id == after.id))
        .where(differs)
        .order_by(Person.staff_no)
    )
    return [Moved(person, old, new, figures.get(person.id, [])) for person, old, new in rows]


def _figure_changes(
    session: Session, before: MonthClose, after: MonthClose
) -> dict[int, list[FigureChange]]:
    found: dict[int, list[FigureChange]] = defaultdict(list)
    one, two = aliased(MonthFigure), aliased(MonthFigure)
    for left, right, turned in ((before, after, False), (after, before, True)):
        rows = session.execute(
            select(one.person_id, one.metric, one.value, two.value)
            .outerjoin(
                two,
                and_(
                    two.close_id == right.id,
                    two.person_id == one.person_id,
                    two.metric == one.metric,
                ),
            )
            .where(
                one.close_id == left.id,
                two.close_id.is_(None) if turned else one.value.is_distinct_from(two.value),
            )
            .order_by(one.metric)
        )
        for person_id, metric, here, there in rows:
            old, new = (there, here) if turned else (here, there)
            found[person_id].append(FigureChange(metric, old, new))
    return dict(found)


def list_changes(session: Session, before: MonthClose, after: MonthClose) -> list[ListChange]:
    """Only rules whose list differs."""
    rows: Any = session.execute(
        select(RuleRun.rule, RuleRun.close_id, Proposal.person_id)
        .join(Proposal, Proposal.run_id == RuleRun.id)
        .where(RuleRun.close_id.in_([before.id, after.id]))
    )
    people: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for rule, close_id, person_id in rows:
        people[rule][close_id].add(person_id)
    changes = [
        ListChange(
            rule,
            sorted(found[after.id] - found[before.id]),
            sorted(found[before.id] - found[after.id]),
        )
        for rule, found in sorted(people.items())
    ]
    return [change for change in changes if change.entered or change.left]
