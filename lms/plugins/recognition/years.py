"""Best of the year: the highest figure of the year among those ranked often enough.

The figure is the core's (`period_scores`): the mean of the closed months in which a person was
ranked, with what is weighed beside them, as spot checks are.
"""

from collections.abc import Sequence
from datetime import datetime
from heapq import nlargest
from typing import NamedTuple

from sqlalchemy import func, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    AwardGranted,
    AwardWithdrawn,
    Conflict,
    DomainError,
    Localized,
    Month,
    MonthClose,
    NotFound,
    Person,
    Session,
    Team,
    audit,
    emit,
    notify,
    period_scores,
    policies,
)
from lms.plugins.recognition.models import Award
from lms.plugins.recognition.policy import AWARDS

_MONTHS = 12
_FEW = 1000  # whom to ask for by name; of more, everybody is read


class Standing(NamedTuple):
    """`score`: the mean in hundredths, half up, as it is compared."""

    person_id: int
    staff_no: str
    name: str
    team: str | None
    score: int
    months: int


def closed_months(session: Session) -> dict[int, int]:
    """How many months are closed, by year, newest first."""
    return closed_and_least(session)[0]


def closed_and_least(session: Session) -> tuple[dict[int, int], int]:
    """`closed_months`, and how many of them the policy asks for, in one query."""
    always = select(literal(1)).subquery("always")
    rows = session.execute(
        select(AWARDS.newest(), MonthClose.month)
        .select_from(always)
        .outerjoin(MonthClose, MonthClose.is_current.is_(True))
    ).all()
    years = [month.year for _params, month in rows if month is not None]
    params = {**AWARDS.defaults(), **(rows[0][0] or {})}
    closed = {year: years.count(year) for year in sorted(set(years), reverse=True)}
    return closed, params["least_months"]


def standings(
    session: Session, year: int, limit: int | None = None, *, least: int | None = None
) -> list[Standing]:
    """Best first; those ranked in fewer months than the policy asks for are not in it."""
    if least is None:
        least = policies.in_force(session, AWARDS)["least_months"]
    first = Month(year * 12)
    every = period_scores(session, first, first.plus(_MONTHS - 1))
    found = {i: period for i, period in every.items() if period.months >= least}
    if limit is not None and len(found) > limit:
        lowest = nlargest(limit, (period.score for period in found.values()))[-1]
        found = {i: period for i, period in found.items() if period.score >= lowest}
    named = select(Person.id, Person.staff_no, Person.name, Team.name).outerjoin(
        Team, Team.id == Person.team_id
    )
    if len(found) <= _FEW:
        named = named.where(Person.id.in_(found))
    rows = [
        Standing(i, staff_no, name, team, found[i].score, found[i].months)
        for i, staff_no, name, team in session.execute(named)
        if i in found
    ]
    return sorted(rows, key=lambda row: (-row.score, row.staff_no))[:limit]


def name_best(session: Session, year: int, *, actor: Actor, now: datetime) -> list[Award]:
    """The first of the year, several where they tie; those who hold it already keep it.

    DomainError before December is closed or where nobody was ranked often enough; Conflict while
    somebody holds it who is not the best any more: that one is withdrawn first.
    """
    policy = policies.in_force(session, AWARDS)
    if closed_months(session).get(year, 0) < _MONTHS:
        raise DomainError(
            "The best of %(year)s can be named once all its months are closed.", year=year
        )
    rows = standings(session, year)
    best = [row for row in rows if row.score == rows[0].score]
    if not best:
        raise DomainError("Nobody was ranked in enough months of %(year)s.", year=year)
    held = {award.person_id: award for award in held_of(session, year)}
    if held.keys() - {row.person_id for row in best}:
        raise Conflict("Corrections have changed who is best. Withdraw the award first.")
    made = [
        Award(
            year=year, person_id=row.person_id, score=row.score, months=row.months,
            policy_number=policy.number, given_by=actor.person_id, given_at=now,
        )
        for row in best if row.person_id not in held
    ]  # fmt: skip
    try:
        with session.begin_nested():
            session.add_all(made)
    except IntegrityError:
        raise Conflict("Somebody else has just named the best of the year.") from None
    for award in made:
        _announce(session, award, actor, now)
    return made


def withdraw(session: Session, award_id: int, reason: str, *, actor: Actor, now: datetime) -> Award:
    """It stays on record, with who took it back and why; so does its certificate."""
    award = session.get(Award, award_id, with_for_update=True, populate_existing=True)
    if award is None:
        raise NotFound("There is no such award.")
    if award.withdrawn_at is not None:
        raise Conflict("This award was withdrawn already.")
    if not reason.strip():
        raise DomainError("Write why.", field="reason")
    award.withdrawn_at, award.withdrawn_by = now, actor.person_id
    award.withdrawn_reason = reason.strip()
    audit.record(
        session, actor, "recognition.withdraw_award", ("recognition_award", award.id), now=now,
        reason=award.withdrawn_reason, year=award.year, person_id=award.person_id,
    )  # fmt: skip
    text = Localized(
        f"{award.year} 年度最佳已撤销：{award.withdrawn_reason}",
        f"Your award as best of {award.year} was withdrawn: {award.withdrawn_reason}",
    )
    notify(session, [award.person_id], "recognition.award", text, "/recognition", now)
    emit(AwardWithdrawn(now, award.person_id, key_of(award), award.withdrawn_reason))
    return award


def held_of(session: Session, year: int) -> Sequence[Award]:
    found = select(Award).where(Award.year == year, Award.withdrawn_at.is_(None))
    return session.scalars(found.options(joinedload(Award.person)).order_by(Award.id)).all()


def latest_held(session: Session) -> Sequence[Award]:
    """Those of the last year for which somebody was named."""
    held = Award.withdrawn_at.is_(None)
    newest = select(func.max(Award.year)).where(held).scalar_subquery()
    found = select(Award).where(held, Award.year == newest)
    whole_person = joinedload(Award.person).joinedload(Person.team)
    return session.scalars(found.options(whole_person).order_by(Award.id)).all()


def key_of(award: Award) -> str:
    """The award's name among all plugins'."""
    return f"recognition.award:{award.id}"


def _announce(session: Session, award: Award, actor: Actor, now: datetime) -> None:
    audit.record(
        session, actor, "recognition.award", ("recognition_award", award.id), now=now,
        year=award.year, person_id=award.person_id, score=award.score, months=award.months,
    )  # fmt: skip
    text = Localized(
        f"恭喜！您是 {award.year} 年度最佳客服。",
        f"Congratulations: you are the best of {award.year}.",
    )
    notify(session, [award.person_id], "recognition.award", text, "/recognition", now)
    title = Localized(f"{award.year} 年度最佳客服", f"Best of the year {award.year}")
    emit(AwardGranted(now, award.person_id, key_of(award), title))
