"""Surveys: what a learner thinks of the course, without their name."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, render_template
from flask_babel import gettext as _

from lms.courses.models import StepState
from lms.courses.surveys import questions, services
from lms.db import Localized, Session
from lms.plugins.types import StepContext, StepField


class Survey:
    kind = "survey"
    label = Localized("课程反馈", "Feedback")
    icon = "message-2"

    def check_config(self, config: Mapping[str, Any]) -> None:
        questions.check(config)

    def fields(self, session: Session) -> Sequence[StepField]:
        return questions.FIELDS

    def render(self, session: Session, context: StepContext) -> str:
        return render_template(
            "courses/steps/survey.html",
            intro=context.config.get("intro"),
            questions=context.config["questions"],
            typed=context.typed,
            problems=context.problems,
            longest=questions.LONGEST_TEXT,
            is_done=context.state == StepState.COMPLETED,
        )

    def submit(self, session: Session, context: StepContext, form: Mapping[str, str]) -> str | None:
        if services.answer(session, context, form):
            flash(_("Thank you. What you said is counted, without your name."), "success")
        return None
