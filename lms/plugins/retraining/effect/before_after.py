"""Each person's before and after, which proves nothing: low scores rise by themselves."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from lms.plugins.api import (
    Month,
    MonthClose,
    MonthFigure,
    MonthResult,
    Person,
    Session,
    Team,
)
from lms.plugins.retraining.effect.sample import follows
from lms.plugins.retraining.models import Assignment, AssignmentState

EXPORT = (
    "month", "staff_no", "name", "team", "figure", "value_before", "value_after",
    "score_before", "score_after", "state",
)  # fmt: skip


class Change(NamedTuple):
    """Scores in hundredths; None where a month has none, or is not closed yet."""

    person_id: int
    staff_no: str
    name: str
    team: str
    month: Month
    figure: str
    state: str
    score: int | None
    score_after: int | None
    value: float | None
    value_after: float | None

    @property
    def gain(self) -> int | None:
        if self.score is None or self.score_after is None:
            return None
        return self.score_after - self.score


def changes(scope: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Newest month first; cancelled ones are left out. Rows become `Change` by `of_row`."""
    close, then = aliased(MonthClose), aliased(MonthClose)
    result, after = aliased(MonthResult), aliased(MonthResult)
    figure, figure_after = aliased(MonthFigure), aliased(MonthFigure)
    return (
        select(
            Assignment.person_id, Person.staff_no, Person.name,
            func.coalesce(Team.name, "").label("team"), Assignment.month, Assignment.figure,
            Assignment.state, result.score, after.score.label("score_after"), figure.value,
            figure_after.value.label("value_after"),
        )
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(close, and_(close.month == Assignment.month, close.is_current))
        .outerjoin(then, and_(follows(then.month, Assignment.month), then.is_current))
        .outerjoin(result, _theirs(result, close))
        .outerjoin(after, _theirs(after, then))
        .outerjoin(figure, and_(_theirs(figure, close), figure.metric == Assignment.figure))
        .outerjoin(
            figure_after,
            and_(_theirs(figure_after, then), figure_after.metric == Assignment.figure),
        )
        .where(scope, Assignment.state != AssignmentState.CANCELLED)
        .order_by(Assignment.month.desc(), Person.staff_no)
    )  # fmt: skip


def _theirs(row: Any, close: Any) -> ColumnElement[bool]:
    return and_(row.close_id == close.id, row.person_id == Assignment.person_id)


def page(
    session: Session, scope: ColumnElement[bool], number: int, size: int
) -> tuple[Sequence[Change], int]:
    """A page, and how many there are."""
    counted = (
        select(func.count(Assignment.id))
        .join(Person, Person.id == Assignment.person_id)
        .where(scope, Assignment.state != AssignmentState.CANCELLED)
    )
    rows = session.execute(changes(scope).limit(size).offset((number - 1) * size))
    return [Change(*row) for row in rows], session.scalar(counted) or 0


def export(session: Session, scope: ColumnElement[bool]) -> Iterator[list[object]]:
    """Rows of `EXPORT`; scores in points."""
    for row in session.execute(changes(scope)):
        one = Change(*row)
        yield [
            str(one.month), one.staff_no, one.name, one.team, one.figure, one.value,
            one.value_after, _points(one.score), _points(one.score_after), one.state,
        ]  # fmt: skip


def _points(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100
