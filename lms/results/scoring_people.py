"""Step 1 of scoring: who counts in a month, and why the others are not ranked."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    Date,
    Select,
    and_,
    case,
    column,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    values,
)
from sqlalchemy.sql import FromClause

from lms.clock import Month
from lms.people.channels import covers
from lms.people.clearance import in_force
from lms.people.models import Clearance, Leave, Level, Person, Position
from lms.results.models import KpiRow, MonthResult, NotRanked

RANKED_LEVELS = (Level.AGENT, Level.SENIOR_AGENT)


def people(close_id: int, month: Month, leave_share: float) -> Any:
    """The INSERT of everybody on the roster in the month, or in its file: a row each, unscored."""
    everybody = roster(month, leave_share).add_columns(
        literal(close_id), literal(False), literal(False)
    )
    names = [
        "person_id", "team_id", "level", "channel", "leave_days", "has_row", "not_ranked",
        "close_id", "is_partial", "kpi_met",
    ]  # fmt: skip
    return insert(MonthResult).from_select(names, everybody)


def roster(month: Month, leave_share: float) -> Select[Any]:
    """Everybody who counts in the month; `not_ranked` is null for those who need but a score."""
    position = _positions(month)
    leave = _leave_days(month)
    days = func.coalesce(leave.c.days, 0)
    has_row = exists().where(KpiRow.person_id == Person.id, KpiRow.month == month)
    cleared = exists().where(
        Clearance.person_id == Person.id,
        in_force(month.first_day),
        covers(Clearance.channels, position.c.channel),
    )
    not_ranked = case(
        (
            func.coalesce(position.c.level, "").not_in([str(level) for level in RANKED_LEVELS]),
            literal(str(NotRanked.LEVEL)),
        ),
        (~cleared, literal(str(NotRanked.NOT_CLEARED))),
        (days >= leave_share * month.days, literal(str(NotRanked.LEAVE))),
        else_=null(),
    )
    present = and_(
        Person.hired_on <= month.last_day,
        or_(Person.left_on.is_(None), Person.left_on >= month.first_day),
    )
    return (
        select(
            Person.id.label("person_id"),
            position.c.team_id,
            position.c.level,
            position.c.channel,
            days.label("leave_days"),
            has_row.label("has_row"),
            not_ranked.label("not_ranked"),
        )
        .outerjoin(position, position.c.person_id == Person.id)
        .outerjoin(leave, leave.c.person_id == Person.id)
        .where(or_(present, has_row))
    )


def _positions(month: Month) -> FromClause:
    """Everybody's position on the last day of the month."""
    latest = func.row_number().over(
        partition_by=Position.person_id, order_by=Position.from_day.desc()
    )
    numbered = (
        select(
            Position.person_id,
            Position.team_id,
            Position.level,
            Position.channel,
            latest.label("number"),
        )
        .where(Position.from_day <= month.last_day)
        .subquery()
    )
    return select(numbered).where(numbered.c.number == 1).subquery("held")


def _leave_days(month: Month) -> FromClause:
    """Distinct days of leave in the month: a day in two leaves counts once."""
    every = [(month.first_day + timedelta(days=i),) for i in range(month.days)]
    calendar = values(column("day", Date)).data(every).cte("calendar")
    return (
        select(Leave.person_id, func.count(calendar.c.day.distinct()).label("days"))
        .join(calendar, calendar.c.day.between(Leave.first_day, Leave.last_day))
        .where(Leave.first_day <= month.last_day, Leave.last_day >= month.first_day)
        .group_by(Leave.person_id)
        .subquery("away")
    )
