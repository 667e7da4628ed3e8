"""The sheet of a recorded run: as when scoring, without the learner's name."""

from collections.abc import Iterable
from datetime import datetime

from flask import render_template

from lms.cases.models import DrillRun
from lms.cases.raters.models import CalibrationRound, GoldRun, Trial
from lms.cases.scoring import Marks
from lms.cases.timing import measure


def trial_of(trials: Iterable[Trial], rater_id: int) -> Trial | None:
    return next((trial for trial in trials if trial.rater_id == rater_id), None)


def sheet_page(
    run: DrillRun,
    marks: Marks,
    *,
    kind: str,
    of: CalibrationRound | GoldRun | None = None,
    errors: dict[str, str] | None = None,
    saved_at: datetime | None = None,
) -> str:
    """`kind`: round, gold or new_gold."""
    return render_template(
        "cases/raters/sheet.html", run=run, rubric=run.rubric, marks=marks, kind=kind, of=of,
        errors=errors or {}, saved_at=saved_at, times=measure(run.messages),
    )  # fmt: skip
