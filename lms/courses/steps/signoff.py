"""Sign-offs: a mentor watches and ticks; the learner can only ask for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, render_template
from flask_babel import gettext as _

from lms.courses import signoffs
from lms.courses.content_entry import is_bilingual
from lms.courses.models import StepState
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.plugins.types import FieldKind, StepContext, StepField

_FIELDS = (
    StepField(
        "checklist",
        Localized("签核清单", "Checklist"),
        FieldKind.LINES,
        Localized(
            "导师当面看学员做到，逐项打勾。",
            "What a mentor sees the learner do, item by item.",
        ),
        initial=[{}, {}, {}],
    ),
)


class SignOff:
    kind = "signoff"
    label = Localized("签核", "Sign-off")
    icon = "clipboard-check"

    def check_config(self, config: Mapping[str, Any]) -> None:
        for name in config:
            if name != "checklist":
                raise DomainError("There is no such field.", field=str(name))
        items = config.get("checklist")
        if not isinstance(items, list) or not items or not all(map(is_bilingual, items)):
            raise DomainError("This must be a list of texts in zh and en.", field="checklist")

    def fields(self, session: Session) -> Sequence[StepField]:
        return _FIELDS

    def render(self, session: Session, context: StepContext) -> str:
        data = context.data
        return render_template(
            "courses/steps/signoff.html",
            checklist=context.config["checklist"],
            ticked=set(data.get("ticked", [])),
            state=context.state,
            signature=signoffs.signature(session, data),
            note=data.get("note", ""),
        )

    def submit(self, session: Session, context: StepContext, form: Mapping[str, str]) -> str | None:
        if context.state in {StepState.COMPLETED, StepState.SUBMITTED}:
            return None
        signoffs.ask(session, context)
        flash(_("Asked. Your supervisor has been told."), "success")
        return None
