"""What raters gave to the same runs, blind: as figures for agreement and severity."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lms.cases.models import DrillRun, Rating, Rubric, RunState
from lms.cases.raters.agreement import krippendorff_alpha, weighted_kappa
from lms.cases.raters.severity import Given, Severity, deviations
from lms.clock import Month, local_date
from lms.db import Localized, Session
from lms.people.models import Person

FEW = 10  # runs scored by several below which a coefficient says little
_MOST = 20_000


@dataclass(frozen=True)
class CriterionAgreement:
    """`value` is weighted kappa when the same two scored all of it, else Krippendorff's alpha."""

    title: Localized
    value: float | None
    is_kappa: bool
    runs: int
    raters: int


@dataclass(frozen=True)
class RubricAgreement:
    title: Localized
    criteria: Sequence[CriterionAgreement]


def agreement(session: Session, since: datetime) -> list[RubricAgreement]:
    """By rubric (all its numbers together) and criterion. Two queries."""
    levels: dict[tuple[str, str], dict[int, dict[int, int]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    rubrics: dict[str, Rubric] = {}
    known = {
        rubric.id: rubric for rubric in session.scalars(select(Rubric).order_by(Rubric.number))
    }
    for row in _blind(session, since):
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


@dataclass(frozen=True)
class RaterSeverity:
    rater: Person
    months: Mapping[Month, Severity]


def severities(
    session: Session, since: datetime, zone: ZoneInfo, only: int | None = None
) -> list[RaterSeverity]:
    """Each rater against the others of the same runs, by month; `only`: one of them."""
    given = [
        Given(row.run_id, row.rater_id, Month.of(local_date(row.submitted_at, zone)), row.score)
        for row in _blind(session, since)
    ]
    found = deviations(given)
    if only is not None:
        found = {only: found[only]} if only in found else {}
    people = session.scalars(select(Person).where(Person.id.in_(found)).order_by(Person.staff_no))
    return [RaterSeverity(person, found[person.id]) for person in people]


def _blind(session: Session, since: datetime) -> Sequence[Any]:
    """Each rater's first word on a run, given before they saw another's; not of runs that are still
    being scored."""
    return session.execute(
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
    ).all()
