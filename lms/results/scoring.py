"""The month's scores and ranks: five set statements, the same on SQLite and PostgreSQL.

    1. people     who counts, with team, level and channel of the month's last day, leave, clearance
    2. figures    the inputs, frozen: the LMS's own training figures, then what was imported
    3. measure    each figure against its target: attainment in units of 1e-12, met or not
    4. score      components and the score in hundredths, half up; KPI met; no score: not ranked
    5. rank       competition rank by score, and by CSAT among those ranked who have one

Exactness: figures are the doubles nearest to the decimals in the file, so `value <= target` decides
as the decimals would. Attainments become integers of 1e-12, so that equal ones are equal. The score
is computed on doubles and rounded half up by floor(100 x + 0.5 + 1e-8): an exact half may come out
of them as 0.4999…, by at most 5e-9 (a mean of attainments, each rounded by up to 5e-13, times 1e4).
Other scores of such figures keep their distance: the nearest below a half that could be found, of
e-mails answered after ten hours and more, stay 3e-8 away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    text,
    update,
    values,
)
from sqlalchemy.sql import FromClause

from lms.clock import Month
from lms.db import Session
from lms.policies import PolicyInForce
from lms.results.metrics import CHANNELS, COMPONENTS, Metric, metrics
from lms.results.models import KpiValue, MonthFigure, MonthResult, NotRanked
from lms.results.rounding import whole
from lms.results.scoring_people import people

FULL = 10**12
# Of a person with none of these there is nothing to score, whatever else HR has measured.
MEASURED = ("frt", "fcr", "csat", "feedback")


@dataclass(frozen=True)
class OwnFigure:
    """A training figure from the LMS itself; it wins over an imported one."""

    person_id: int
    metric: str
    value: float


def compute(
    session: Session,
    close_id: int,
    month: Month,
    policy: PolicyInForce,
    own_figures: Sequence[OwnFigure],
) -> int:
    """Fill month_result and month_figure of a close; returns how many people are ranked."""
    session.execute(people(close_id, month, float(policy["leave_share"])))
    _freeze(session, close_id, month, own_figures)
    from_frozen(session, close_id, policy)
    ranked = select(func.count()).where(_ranked(close_id))
    return session.scalar(ranked) or 0


def from_frozen(session: Session, close_id: int, policy: PolicyInForce) -> None:
    """Steps 3 to 5: what follows from the people and figures of a close and from nothing else."""
    known = metrics(policy.params)
    _count_rows(session)
    session.execute(_measure(close_id, known))
    session.execute(_score(close_id, known, policy))
    for statement in _ranks(close_id, policy["scope"]):
        session.execute(statement)
    session.expire_all()


def _count_rows(session: Session) -> None:
    """PostgreSQL plans by statistics, and knows none yet of the rows just written."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ANALYZE {MonthResult.__tablename__}, {MonthFigure.__tablename__}"))


def _ranked(close_id: int) -> ColumnElement[bool]:
    return and_(MonthResult.close_id == close_id, MonthResult.not_ranked.is_(None))


# 2. figures


def _freeze(
    session: Session, close_id: int, month: Month, own_figures: Sequence[OwnFigure]
) -> None:
    there = set(
        session.scalars(select(MonthResult.person_id).where(MonthResult.close_id == close_id))
    )
    own = [
        {"close_id": close_id, "person_id": f.person_id, "metric": f.metric, "value": f.value}
        for f in own_figures
        if f.person_id in there
    ]
    if own:
        session.execute(insert(MonthFigure), own)
    frozen = exists().where(
        MonthFigure.close_id == close_id,
        MonthFigure.person_id == KpiValue.person_id,
        MonthFigure.metric == KpiValue.metric,
    )
    person = exists().where(
        MonthResult.close_id == close_id, MonthResult.person_id == KpiValue.person_id
    )
    imported = select(
        literal(close_id),
        KpiValue.person_id,
        KpiValue.metric,
        KpiValue.value,
        KpiValue.import_id,
        KpiValue.source_row,
    ).where(KpiValue.month == month, person, ~frozen)
    names = ["close_id", "person_id", "metric", "value", "import_id", "source_row"]
    session.execute(insert(MonthFigure).from_select(names, imported))


# 3. measure


def _targets(known: Sequence[Metric]) -> FromClause:
    """One row per metric and channel ('' is no channel), with what measures it."""
    rows = [
        (m.code, channel, m.target(channel), m.scale, 1 if m.higher else 0)
        for m in known
        if m.targets or m.scale
        for channel in ("", *CHANNELS)
    ]
    names = (
        column("metric", String), column("channel", String), column("target", Float),
        column("scale", Float), column("higher", Integer),
    )  # fmt: skip
    given = values(*names).data(rows).cte("given")
    return select(
        given.c.metric,
        given.c.channel,
        cast(given.c.target, Float(53)).label("target"),
        cast(given.c.scale, Float(53)).label("scale"),
        given.c.higher,
    ).subquery("measure")


def _measure(close_id: int, known: Sequence[Metric]) -> Any:
    t = _targets(known)
    value = MonthFigure.value
    full = func.coalesce(t.c.scale, t.c.target)
    share = case(
        (full.is_(None), null()),
        (value < 0, 0.0),
        (and_(t.c.higher == 1, value >= full), 1.0),
        (t.c.higher == 1, value / func.nullif(full, 0.0)),
        (value <= full, 1.0),
        (full <= 0, 0.0),
        else_=full / func.nullif(value, 0.0),
    )
    met = case(
        (t.c.target.is_(None), null()),
        (t.c.higher == 1, value >= t.c.target),
        else_=value <= t.c.target,
    )
    channel = (
        select(func.coalesce(MonthResult.channel, ""))
        .where(MonthResult.close_id == close_id, MonthResult.person_id == MonthFigure.person_id)
        .scalar_subquery()
    )
    return (
        update(MonthFigure)
        .where(MonthFigure.close_id == close_id, MonthFigure.metric == t.c.metric)
        .where(t.c.channel == channel)
        .values(target=t.c.target, attainment=whole(share * float(FULL) + 0.5), is_met=met)
        .execution_options(synchronize_session=False)
    )


# 4. score


def _score(close_id: int, known: Sequence[Metric], policy: PolicyInForce) -> Any:
    scored = [m for m in known if m.component in COMPONENTS and m.weight > 0]
    got = _attained(close_id, scored)
    weights = {name: float(policy[f"weight_{name}"]) for name in COMPONENTS}
    total = sum(
        (func.coalesce(got.c[name] * weights[name], 0.0) for name in COMPONENTS[1:]),
        func.coalesce(got.c[COMPONENTS[0]] * weights[COMPONENTS[0]], 0.0),
    )
    present = [case((got.c[name].is_(None), 0.0), else_=weights[name]) for name in COMPONENTS]
    weight = func.nullif(present[0] + present[1] + present[2], 0.0)
    # Mean attainment in units of 1e-12; times 100 twice (a percentage, in hundredths) is over 1e8.
    hundredths = whole(total / weight / 1e8 + 0.5 + 1e-8)
    score = case((got.c.measured > 0, hundredths), else_=null())
    return (
        update(MonthResult)
        .where(MonthResult.close_id == close_id, MonthResult.person_id == got.c.person_id)
        .values(
            score=score,
            **{name: whole(got.c[name] / 1e8 + 0.5 + 1e-8) for name in COMPONENTS},
            is_partial=and_(score.is_not(None), got.c.present < len(scored)),
            kpi_met=_kpi_met(close_id, known),
            not_ranked=func.coalesce(
                MonthResult.not_ranked,
                case((score.is_(None), literal(str(NotRanked.NO_SCORE))), else_=null()),
            ),
        )
        .execution_options(synchronize_session=False)
    )


def _attained(close_id: int, scored: Sequence[Metric]) -> FromClause:
    """By person: mean attainment of each component (null without a figure), figures present."""

    def weights(component: str) -> ColumnElement[float]:
        found = {m.code: m.weight for m in scored if m.component == component}
        return case(found, value=MonthFigure.metric) if found else cast(null(), Float(53))

    columns = []
    for name in COMPONENTS:
        weight = case((MonthFigure.attainment.is_not(None), weights(name)))
        points = func.sum(weight * cast(MonthFigure.attainment, Float(53)))
        columns.append((points / func.nullif(func.sum(weight), 0.0)).label(name))
    codes = [m.code for m in scored]
    present = and_(MonthFigure.metric.in_(codes), MonthFigure.attainment.is_not(None))
    measured = and_(MonthFigure.metric.in_(MEASURED), present)
    return (
        select(
            MonthResult.person_id,
            *columns,
            func.coalesce(func.sum(case((present, 1), else_=0)), 0).label("present"),
            func.coalesce(func.sum(case((measured, 1), else_=0)), 0).label("measured"),
        )
        .outerjoin(
            MonthFigure,
            and_(
                MonthFigure.close_id == MonthResult.close_id,
                MonthFigure.person_id == MonthResult.person_id,
            ),
        )
        .where(MonthResult.close_id == close_id)
        .group_by(MonthResult.person_id)
        .cte("got")
        # PostgreSQL would else compute it anew for each row, where it expects few of a new close.
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )


def _kpi_met(close_id: int, known: Sequence[Metric]) -> ColumnElement[bool]:
    """Every required metric that has a target for the channel is there and meets it."""
    met: Select[Any] = select(func.count()).where(
        MonthFigure.close_id == close_id,
        MonthFigure.person_id == MonthResult.person_id,
        MonthFigure.is_met.is_(True),
        MonthFigure.metric.in_([m.code for m in known if m.required]),
    )
    needed = {c: sum(1 for m in known if m.required and m.target(c) is not None) for c in CHANNELS}
    return case(needed, value=MonthResult.channel, else_=-1) == cast(
        met.scalar_subquery(), BigInteger
    )


# 5. rank


def _ranks(close_id: int, scope: str) -> list[Any]:
    within: Any = {"team": MonthResult.team_id, "channel": MonthResult.channel}.get(scope)
    by_score = select(
        MonthResult.person_id,
        func.rank().over(partition_by=within, order_by=MonthResult.score.desc()).label("place"),
    ).where(_ranked(close_id))
    by_csat = (
        select(
            MonthResult.person_id,
            func.rank().over(partition_by=within, order_by=MonthFigure.value.desc()).label("place"),
        )
        .join(
            MonthFigure,
            and_(
                MonthFigure.close_id == MonthResult.close_id,
                MonthFigure.person_id == MonthResult.person_id,
                MonthFigure.metric == "csat",
            ),
        )
        .where(_ranked(close_id))
    )
    return [
        update(MonthResult)
        .where(MonthResult.close_id == close_id, MonthResult.person_id == places.c.person_id)
        .values({field: places.c.place})
        .execution_options(synchronize_session=False)
        for field, places in (
            (MonthResult.rank, by_score.subquery("places")),
            (MonthResult.csat_rank, by_csat.subquery("places")),
        )
    ]
