"""Storing what a KPI file says: open months take it, closed months hold it as corrections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from lms import audit
from lms.audit import Actor
from lms.clock import Month
from lms.db import Session
from lms.people.models import Organisation
from lms.progress import Progress, Report, to_nobody
from lms.results.models import ImportRun, KpiCorrection, KpiRow, KpiValue, MonthClose

Key = tuple[Month, int, str]
_AT_ONCE = 10_000


class Figure(NamedTuple):
    month: Month
    person_id: int
    metric: str
    value: float
    row: int

    @property
    def key(self) -> Key:
        return (self.month, self.person_id, self.metric)


@dataclass
class Plan:
    """What applying would do. `replaced` and `held`: with the figure that is there now, if any."""

    added: list[Figure] = field(default_factory=list)
    replaced: list[tuple[Figure, float]] = field(default_factory=list)
    held: list[tuple[Figure, float | None]] = field(default_factory=list)
    same: int = 0
    new_rows: list[tuple[Month, int, int]] = field(default_factory=list)  # month, person, row

    def counts(self) -> dict[str, int]:
        return {
            "added": len(self.added),
            "replaced": len(self.replaced),
            "held": len(self.held),
            "same": self.same,
            "new_rows": len(self.new_rows),
        }

    @property
    def changes_nothing(self) -> bool:
        return not (self.added or self.replaced or self.held or self.new_rows)


def lock_months(session: Session) -> None:
    """Imports and month closes go one after the other (SQLite's write lock does it by itself)."""
    session.execute(select(Organisation.id).with_for_update()).all()


def figures(rows: Sequence[dict[str, Any]]) -> Iterator[Figure]:
    months: dict[str, Month] = {}
    for entry in rows:
        name = entry["month"]
        month = months.get(name) or months.setdefault(name, Month.parse(name))
        for metric, value in entry["figures"].items():
            yield Figure(month, entry["person_id"], metric, float(value), entry["row"])


def plan(session: Session, rows: Sequence[dict[str, Any]]) -> Plan:
    """Compare the rows with what is stored, corrections that wait included."""
    months = {Month.parse(name) for name in {entry["month"] for entry in rows}}
    closed = set(session.scalars(select(MonthClose.month).where(MonthClose.month.in_(months))))
    stored = _stored(session, months)
    waiting = _waiting(session, closed)
    result = Plan()
    for found in figures(rows):
        now_there = waiting.get(found.key, stored.get(found.key))
        if now_there == found.value:
            result.same += 1
        elif found.month in closed:
            result.held.append((found, stored.get(found.key)))
        elif now_there is None:
            result.added.append(found)
        else:
            result.replaced.append((found, now_there))
    stored_rows = session.execute(
        select(KpiRow.month, KpiRow.person_id).where(KpiRow.month.in_(months))
    )
    there = {(month, person_id) for month, person_id in stored_rows}
    for entry in rows:
        month = Month.parse(entry["month"])
        # A closed month gets its new person's row with the correction, in its next revision.
        if month not in closed and (month, entry["person_id"]) not in there:
            result.new_rows.append((month, entry["person_id"], entry["row"]))
    return result


def _stored(session: Session, months: set[Month]) -> dict[Key, float]:
    rows = session.execute(
        select(KpiValue.month, KpiValue.person_id, KpiValue.metric, KpiValue.value).where(
            KpiValue.month.in_(months)
        )
    )
    return {(month, person_id, metric): value for month, person_id, metric, value in rows}


def _waiting(session: Session, months: set[Month]) -> dict[Key, float]:
    if not months:
        return {}
    c = KpiCorrection
    rows = session.execute(
        select(c.month, c.person_id, c.metric, c.new)
        .where(c.month.in_(months), c.applied_close_id.is_(None))
        .order_by(c.id)
    )
    return {(month, person_id, metric): new for month, person_id, metric, new in rows}


def apply(
    session: Session,
    run: ImportRun,
    *,
    actor: Actor,
    now: datetime,
    report: Report = to_nobody,
) -> dict[str, int]:
    """Store the run's good rows; the counts of what changed."""
    lock_months(session)
    todo = plan(session, run.rows)
    _store(session, todo, run.id, report)
    audit.record(
        session,
        actor,
        "kpi.import",
        ("import", run.id),
        now=now,
        file=run.filename,
        counts=todo.counts(),
        replaced=[[str(f.month), f.person_id, f.metric, old, f.value] for f, old in todo.replaced],
        held=[[str(f.month), f.person_id, f.metric, old, f.value] for f, old in todo.held],
    )
    hold(session, todo, run.id, now)
    return todo.counts()


def _store(session: Session, todo: Plan, import_id: int, report: Report = to_nobody) -> None:
    if todo.new_rows:
        session.execute(
            insert(KpiRow.__table__),  # type: ignore[arg-type]
            [
                {"month": month, "person_id": person_id, "import_id": import_id, "source_row": row}
                for month, person_id, row in todo.new_rows
            ],
        )
    # In parts, so that a large file is not there twice more.
    for begin in range(0, len(todo.added), _AT_ONCE):
        report(Progress(begin, len(todo.added), "store"))
        session.execute(
            insert(KpiValue.__table__),  # type: ignore[arg-type]
            [
                {
                    "month": f.month, "person_id": f.person_id, "metric": f.metric,
                    "value": f.value, "import_id": import_id, "source_row": f.row,
                }
                for f in todo.added[begin : begin + _AT_ONCE]
            ],
        )  # fmt: skip
    if todo.replaced:
        table = KpiValue.__table__
        session.execute(
            update(table)  # type: ignore[arg-type]
            .where(
                table.c.month == bindparam("at_month"),
                table.c.person_id == bindparam("at_person"),
                table.c.metric == bindparam("at_metric"),
            )
            .values(
                value=bindparam("new_value"),
                import_id=import_id,
                source_row=bindparam("new_row"),
            ),
            [
                {
                    "at_month": f.month, "at_person": f.person_id, "at_metric": f.metric,
                    "new_value": f.value, "new_row": f.row,
                }
                for f, _old in todo.replaced
            ],
        )  # fmt: skip


def hold(session: Session, todo: Plan, import_id: int | None, now: datetime) -> None:
    """Different figures for closed months wait until HR makes a new revision."""
    session.add_all(
        KpiCorrection(
            month=found.month,
            person_id=found.person_id,
            metric=found.metric,
            old=old,
            new=found.value,
            import_id=import_id,
            source_row=found.row,
            created_at=now,
        )
        for found, old in todo.held
    )
