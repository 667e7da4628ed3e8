"""What the pages show: stars by name, never with a figure."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select

from lms.plugins.api import (
    Month,
    MonthResult,
    Person,
    Proposal,
    ProposalState,
    RuleRun,
    Session,
    Team,
    read_rows,
)
from lms.plugins.recognition.policy import CHANNEL, COMPANY
from lms.plugins.recognition.stars import RULE

_MONTHS_BACK = 24


class Star(NamedTuple):
    """`group`: the team or channel it is the star of; empty for the company's."""

    month: Month
    person_id: int
    name: str
    team: str | None
    group: str


def months(session: Session) -> Sequence[Month]:
    """Months for which stars were looked for, newest first."""
    found = select(RuleRun.period).where(RuleRun.rule == RULE, RuleRun.is_current)
    return session.scalars(found.order_by(RuleRun.period.desc()).limit(_MONTHS_BACK)).all()


def stars(session: Session, month: Month) -> list[Star]:
    """As the month's last revision has them; one's team is the month's."""
    return _read(session.execute(_stars(RuleRun.period == month)))


def latest(session: Session) -> tuple[Month, list[Star]] | None:
    """The last month with a star, in one query."""
    found = _read(read_rows(session, _latest()))
    return (found[0].month, found) if found else None


@cache
def _latest() -> Select[Any]:
    """Made once: every start page asks it."""
    named = (
        select(func.max(RuleRun.period))
        .join(Proposal, Proposal.run_id == RuleRun.id)
        .where(RuleRun.rule == RULE, RuleRun.is_current)
        .scalar_subquery()
    )
    return _stars(RuleRun.period == named)


def _stars(period: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            RuleRun.period,
            Person.id,
            Person.name,
            Team.name,
            MonthResult.channel,
            Proposal.evidence,
        )
        .join(Proposal, Proposal.person_id == Person.id)
        .join(RuleRun, RuleRun.id == Proposal.run_id)
        .outerjoin(
            MonthResult,
            and_(MonthResult.close_id == RuleRun.close_id, MonthResult.person_id == Person.id),
        )
        .outerjoin(Team, Team.id == MonthResult.team_id)
        .where(
            RuleRun.rule == RULE,
            period,
            RuleRun.is_current,
            Proposal.state != ProposalState.WITHDRAWN,
        )
        .order_by(Team.name, Person.name)
    )


def _read(rows: Iterable[Any]) -> list[Star]:
    return [
        Star(month, person_id, name, team, _group(evidence["each"], team, channel))
        for month, person_id, name, team, channel, evidence in rows
    ]


def _group(each: str, team: str | None, channel: str | None) -> str:
    if each == COMPANY:
        return ""
    return (channel if each == CHANNEL else team) or ""
