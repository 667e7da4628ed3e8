"""Lessons: a text, and a check question that decides on the server whether it was understood."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import flash, render_template
from flask_babel import gettext as _

from lms.courses import services
from lms.courses.content_entry import is_bilingual
from lms.courses.lessons import playing
from lms.courses.models import StepState
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.i18n import pick
from lms.plugins.types import StepContext
from lms.uploads.kinds import KINDS

if TYPE_CHECKING:
    from lms.courses.markdown import Shown


class Lesson:
    kind = "lesson"
    label = Localized("课程", "Lesson")
    icon = "book-2"

    def check_config(self, config: Mapping[str, Any]) -> None:
        for name in config:
            if name not in {"body", "check", "media", "watch"}:
                raise DomainError("There is no such field.", field=str(name))
        if not is_bilingual(config.get("body")):
            raise DomainError("This needs a text in zh and one in en.", field="body")
        _check_watch(config)
        check = config.get("check")
        if not isinstance(check, Mapping):
            raise DomainError("A lesson needs a check question.", field="check")
        for name in ("question", "explanation"):
            if not is_bilingual(check.get(name)):
                raise DomainError("This needs a text in zh and one in en.", field=f"check.{name}")
        options = check.get("options")
        if not isinstance(options, list) or not 2 <= len(options) <= 6:
            raise DomainError("Give two to six options.", field="check.options")
        if not all(is_bilingual(option) for option in options):
            raise DomainError("This needs a text in zh and one in en.", field="check.options")
        answer = check.get("answer")
        if type(answer) is not int or not 1 <= answer <= len(options):
            raise DomainError("This must be the number of an option.", field="check.answer")

    def render(self, session: Session, context: StepContext) -> str:
        from lms.courses.markdown import to_html  # a parser that commands do not need

        seen = playing.positions(session, context)
        return render_template(
            "courses/steps/lesson.html",
            step=context,
            html=to_html(pick(context.config["body"]), _shown(context)),
            seen={name: asdict(position) for name, position in seen.items()},
            plays=any(playing.to_play(context.config).values()),
            must_watch=playing.must_watch(context.config, seen),
            check=context.config["check"],
            chosen=context.data.get("chosen"),
            is_done=context.state == StepState.COMPLETED,
        )

    def submit(self, session: Session, context: StepContext, form: Mapping[str, str]) -> str | None:
        check = context.config["check"]
        numbers = {str(number): number for number in range(1, len(check["options"]) + 1)}
        chosen = numbers.get(form.get("answer", ""))
        if chosen is None:
            raise DomainError("Choose an answer first.", field="answer")
        if playing.must_watch(context.config, playing.positions(session, context)):
            raise DomainError("Watch it to the end first: the question opens then.", field="answer")
        right = chosen == check["answer"]
        services.set_step_state(
            session,
            context.enrolment_id,
            context.step_id,
            StepState.COMPLETED if right else StepState.STARTED,
            now=context.now,
            data={"chosen": chosen, "tries": context.data.get("tries", 0) + 1},
        )
        if right and context.state != StepState.COMPLETED:
            flash(_("Right! This lesson is done."), "success")
        return None


def _check_watch(config: Mapping[str, Any]) -> None:
    """What must be watched is in the text of each language, and its length is known."""
    if "watch" not in config:
        return
    if config["watch"] != "required":
        raise DomainError("This must be one of %(known)s.", field="watch", known="required")
    lengths = {name: found.get("ms") for name, found in (config.get("media") or {}).items()}
    for names in playing.to_play(config).values():
        if not names or not all(lengths[name] for name in names):
            raise DomainError(
                "Each language needs a film or recording whose length is known (MP4, M4A, WebM).",
                field="watch",
            )


def _shown(context: StepContext) -> "tuple[Shown, ...]":
    """The lesson's files as its page shows them; the addresses are relative to the page."""
    from lms.courses.markdown import Shown

    return tuple(
        Shown(
            name,
            KINDS[found["kind"]].family,
            f"{context.step_id}/media/{name}",
            _("Open the PDF (%(size)s MB)", size=f"{max(found['size'] / 1048576, 0.1):.1f}"),
            found.get("width"),
            found.get("height"),
        )
        for name, found in (context.config.get("media") or {}).items()
    )
