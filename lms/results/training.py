"""The LMS's own training figures of a month: final drill scores, and what plugins say."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import String, case, cast, exists, func, select

from lms.cases.models import DrillRun, Rating, RunState
from lms.clock import Month
from lms.courses.models import Enrolment, Programme, ProgrammeKind
from lms.db import Session
from lms.errors import DomainError
from lms.people.organisation import zone
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import TrainingFigure
from lms.results.scoring import OwnFigure

# What is taken while learning the work, or while making up for a weak month, counts in neither.
_NOT_COUNTED = (ProgrammeKind.ONBOARDING, ProgrammeKind.TEMPORARY, ProgrammeKind.RETRAINING)


def own_figures(session: Session, month: Month, now: datetime) -> list[OwnFigure]:
    """The mean of each person's marks per metric; DomainError when a plugin cannot answer."""
    marks: dict[tuple[int, str], list[Fraction]] = defaultdict(list)
    for person_id, score in _drill_scores(session, month):
        marks[person_id, "case_analysis"].append(Fraction(score, 100))
    for figure in _from_plugins(month, now):
        marks[figure.person_id, figure.metric].append(Fraction(Decimal(str(figure.value))))
    return [
        OwnFigure(person_id, metric, float(sum(found) / len(found)))
        for (person_id, metric), found in sorted(marks.items())
    ]


def _from_plugins(month: Month, now: datetime) -> Iterable[TrainingFigure]:
    for decision in plugins().decide(hookspecs.lms_training_figures, month, now):
        if decision.error:
            raise DomainError(
                "The training figures of the plugin %(plugin)s are missing, so the month cannot "
                "be closed: %(why)s",
                plugin=decision.plugin,
                why=decision.error,
            )
        yield from decision.value or ()


def _drill_scores(session: Session, month: Month) -> Iterable[tuple[int, int]]:
    """(person, final score in hundredths) of runs scored in the month; a critical error makes 0."""
    zone_here = zone()
    begin = datetime.combine(month.first_day, time(), zone_here)
    end = datetime.combine(month.plus(1).first_day, time(), zone_here)
    critical = exists().where(
        Rating.run_id == DrillRun.id,
        Rating.superseded_at.is_(None),
        func.length(cast(Rating.critical, String)) > len("[]"),
    )
    excluded = exists().where(
        Enrolment.id == DrillRun.enrolment_id,
        Programme.id == Enrolment.programme_id,
        Programme.kind.in_(_NOT_COUNTED),
    )
    rows = session.execute(
        select(DrillRun.person_id, case((critical, 0), else_=DrillRun.score)).where(
            DrillRun.state == RunState.SCORED,
            DrillRun.score.is_not(None),
            DrillRun.scored_at >= begin,
            DrillRun.scored_at < end,
            ~excluded,
        )
    )
    return [(person_id, score) for person_id, score in rows]
