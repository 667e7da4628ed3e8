"""External courses: what to do elsewhere, and the proof of it, which somebody else approves."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import flash, render_template
from flask_babel import gettext as _

from lms.courses.content_entry import is_bilingual
from lms.courses.evidence import services
from lms.courses.models import StepState
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.i18n import pick
from lms.plugins.types import FieldKind, StepContext, StepField

_FIELDS = (
    StepField(
        "task",
        Localized("要做什么", "What to do"),
        FieldKind.MARKDOWN,
        Localized("在哪里学、学什么，用什么作为凭证。", "Where, what, and what to show for it."),
    ),
    StepField("link", Localized("课程网址", "Address of the course"), FieldKind.WORD),
)


class External:
    kind = services.KIND
    label = Localized("外部课程", "External course")
    icon = "external-link"

    def check_config(self, config: Mapping[str, Any]) -> None:
        for name in config:
            if name not in {"task", "link"}:
                raise DomainError("There is no such field.", field=str(name))
        if not is_bilingual(config.get("task")):
            raise DomainError("This needs a text in zh and one in en.", field="task")
        if "link" in config and not _is_web_address(config["link"]):
            raise DomainError("This must be a web address (https://…).", field="link")

    def fields(self, session: Session) -> Sequence[StepField]:
        return _FIELDS

    def render(self, session: Session, context: StepContext) -> str:
        from lms.courses.markdown import to_html  # a parser that commands do not need

        return render_template(
            "courses/steps/external.html",
            step=context,
            html=to_html(pick(context.config["task"])),
            link=context.config.get("link"),
            files=services.files(session, context.enrolment_id, context.step_id),
            most=services.MOST_FILES,
            decision=services.decision(session, context.data),
            note=context.typed.get("note", context.data.get("note", "")),
            problem=context.problems.get("file"),
            is_open=context.state not in {StepState.SUBMITTED, StepState.COMPLETED},
        )

    def submit(self, session: Session, context: StepContext, form: Mapping[str, str]) -> str | None:
        services.hand_in(session, context, form.get("note", "")[:2000])
        flash(_("Handed in. You are told as soon as somebody has looked at it."), "success")
        return None


def _is_web_address(value: Any) -> bool:
    parts = urlsplit(value) if isinstance(value, str) else None
    return bool(parts and parts.scheme in {"https", "http"} and parts.netloc)
