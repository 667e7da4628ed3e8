"""The step type `exam`: rules before the start, the way in, and the results so far."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, url_for
from sqlalchemy import select

from lms.plugins.api import (
    DomainError,
    FieldKind,
    Localized,
    NotFound,
    Session,
    StepContext,
    StepField,
    error_message,
)
from lms.plugins.exams import attempts
from lms.plugins.exams.models import Exam
from lms.plugins.exams.papers.showing import promised, score_shown
from lms.plugins.exams.standing import is_over
from lms.plugins.exams.standing import standing as standing_of


class ExamStep:
    kind = "exam"
    label = Localized("考试", "Exam")
    icon = "list-check"

    def check_config(self, config: Mapping[str, Any]) -> None:
        for name in config:
            if name != "exam":
                raise DomainError("There is no such field.", field=str(name))
        if not isinstance(config.get("exam"), str):
            raise DomainError("This must be the key of an exam.", field="exam")

    def fields(self, session: Session) -> Sequence[StepField]:
        exams = session.execute(select(Exam.key, Exam.title).order_by(Exam.id.desc()))
        return (
            StepField(
                "exam",
                Localized("考试", "Exam"),
                FieldKind.CHOICE,
                Localized(
                    "题目、时长和合格分在考试里设定。",
                    "Questions, time and pass mark are set with the exam.",
                ),
                choices={key: title for key, title in exams},
            ),
        )

    def render(self, session: Session, context: StepContext) -> str:
        try:
            standing = standing_of(
                session,
                str(context.config["exam"]),
                context.person_id,
                context.enrolment_id,
                context.step_id,
            )
        except NotFound:
            return render_template("exams/step_missing.html")
        refusal = standing.refusal(context.now)
        return render_template(
            "exams/step.html",
            exam=standing.exam,
            standing=standing,
            is_over=standing.open is not None and is_over(standing.open, context.now),
            refusal=error_message(refusal) if refusal else None,
            promised=promised(standing.rules),
            shows_score=lambda attempt: score_shown(attempt, context.now),
        )

    def submit(self, session: Session, context: StepContext, form: Mapping[str, str]) -> str | None:
        attempt = attempts.start(
            session,
            str(context.config["exam"]),
            context.person_id,
            context.enrolment_id,
            context.step_id,
            now=context.now,
        )
        return url_for("exams.take", attempt_id=attempt.id)
