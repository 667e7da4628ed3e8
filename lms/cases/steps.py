"""The step type `drill`: a run of a drill inside a course, done when it is scored and passed."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.cases import runs
from lms.cases.models import Drill, RunState
from lms.courses.models import StepState
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError
from lms.i18n import locale
from lms.plugins.types import FieldKind, StepContext, StepField


class DrillStep:
    kind = "drill"
    label = Localized("演练", "Drill")
    icon = "messages"

    def check_config(self, config: Mapping[str, Any]) -> None:
        if not isinstance(config.get("drill"), str):
            raise DomainError("Name the drill by its key.", field="drill")
        pass_mark = config.get("pass_mark")
        if type(pass_mark) is not int or not 1 <= pass_mark <= 100:
            raise DomainError("This must be between 1 and 100.", field="pass_mark")

    def fields(self, session: Session) -> Sequence[StepField]:
        drills = session.execute(select(Drill.key, Drill.title).order_by(Drill.id.desc()))
        return (
            StepField(
                "drill",
                Localized("演练", "Drill"),
                FieldKind.CHOICE,
                Localized("演练由已发布的案例生成。", "Drills are made from published cases."),
                choices={key: title for key, title in drills},
            ),
            StepField(
                "pass_mark",
                Localized("合格分（满分 100）", "Pass mark, out of 100"),
                FieldKind.NUMBER,
                initial=70,
            ),
        )

    def render(self, session: Session, context: StepContext) -> str:
        drill = _drill(session, context)
        tries = runs.of_step(session, context.enrolment_id, context.step_id)
        return render_template(
            "cases/step.html",
            drill=drill,
            pass_mark=context.config["pass_mark"],
            tries=tries,
            latest=tries[0] if tries else None,
            is_done=context.state == StepState.COMPLETED,
        )

    def submit(self, session: Session, context: StepContext, form: Mapping[str, str]) -> str | None:
        drill = _drill(session, context)
        if drill is None:
            raise DomainError("This drill is not available at the moment.")
        if context.state == StepState.COMPLETED:
            raise Conflict("You have passed this drill already.")
        tries = runs.of_step(session, context.enrolment_id, context.step_id)
        if tries and tries[0].state in (RunState.SUBMITTED, RunState.ADJUDICATION):
            return url_for("cases.result", run_id=tries[0].id)
        run = runs.start(
            session,
            drill.id,
            context.person_id,
            locale=locale(),
            now=context.now,
            step=(context.enrolment_id, context.step_id),
            pass_mark=context.config["pass_mark"],
        )
        return url_for("cases.room", run_id=run.id)


def _drill(session: Session, context: StepContext) -> Drill | None:
    wanted = select(Drill).where(Drill.key == context.config["drill"])
    return session.scalar(wanted.options(joinedload(Drill.rubric), joinedload(Drill.case_version)))
