"""Questions about drills and cases that others ask, each one set-based statement."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Float, Select, cast, func, or_, select

from lms.cases.duplicates.family import family, kept_cases
from lms.cases.models import CaseState, CaseVersion, Drill, DrillRun, RunState
from lms.clock import Month
from lms.courses.models import (
    Enrolment,
    Module,
    Programme,
    ProgrammeKind,
    ProgrammeVersion,
    Step,
)
from lms.db import Localized, Session
from lms.people.models import Person

_OWN_ASSESSMENT = (
    ProgrammeKind.ONBOARDING,
    ProgrammeKind.TEMPORARY,
    ProgrammeKind.RETRAINING,
    ProgrammeKind.DELTA,
)


def drill_scores(session: Session, month: Month, zone: ZoneInfo) -> Select[int, float, int]:
    """For `lms.results`: the `case_analysis` part that comes from drills.

    A statement of (person_id, score, runs): the mean final score (0-100, a critical error counts
    0) of the runs whose scoring became final in the month, counted in `zone`, and how many they
    are, so that it can be joined with marks from elsewhere. Runs inside onboarding, temporary and
    retraining enrolments do not count.
    """
    total = cast(func.sum(DrillRun.score), Float)
    runs = func.count(DrillRun.id)
    return (
        select(
            DrillRun.person_id,
            cast(total / 100 / runs, Float).label("score"),
            runs.label("runs"),
        )
        .outerjoin(Enrolment, Enrolment.id == DrillRun.enrolment_id)
        .outerjoin(Programme, Programme.id == Enrolment.programme_id)
        .where(
            DrillRun.state == RunState.SCORED,
            DrillRun.scored_at >= _start(month.first_day, zone),
            DrillRun.scored_at < _start(month.plus(1).first_day, zone),
            or_(Programme.id.is_(None), Programme.kind.not_in(_OWN_ASSESSMENT)),
        )
        .group_by(DrillRun.person_id)
    )


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def failed_runs(team_ids: Collection[int], since: datetime) -> Select[int, int]:
    """A statement of (case_id, failed): how many drill runs the teams' people failed since then, by
    the case that the drill was made from, or into which that one was merged."""
    kept = kept_cases()
    case_id = func.coalesce(kept.c.kept_id, CaseVersion.case_id)
    return (
        select(case_id.label("case_id"), func.count(DrillRun.id).label("failed"))
        .select_from(CaseVersion)
        .outerjoin(kept, kept.c.case_id == CaseVersion.case_id)
        .join(Drill, Drill.case_version_id == CaseVersion.id)
        .join(DrillRun, DrillRun.drill_id == Drill.id)
        .join(Person, Person.id == DrillRun.person_id)
        .where(
            DrillRun.state == RunState.SCORED,
            DrillRun.passed.is_(False),
            DrillRun.scored_at >= since,
            Person.team_id.in_(team_ids),
        )
        .group_by(case_id)
    )


class DrillUse(NamedTuple):
    """A drill made from a case; `mean` (hundredths of a percent) is None until a run is scored."""

    drill_id: int
    key: str
    title: Localized
    version_number: int
    is_from_merged: bool
    scored: int
    mean: int | None


def drills_of_case(session: Session, case_id: int) -> list[DrillUse]:
    """The drills made from any version of the case, or of one merged into it, with what was scored
    in them."""
    mean = func.avg(DrillRun.score)
    rows = session.execute(
        select(
            Drill.id,
            Drill.key,
            Drill.title,
            CaseVersion.number,
            CaseVersion.case_id,
            func.count(DrillRun.id),
            mean,
        )
        .join(CaseVersion, CaseVersion.id == Drill.case_version_id)
        .outerjoin(DrillRun, (DrillRun.drill_id == Drill.id) & (DrillRun.state == RunState.SCORED))
        .where(CaseVersion.case_id.in_(family(case_id)))
        .group_by(Drill.id, CaseVersion.number, CaseVersion.case_id)
        .order_by(Drill.id)
    )
    return [
        DrillUse(
            drill_id,
            key,
            title,
            number,
            of_case != case_id,
            scored,
            None if average is None else round(average),
        )
        for drill_id, key, title, number, of_case, scored, average in rows
    ]


def score_of_case(used: Sequence[DrillUse]) -> tuple[int, int | None]:
    """How many runs of a case's drills were scored, and their mean in hundredths of a percent."""
    scored = sum(drill.scored for drill in used)
    total = sum(drill.scored * drill.mean for drill in used if drill.mean is not None)
    return scored, round(total / scored) if scored else None


class CaseScore(NamedTuple):
    """How a case does in practice; `mean` in hundredths of a percent."""

    version: CaseVersion
    scored: int
    mean: int


def scores_by_case(
    session: Session, order: str, page: int, page_size: int
) -> tuple[list[CaseScore], int]:
    """A page of the published cases that were practised and scored, those merged into them counted
    in, and how many there are. `order`: `scored` (most first), `best`, otherwise lowest mean first.
    """
    kept = kept_cases()
    case_id = func.coalesce(kept.c.kept_id, CaseVersion.case_id)
    scores = (
        select(
            case_id.label("case_id"),
            func.count(DrillRun.id).label("scored"),
            func.avg(DrillRun.score).label("mean"),
        )
        .select_from(CaseVersion)
        .outerjoin(kept, kept.c.case_id == CaseVersion.case_id)
        .join(Drill, Drill.case_version_id == CaseVersion.id)
        .join(DrillRun, DrillRun.drill_id == Drill.id)
        .where(DrillRun.state == RunState.SCORED)
        .group_by(case_id)
        .subquery()
    )
    found = (
        select(CaseVersion, scores.c.scored, scores.c.mean)
        .join(scores, scores.c.case_id == CaseVersion.case_id)
        .where(CaseVersion.state == CaseState.PUBLISHED)
    )
    total = session.scalar(found.with_only_columns(func.count(CaseVersion.id))) or 0
    first = {"scored": scores.c.scored.desc(), "best": scores.c.mean.desc()}
    shown = found.order_by(first.get(order, scores.c.mean), CaseVersion.case_id)
    rows = session.execute(shown.limit(page_size).offset((page - 1) * page_size))
    return [CaseScore(version, scored, round(mean)) for version, scored, mean in rows], total


def programmes_using(session: Session, drill_keys: list[str]) -> list[Localized]:
    """Titles of the programmes whose latest version has a step with one of the drills."""
    if not drill_keys:
        return []
    latest = (
        select(func.max(ProgrammeVersion.id))
        .group_by(ProgrammeVersion.programme_id)
        .scalar_subquery()
    )
    config: Any = Step.config
    found = session.execute(
        select(ProgrammeVersion.id, ProgrammeVersion.title)
        .join(Module, Module.version_id == ProgrammeVersion.id)
        .join(Step, Step.module_id == Module.id)
        .where(
            ProgrammeVersion.id.in_(latest),
            Step.kind == "drill",
            config["drill"].as_string().in_(drill_keys),
        )
        .order_by(ProgrammeVersion.id)
    )
    return list({version_id: title for version_id, title in found}.values())
