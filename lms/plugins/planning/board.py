"""The year at a glance, and as a table to take away."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Month,
    Programme,
    ProgrammeVersion,
    Satisfaction,
    Session,
    SessionFigures,
    pick,
    satisfaction_by_month,
    sessions_by_month,
)
from lms.plugins.planning import words
from lms.plugins.planning.figures import Outcome, outcomes
from lms.plugins.planning.models import PlanEntry, Status


@dataclass(frozen=True)
class Row:
    entry: PlanEntry
    outcome: Outcome | None
    satisfaction: Satisfaction | None = None
    sessions: SessionFigures | None = None

    @property
    def planned(self) -> int | None:
        """As written down, else those who are enrolled to begin in the month."""
        if self.entry.planned is not None or self.outcome is None:
            return self.entry.planned
        return self.outcome.enrolled

    @property
    def attended(self) -> int | None:
        """As written down, else as recorded in its sessions, else those who took part in the
        programme."""
        if self.entry.attended is not None:
            return self.entry.attended
        if self.sessions is not None and self.sessions.recorded:
            return self.sessions.attended
        return self.outcome.took_part if self.outcome else None


class MonthOfPlan(NamedTuple):
    month: Month
    is_now: bool
    rows: list[Row]


class YearOfPlan(NamedTuple):
    """`has_earlier`: the year before has entries to begin from."""

    year: int
    months: list[MonthOfPlan]
    has_earlier: bool

    @property
    def rows(self) -> list[Row]:
        return [row for month in self.months for row in month.rows]

    def count(self, status: str) -> int:
        return sum(row.entry.status == status for row in self.rows)

    @property
    def total(self) -> int:
        return len(self.rows) - self.count(Status.CANCELLED)


def year_of_plan(session: Session, year: int, present: Month, now: datetime) -> YearOfPlan:
    """Four queries, five for an empty year."""
    months = [Month(year * 12 + number) for number in range(12)]
    rows = _rows_of(session, months[0], months[-1])
    rows = _with_figures(session, rows, months[0], months[-1], now)
    has_earlier = not rows and _has_entries(session, months[0].plus(-12), months[-1].plus(-12))
    return YearOfPlan(
        year,
        [MonthOfPlan(m, m == present, [r for r in rows if r.entry.month == m]) for m in months],
        has_earlier,
    )


def _rows_of(session: Session, first: Month, last: Month) -> list[Row]:
    """Two queries; without satisfaction and sessions."""
    entries = session.scalars(
        select(PlanEntry)
        .where(PlanEntry.month >= first, PlanEntry.month <= last)
        .options(joinedload(PlanEntry.responsible))
        .order_by(PlanEntry.month, PlanEntry.id)
    ).all()
    linked = {entry.programme_id for entry in entries if entry.programme_id is not None}
    known = outcomes(session, linked, first, last)
    return [Row(entry, known.get((entry.programme_id or 0, entry.month))) for entry in entries]


def row_of(session: Session, entry: PlanEntry, now: datetime) -> Row:
    """Two queries at most; without satisfaction."""
    here = (entry.programme_id or 0, entry.month)
    linked = {entry.programme_id} if entry.programme_id is not None else set()
    outcome = outcomes(session, linked, entry.month, entry.month).get(here)
    held = sessions_by_month(session, linked, entry.month, entry.month, now).get(here)
    return Row(entry, outcome, sessions=held)


def _with_figures(
    session: Session, rows: list[Row], first: Month, last: Month, now: datetime
) -> list[Row]:
    """Two queries, none where no entry has a programme."""
    linked = {row.entry.programme_id for row in rows if row.entry.programme_id is not None}
    if not linked:
        return rows
    found = satisfaction_by_month(session, linked, first, last)
    held = sessions_by_month(session, linked, first, last, now)
    return [
        replace(row, satisfaction=found.get(place), sessions=held.get(place))
        for row in rows
        for place in [(row.entry.programme_id or 0, row.entry.month)]
    ]


def _has_entries(session: Session, first: Month, last: Month) -> bool:
    counted = select(func.count(PlanEntry.id)).where(
        PlanEntry.month >= first, PlanEntry.month <= last, PlanEntry.status != Status.CANCELLED
    )
    return bool(session.scalar(counted))


def titles(session: Session, kinds: Sequence[str]) -> Mapping[int, str]:
    """Programmes that can be planned, by id, under the title of their latest version."""
    rows = session.execute(
        select(Programme.id, ProgrammeVersion.title)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .where(Programme.kind.in_(kinds))
        .order_by(Programme.kind, Programme.id, ProgrammeVersion.number)
    )
    return {programme_id: pick(title) for programme_id, title in rows}  # the latest comes last


def headers() -> list[str]:
    return [
        _("Month"), _("Kind"), _("Category"), _("Title"), _("Status"), _("Responsible"),
        _("Guests"), _("Planned number"), _("Attendance"), _("Sessions held"),
        _("Attendance in sessions, %"),
        _("Mean score"), _("Completion rate"), _("Satisfaction"), _("Remarks"),
    ]  # fmt: skip


def lines(found: YearOfPlan) -> Iterator[list[object]]:
    """A line for each entry, the words in the reader's language."""
    for row in found.rows:
        entry, outcome, held = row.entry, row.outcome, row.sessions
        yield [
            str(entry.month), pick(words.KINDS[entry.kind]), pick(words.CATEGORIES[entry.category]),
            pick(entry.title), pick(words.STATUSES[entry.status]),
            entry.responsible.name if entry.responsible else "", entry.guests, row.planned,
            row.attended, held.held if held else None, held.rate if held else None,
            outcome.mean / 100 if outcome and outcome.mean is not None else None,
            outcome.pass_rate if outcome else None,
            round(row.satisfaction.mean, 2) if row.satisfaction else None, entry.remarks,
        ]  # fmt: skip
