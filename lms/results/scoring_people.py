"""Who counts in a month, and why some of them are not ranked whatever their score."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    column,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    values,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import FromClause

from lms.clock import Month
from lms.people.channels import covers
from lms.people.clearance import in_force
from lms.people.models import Clearance, Leave, Level, Person, Position
from lms.policies import PolicyInForce
from lms.results.models import KpiRow, NotRanked

RANKED_LEVELS = (Level.AGENT, Level.SENIOR_AGENT)


def members(month: Month) -> Select[Any]:
    """Everybody on the roster in the month, or in its file, as of the month's last day."""
    has_row = exists().where(KpiRow.person_id == Person.id, KpiRow.month == month)
    present = and_(
        Person.hired_on <= month.last_day,
        or_(Person.left_on.is_(None), Person.left_on >= month.first_day),
    )
    columns: list[Any] = [
        Person.id.label("person_id"), Position.team_id, Position.level, Position.channel,
        has_row.label("has_row"),
    ]  # fmt: skip
    found = select(*columns).select_from(Person).outerjoin(Position, _held(month))
    return found.where(or_(present, has_row))


def roster(month: Month, policy: PolicyInForce) -> Select[Any]:
    """The members with their days of leave; `not_ranked` is null for those who need but a score."""
    one, leave = members(month).subquery("member"), _leave_days(month)
    days = func.coalesce(leave.c.days, 0)
    held = Clearance.person_id == one.c.person_id, in_force(month.first_day)
    # Asked by itself, whether it is for all channels is the same question for everybody, and
    # PostgreSQL answers it from one list of people.
    cleared = or_(
        exists().where(*held, Clearance.channels.is_(None)),
        exists().where(*held, covers(Clearance.channels, one.c.channel)),
    )
    excluded = [
        (
            func.coalesce(one.c.level, "").not_in([str(level) for level in RANKED_LEVELS]),
            literal(str(NotRanked.LEVEL)),
        ),
        (~cleared, literal(str(NotRanked.NOT_CLEARED))),
        (days >= float(policy["leave_share"]) * month.days, literal(str(NotRanked.LEAVE))),
    ]
    if policy["tenure"]:
        excluded.append(
            (_is_new(one.c.person_id, month, policy["tenure"]), literal(str(NotRanked.TENURE)))
        )
    not_ranked = case(*excluded, else_=null())
    return select(one, days.label("leave_days"), not_ranked.label("not_ranked")).outerjoin(
        leave, leave.c.person_id == one.c.person_id
    )


def _held(month: Month) -> ColumnElement[bool]:
    """Joins a person to the position of the last day of the month."""
    later = aliased(Position)
    superseded = exists().where(
        later.person_id == Position.person_id,
        later.from_day > Position.from_day,
        later.from_day <= month.last_day,
    )
    return and_(Position.person_id == Person.id, Position.from_day <= month.last_day, ~superseded)


def _is_new(person_id: ColumnElement[int], month: Month, tenure: int) -> ColumnElement[bool]:
    """Whether a person has served fewer full months than `tenure` on the first day of the month."""
    since = month.plus(-tenure).first_day
    return exists().where(Person.id == person_id, Person.hired_on > since)


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
