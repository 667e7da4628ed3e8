"""Storing what a KPI file says: open months take it, closed months hold it as corrections."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from lms import audit
from lms.audit import Actor
from lms.bulk import insert_rows
from lms.clock import Month
from lms.db import Session
from lms.people.models import Organisation
from lms.progress import Progress, Report, to_nobody
from lms.results.models import ImportRun, KpiCorrection, KpiRow, KpiValue, MonthClose

Key = tuple[int, str]  # person and metric
_AT_ONCE = 50_000


class Figure(NamedTuple):
    month: Month
    person_id: int
    metric: str
    value: float
    row: int


@dataclass
class Plan:
    """What applying would do. `replaced` and `held`: with the figure that is there now, if any.

    There may be very many of `added` (month, person, metric, value, row) and `new_rows` (month,
    person, row): tuples of numbers and words alone are no work for the garbage collector.
    """

    added: list[tuple[int, int, str, float, int]] = field(default_factory=list)
    replaced: list[tuple[Figure, float]] = field(default_factory=list)
    held: list[tuple[Figure, float | None]] = field(default_factory=list)
    same: int = 0
    new_rows: list[tuple[int, int, int]] = field(default_factory=list)

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


def plan(session: Session, rows: Sequence[dict[str, Any]]) -> Plan:
    """Compare the rows with what is stored, corrections that wait included."""
    months = {name: Month.parse(name) for name in sorted({entry["month"] for entry in rows})}
    closes = select(MonthClose.month).where(MonthClose.month.in_(months.values()))
    closed = set(session.scalars(closes))
    result = Plan()
    for name, month in months.items():
        of_month = [entry for entry in rows if entry["month"] == name]
        _compare(session, month, month in closed, of_month, result)
    return result


def _compare(
    session: Session,
    month: Month,
    is_closed: bool,
    rows: Sequence[dict[str, Any]],
    result: Plan,
) -> None:
    stored = _stored(session, month)
    waiting = _waiting(session, month) if is_closed else {}
    for entry in rows:
        person_id, row = entry["person_id"], entry["row"]
        for metric, value in entry["figures"].items():
            key = person_id, metric
            now_there = waiting.get(key, stored.get(key))
            if now_there == value:
                result.same += 1
            elif now_there is None and not is_closed:
                result.added.append((month.index, person_id, metric, float(value), row))
            else:
                found = Figure(month, person_id, metric, float(value), row)
                if is_closed:
                    result.held.append((found, stored.get(key)))
                elif now_there is not None:
                    result.replaced.append((found, now_there))
    if is_closed:
        return  # gets its new person's row with the correction, in its next revision
    there = set(session.scalars(select(KpiRow.person_id).where(KpiRow.month == month)))
    result.new_rows += [
        (month.index, entry["person_id"], entry["row"])
        for entry in rows
        if entry["person_id"] not in there
    ]


def _stored(session: Session, month: Month) -> dict[Key, float]:
    columns = KpiValue.person_id, KpiValue.metric, KpiValue.value
    rows = session.execute(select(*columns).where(KpiValue.month == month))
    return {(person_id, metric): value for person_id, metric, value in rows}


def _waiting(session: Session, month: Month) -> dict[Key, float]:
    c = KpiCorrection
    rows = session.execute(
        select(c.person_id, c.metric, c.new)
        .where(c.month == month, c.applied_close_id.is_(None))
        .order_by(c.id)
    )
    return {(person_id, metric): new for person_id, metric, new in rows}


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
    insert_rows(
        session, KpiRow, ("month", "person_id", "import_id", "source_row"),
        ((month, person_id, import_id, row) for month, person_id, row in todo.new_rows),
    )  # fmt: skip
    # In parts, so that a large file is not there twice more.
    for begin in range(0, len(todo.added), _AT_ONCE):
        report(Progress(begin, len(todo.added), "store"))
        insert_rows(
            session, KpiValue,
            ("month", "person_id", "metric", "value", "import_id", "source_row"),
            (
                (month, person_id, metric, value, import_id, row)
                for month, person_id, metric, value, row in todo.added[begin : begin + _AT_ONCE]
            ),
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
