"""Criteria in which people's drills stay below the pass line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from lms.cases.models import CaseVersion, Drill, DrillRun, Rating, Rubric, RunState
from lms.courses.models import Module, Programme, ProgrammeVersion, Step
from lms.courses.queries import is_latest
from lms.db import Localized, Session
from lms.people.models import Person
from lms.plugins.types import SkillGap

_SOURCE = Localized("演练评分项", "Drill criterion")
_MOST = 20_000


def criterion_gaps(
    session: Session, scope: ColumnElement[bool], since: datetime
) -> Sequence[SkillGap]:
    """One gap for each criterion of a rubric; a later good rating closes it. Three queries."""
    rubrics = _rubrics(session)
    last: dict[tuple[str, str, int], tuple[bool, int]] = {}
    for person_id, rubric_id, pass_mark, levels, case_id in _ratings(session, scope, since):
        for criterion, level in levels.items():
            if level is None:
                continue
            key = rubrics[rubric_id].key, criterion, person_id
            last[key] = (int(level) - 1) * 25 < pass_mark, case_id
    people: dict[tuple[str, str], list[int]] = defaultdict(list)
    cases: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for (rubric_key, criterion, person_id), (is_low, case_id) in last.items():
        if is_low:
            people[rubric_key, criterion].append(person_id)
            cases[rubric_key, criterion][case_id] += 1
    names = {
        (rubric.key, c["key"]): Localized.of(c["title"])
        for rubric in sorted(rubrics.values(), key=lambda found: found.number)
        for c in rubric.criteria
    }
    taught = _programmes_by_rubric(session) if people else {}
    return [
        SkillGap(
            code=f"criterion.{rubric_key}.{criterion}",
            label=names.get((rubric_key, criterion), Localized(criterion, criterion)),
            source=_SOURCE,
            person_ids=sorted(found),
            case_id=cases[rubric_key, criterion].most_common(1)[0][0],
            programme_ids=taught.get(rubric_key, []),
        )
        for (rubric_key, criterion), found in people.items()
    ]


def _rubrics(session: Session) -> dict[int, Rubric]:
    return {rubric.id: rubric for rubric in session.scalars(select(Rubric))}


def _ratings(session: Session, scope: ColumnElement[bool], since: datetime) -> Iterable[Any]:
    """The newest of them, oldest first, so that what comes later counts."""
    rows = session.execute(
        select(
            DrillRun.person_id,
            DrillRun.rubric_id,
            DrillRun.pass_mark,
            Rating.levels,
            CaseVersion.case_id,
        )
        .join(Rating, Rating.run_id == DrillRun.id)
        .join(Drill, Drill.id == DrillRun.drill_id)
        .join(CaseVersion, CaseVersion.id == Drill.case_version_id)
        .join(Person, Person.id == DrillRun.person_id)
        .where(
            scope,
            Person.left_on.is_(None),
            DrillRun.state == RunState.SCORED,
            DrillRun.scored_at >= since,
            Rating.superseded_at.is_(None),
        )
        .order_by(DrillRun.scored_at.desc(), Rating.id.desc())
        .limit(_MOST)
    ).all()
    return reversed(rows)


def _programmes_by_rubric(session: Session) -> dict[str, list[int]]:
    """Programmes whose latest version has a drill scored by that rubric."""
    rows = session.execute(
        select(Programme.id, Rubric.key)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .join(Module, Module.version_id == ProgrammeVersion.id)
        .join(Step, Step.module_id == Module.id)
        .join(Drill, Drill.key == Step.config["drill"].as_string())
        .join(Rubric, Rubric.id == Drill.rubric_id)
        .where(Step.kind == "drill", is_latest())
        .distinct()
        .order_by(Programme.id)
    )
    found: dict[str, list[int]] = defaultdict(list)
    for programme_id, rubric_key in rows:
        found[rubric_key].append(programme_id)
    return found
