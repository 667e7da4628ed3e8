"""The LMS's own training figures of a month: final drill scores, and what plugins say."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from lms.cases.queries import drill_scores
from lms.clock import Month
from lms.db import Session
from lms.errors import DomainError
from lms.people.organisation import zone
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import TrainingFigure
from lms.results.scoring_figures import OwnFigure


def own_figures(session: Session, month: Month, now: datetime) -> list[OwnFigure]:
    """The mean of each person's marks per metric; DomainError when a plugin cannot answer."""
    marks: dict[tuple[int, str], list[Fraction]] = defaultdict(list)
    for person_id, mean, runs in session.execute(drill_scores(session, month, zone())):
        # Their sum is a whole number of hundredths: got back from the mean, it is exact.
        each = Fraction(round(mean * runs * 100), 100 * runs)
        marks[person_id, "case_analysis"] += [each] * runs
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
