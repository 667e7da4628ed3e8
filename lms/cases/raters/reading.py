"""What raters gave to the same runs, blind: as figures for agreement and severity."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms.cases.models import DrillRun, Rating, Rubric, RunState
from lms.cases.raters.agreement import krippendorff_alpha, weighted_kappa
from lms.cases.raters.models import CalibrationRound
from lms.cases.raters.severity import Given, Severity, deviations
from lms.cases.raters.trials import is_over
from lms.clock import Month, local_date
from lms.db import Localized, Session
from lms.people.models import Person

FEW = 10  # runs scored by several below which a coefficient says little
_MOST, _MOST_ROUNDS = 20_000, 500


class CriterionAgreement(NamedTuple):
    """`value` is weighted kappa when the same two scored all of it, else Krippendorff's alpha."""

    title: Localized
    value: float | None
    is_kappa: bool
    runs: int
    raters: int


class RubricAgreement(NamedTuple):
    title: Localized
    criteria: Sequence[CriterionAgreement]


def agreement(session: Session, since: datetime, now: datetime) -> list[RubricAgreement]:
    """By rubric (all its numbers together) and criterion. Four queries."""
    levels: dict[tuple[str, str], dict[int, dict[int, int]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    rubrics: dict[str, Rubric] = {}
    known = {
        rubric.id: rubric for rubric in session.scalars(select(Rubric).order_by(Rubric.number))
    }
    for row in _blind(session, since, now):
        rubric = rubrics[known[row.rubric_id].key] = known[row.rubric_id]
        for criterion, level in row.levels.items():
            if level is not None:
                levels[rubric.key, criterion][row.run_id][row.rater_id] = level
    return [
        RubricAgreement(
            rubric.title,
            [
                _criterion(Localized.of(c["title"]), levels.get((key, c["key"]), {}))
                for c in rubric.criteria
            ],
        )
        for key, rubric in sorted(rubrics.items())
    ]


def _criterion(title: Localized, runs: Mapping[int, Mapping[int, int]]) -> CriterionAgreement:
    several = [given for given in runs.values() if len(given) > 1]
    raters = sorted({rater for given in several for rater in given})
    if len(raters) == 2:
        one, other = raters
        value = weighted_kappa([(given[one], given[other]) for given in several])
    else:
        value = krippendorff_alpha([list(given.values()) for given in several])
    return CriterionAgreement(title, value, len(raters) == 2, len(several), len(raters))


class RaterSeverity(NamedTuple):
    rater: Person
    months: Mapping[Month, Severity]


def severities(
    session: Session, since: datetime, now: datetime, zone: ZoneInfo, only: int | None = None
) -> list[RaterSeverity]:
    """Each rater against the others of the same runs, by month; `only`: one of them."""
    given = [
        Given(row.run_id, row.rater_id, Month.of(local_date(row.submitted_at, zone)), row.score)
        for row in _blind(session, since, now)
    ]
    found = deviations(given)
    if only is not None:
        found = {only: found[only]} if only in found else {}
    people = session.scalars(select(Person).where(Person.id.in_(found)).order_by(Person.staff_no))
    return [RaterSeverity(person, found[person.id]) for person in people]


class _Blind(NamedTuple):
    """What a rater gave without seeing another's; `run_id` of a calibration: less than 0."""

    run_id: int
    rater_id: int
    levels: Mapping[str, Any]
    score: int
    submitted_at: datetime
    rubric_id: int


def _blind(session: Session, since: datetime, now: datetime) -> list[_Blind]:
    """Each rater's first word on a run, and what was given in calibrations: nothing of what is
    still being scored."""
    rounds = (
        select(CalibrationRound)
        .where(CalibrationRound.opened_at >= since)
        .options(joinedload(CalibrationRound.run), selectinload(CalibrationRound.trials))
        .order_by(CalibrationRound.id.desc())
        .limit(_MOST_ROUNDS)
    )
    calibrated = [
        _Blind(-one.id, t.rater_id, t.levels, t.score, t.submitted_at, one.run.rubric_id)
        for one in session.scalars(rounds)
        if is_over(one, now)
        for t in one.trials
    ]
    rated = session.execute(
        select(
            Rating.run_id,
            Rating.rater_id,
            Rating.levels,
            Rating.score,
            Rating.submitted_at,
            DrillRun.rubric_id,
        )
        .join(DrillRun, DrillRun.id == Rating.run_id)
        .where(
            Rating.is_adjudication.is_(False),
            Rating.amend_reason == "",
            Rating.submitted_at >= since,
            DrillRun.state != RunState.SUBMITTED,
        )
        .order_by(Rating.submitted_at.desc(), Rating.id.desc())
        .limit(_MOST)
    )
    return [*map(_Blind._make, rated), *calibrated]
