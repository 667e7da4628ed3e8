"""Lessons: a text, and a check question that decides on the server whether it was understood."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import flash, render_template
from flask_babel import gettext as _

from lms.courses import services
from lms.courses.content_entry import is_bilingual
from lms.courses.lessons import playing
from lms.courses.lessons.showing import shown
from lms.courses.models import StepState
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.i18n import pick
from lms.plugins.types import FieldKind, StepContext, StepField

_FIELDS = (
    StepField("body", Localized("课文", "Text"), FieldKind.MARKDOWN),
    StepField("check.question", Localized("检查题", "Check question"), FieldKind.TEXT),
    StepField(
        "check.options",
        Localized("选项", "Options"),
        FieldKind.ANSWERS,
        Localized("2 到 6 个，选中正确的那一个。", "Two to six; mark the right one."),
        answer="check.answer",
        initial=[{}, {}, {}],
        most=6,
    ),
    StepField(
        "check.explanation",
        Localized("解释", "Explanation"),
        FieldKind.TEXT,
        Localized("作答后显示：为什么选它。", "Shown after an answer: why it is that one."),
    ),
    StepField(
        "watch",
        Localized("先看完视频或录音再答题", "The question opens when it was watched to the end"),
        FieldKind.FLAG,
        Localized(
            "两种语言的课文都要有视频或录音。",
            "Each language needs a film or recording.",
        ),
        is_rare=True,
        ticked="required",
    ),
)


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

    def fields(self, session: Session) -> Sequence[StepField]:
        return _FIELDS

    def render(self, session: Session, context: StepContext) -> str:
        from lms.courses.markdown import to_html  # a parser that commands do not need

        seen = playing.positions(session, context)
        media = context.config.get("media") or {}

        def address(name: str) -> str:
            return f"{context.step_id}/media/{name}"  # relative to the page

        return render_template(
            "courses/steps/lesson.html",
            step=context,
            html=to_html(pick(context.config["body"]), shown(media, address)),
            seen={name: asdict(position) for name, position in seen.items()},
            plays=not context.is_preview and any(playing.to_play(context.config).values()),
            must_watch=not context.is_preview and playing.must_watch(context.config, seen),
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
                "Each language needs a film or recording whose length is known "
                "(MP4, M4A, MP3, WebM).",
                field="watch",
            )
