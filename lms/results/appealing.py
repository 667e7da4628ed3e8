"""Appeals against a month's figure or rank, for the core's appeals service.

Their subjects are what stays the same through revisions: the figure as it came in, and the row of
the person in the month's file. A revision that changes the figure or the rank can be appealed
against anew. What follows from a month is the plugins': they hear of the appeal
and hold it until it is settled. Upheld, HR enters the right figure as a correction, which the
month's next revision takes; the old one stays.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import and_, literal, select, union_all

from lms import events
from lms.appeals.models import Appeal, AppealState
from lms.appeals.policy import APPEALS, outlived
from lms.audit import Actor
from lms.clock import Month, local_date
from lms.db import Localized, Session
from lms.people.organisation import zone
from lms.plugins.bus import emit
from lms.plugins.types import Appealable, AppealSubject
from lms.results import words
from lms.results.metrics import by_code, metrics
from lms.results.models import KpiRow, KpiValue, MonthClose, MonthFigure, MonthResult

FIGURE, RANK = "result.figure", "result.rank"


class Place(NamedTuple):
    """Where an appeal against one thing is filed, or the appeal there is; `is_new`: of what it was
    about, a revision has made something else since."""

    subject_id: int
    appeal_id: int | None
    state: str | None
    is_new: bool = False


class MonthAppeals(NamedTuple):
    """What a person may appeal against in a month, until a day; figures by metric."""

    until: date
    is_open: bool
    rank: Place | None
    figures: Mapping[str, Place]


def of_month(session: Session, person_id: int, close: MonthClose, now: datetime) -> MonthAppeals:
    """One query, for the page of one's own month; two if something was decided."""
    both = union_all(
        _with_appeal(KpiRow, RANK, literal(""), person_id, close.month),
        _with_appeal(KpiValue, FIGURE, KpiValue.metric, person_id, close.month),
    )
    rows = session.execute(both.order_by("number")).all()  # of several the last holds
    decided = any(row.decided_at for row in rows)
    renewed = _renewals(session, person_id, close.month) if decided else {}
    found = {
        row.metric: Place(
            row.subject_id, row.appeal_id, row.state,
            outlived(row.decided_at, renewed.get(row.metric)),
        )
        for row in rows
    }  # fmt: skip
    rank = found.pop("", None)
    policy = {**APPEALS.defaults(), **((rows[0].policy if rows else None) or {})}
    until = local_date(close.closed_at, zone()) + timedelta(days=int(policy["days_to_appeal"]))
    return MonthAppeals(until, local_date(now, zone()) <= until, rank, found)


def appealed_months(session: Session, person_id: int) -> set[Month]:
    """The months of which the person contests a figure or the rank, undecided."""
    pending = Appeal.state == AppealState.PENDING
    found = (
        select(KpiRow.month)
        .join(Appeal, and_(Appeal.kind == RANK, Appeal.subject_id == KpiRow.id))
        .where(Appeal.person_id == person_id, pending)
        .union(
            select(KpiValue.month)
            .join(Appeal, and_(Appeal.kind == FIGURE, Appeal.subject_id == KpiValue.id))
            .where(Appeal.person_id == person_id, pending)
        )
    )
    return set(session.scalars(found))


def appellants(session: Session, month: Month) -> set[int]:
    """Who contests a figure or the rank of the month, undecided."""
    found = [
        select(model.person_id)
        .join(Appeal, and_(Appeal.kind == kind, Appeal.subject_id == model.id))
        .where(model.month == month, Appeal.state == AppealState.PENDING)
        for model, kind in ((KpiRow, RANK), (KpiValue, FIGURE))
    ]
    return set(session.scalars(found[0].union(found[1])))


def _with_appeal(model: Any, kind: str, metric: Any, person_id: int, month: Month) -> Any:
    appeal = and_(Appeal.kind == kind, Appeal.subject_id == model.id)
    return (
        select(
            metric.label("metric"),
            model.id.label("subject_id"),
            Appeal.id.label("appeal_id"),
            Appeal.state,
            Appeal.decided_at,
            Appeal.number,
            APPEALS.newest().label("policy"),
        )
        .outerjoin(Appeal, and_(appeal, Appeal.person_id == model.person_id))
        .where(model.person_id == person_id, model.month == month)
    )


def _find_figure(session: Session, value_id: int) -> AppealSubject | None:
    row = session.execute(
        select(KpiValue, MonthClose, MonthFigure.value)
        .join(MonthClose, and_(MonthClose.month == KpiValue.month, MonthClose.is_current))
        .outerjoin(
            MonthFigure,
            and_(
                MonthFigure.close_id == MonthClose.id,
                MonthFigure.person_id == KpiValue.person_id,
                MonthFigure.metric == KpiValue.metric,
            ),
        )
        .where(KpiValue.id == value_id)
    ).one_or_none()
    if row is None:
        return None
    found, close, value = row
    metric = by_code(metrics(close.policy)).get(found.metric)
    name = metric.label if metric else Localized(found.metric, found.metric)
    shown = words.amount(found.value if value is None else value, metric) if metric else name
    title = Localized(f"{found.month} {name.zh} {shown.zh}", f"{found.month} {name.en} {shown.en}")
    return _subject(session, found, title, close, found.metric)


def _find_rank(session: Session, row_id: int) -> AppealSubject | None:
    row = session.execute(
        select(KpiRow, MonthClose, MonthResult.rank)
        .join(MonthClose, and_(MonthClose.month == KpiRow.month, MonthClose.is_current))
        .join(
            MonthResult,
            and_(MonthResult.close_id == MonthClose.id, MonthResult.person_id == KpiRow.person_id),
        )
        .where(KpiRow.id == row_id)
    ).one_or_none()
    if row is None:
        return None
    found, close, rank = row
    title = (
        Localized(f"{found.month} 第 {rank} 名", f"{found.month} rank {rank}")
        if rank
        else Localized(f"{found.month} 未排名", f"{found.month} not ranked")
    )
    return _subject(session, found, title, close, "")


def _subject(
    session: Session, found: Any, title: Localized, close: MonthClose, what: str
) -> AppealSubject:
    involved = frozenset({close.closed_by} if close.closed_by else ())
    renewed = _renewals(session, found.person_id, found.month).get(what)
    url = f"/results?month={close.month}"
    return AppealSubject(found.person_id, title, url, close.closed_at, involved, renewed)


def _renewals(session: Session, person_id: int, month: Month) -> Mapping[str, datetime]:
    """When a revision last changed the person's figure, by metric, or how they rank (""); without
    what no revision changed."""
    r, f = MonthResult, MonthFigure
    mine = and_(r.close_id == MonthClose.id, r.person_id == person_id)
    rows = session.execute(
        select(
            MonthClose.revision, MonthClose.closed_at, f.metric, f.value,
            r.rank, r.score, r.not_ranked,
        )
        .outerjoin(r, mine)
        .outerjoin(f, and_(f.close_id == MonthClose.id, f.person_id == person_id))
        .where(MonthClose.month == month)
        .order_by(MonthClose.revision)
    )  # fmt: skip
    closes: dict[int, tuple[datetime, dict[str, Any]]] = {}
    for revision, closed_at, metric, value, *rank in rows:
        _at, said = closes.setdefault(revision, (closed_at, {"": rank}))
        if metric:
            said[metric] = value
    return {
        what: at
        for (_at, before), (at, after) in pairwise(closes.values())
        for what in before.keys() | after.keys()
        if before.get(what) != after.get(what)
    }


def _about(session: Session, model: Any, subject_id: int) -> tuple[int, Month]:
    wanted = select(model.person_id, model.month).where(model.id == subject_id)
    person_id, month = session.execute(wanted).one()
    return person_id, month


def _kind(kind: str, label: Localized, model: Any, find: Any, go_on: Any) -> Appealable:
    def hold(session: Session, subject_id: int, now: datetime) -> None:
        emit(events.ResultAppealed(now, *_about(session, model, subject_id)))

    def release(session: Session, subject_id: int, now: datetime) -> None:
        emit(events.ResultAppealSettled(now, *_about(session, model, subject_id), False))

    def uphold(session: Session, subject_id: int, _decider: Actor, now: datetime) -> str:
        person_id, month = _about(session, model, subject_id)
        emit(events.ResultAppealSettled(now, person_id, month, True))
        return str(go_on(subject_id, month))

    return Appealable(kind, label, "results.close", find, hold, release, uphold)


FIGURE_APPEAL = _kind(
    FIGURE, Localized("月度数据", "Monthly figure"), KpiValue, _find_figure,
    lambda subject_id, _month: f"/results/figures/{subject_id}/correct",
)  # fmt: skip
RANK_APPEAL = _kind(
    RANK, Localized("月度排名", "Monthly rank"), KpiRow, _find_rank,
    lambda _subject_id, month: f"/results/months/{month}",
)  # fmt: skip
