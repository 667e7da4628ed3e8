"""How often people have worked with a case: for its page, and for its place in the search.

Drills handed in and lessons finished are the core's; plugins tell of what else is done with cases
(`lms_case_usage`). A merged case's uses are those of the case that stays.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Select, func, literal, select, union_all

from lms.cases.duplicates.family import family, kept_cases
from lms.cases.models import CaseVersion, Drill, DrillRun
from lms.cases.uses.models import CaseUse
from lms.courses.models import Module, Programme, ProgrammeVersion, Step, StepProgress
from lms.db import Localized, Session
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import CaseUsage

YEAR = timedelta(days=365)


def by_case(session: Session, since: datetime) -> dict[int, int]:
    """How often each case was used since then, by its id; those never used are left out."""
    kept, used = kept_cases(), _all(since).subquery()
    of_case = func.coalesce(kept.c.kept_id, used.c.case_id)
    counted = select(of_case, func.count()).select_from(used)
    rows = session.execute(
        counted.outerjoin(kept, kept.c.case_id == used.c.case_id).group_by(of_case)
    )
    return {case_id: count for case_id, count in rows}


def of_case(session: Session, case_id: int, since: datetime) -> list[tuple[Localized, int]]:
    """What it was used for, and how often since then, the most frequent first. One query."""
    used, known = _all(since, case_id).subquery(), _known()
    rows = session.execute(select(used.c.kind, func.count()).group_by(used.c.kind))
    found = sorted(((count, -kind) for kind, count in rows), reverse=True)
    return [(known[-kind].label, count) for count, kind in found]


def _all(since: datetime, case_id: int | None = None) -> CompoundSelect[Any]:
    """A row for each use: its kind, and the case."""
    cases = None if case_id is None else family(case_id)
    return union_all(
        *(_narrowed(kind, one.rows, since, cases) for kind, one in enumerate(_known()))
    )


def _narrowed(
    kind: int, rows: Select[int, datetime | None], since: datetime, cases: Select[Any] | None
) -> Select[int, int]:
    case, at = rows.selected_columns
    wanted = rows.where(at >= since)
    if cases is not None:
        wanted = wanted.where(case.in_(cases))
    return wanted.with_only_columns(literal(kind).label("kind"), case.label("case_id"))


def _known() -> Sequence[CaseUsage]:
    groups = plugins().collect(hookspecs.lms_case_usage)
    return [_runs(), _lessons(), *(one for group in groups for one in group)]


def _runs() -> CaseUsage:
    rows = (
        select(CaseVersion.case_id, DrillRun.submitted_at)
        .select_from(DrillRun)
        .join(Drill, Drill.id == DrillRun.drill_id)
        .join(CaseVersion, CaseVersion.id == Drill.case_version_id)
    )
    return CaseUsage(Localized("演练", "Drill runs"), rows)


def _lessons() -> CaseUsage:
    """Finished by somebody; a lesson is remembered as `<programme>/<step>`."""
    rows = (
        select(CaseVersion.case_id, StepProgress.completed_at)
        .select_from(CaseUse)
        .join(CaseVersion, CaseVersion.id == CaseUse.version_id)
        .join(Programme, CaseUse.ref.startswith(Programme.key + "/"))
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .join(Module, Module.version_id == ProgrammeVersion.id)
        .join(Step, Step.module_id == Module.id)
        .join(StepProgress, StepProgress.step_id == Step.id)
        .where(CaseUse.kind == "lesson", CaseUse.ref == Programme.key + "/" + Step.key)
    )
    return CaseUsage(Localized("学完案例课", "Lessons finished"), rows)
