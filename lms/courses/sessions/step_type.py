"""Sessions as steps: the learner books one of the coming dates and is done by having been there."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, render_template
from flask_babel import gettext as _

from lms.audit import Actor
from lms.courses.content_entry import is_bilingual
from lms.courses.models import Enrolment, StepState
from lms.courses.outline import outline
from lms.courses.sessions import booking, queries, wanting
from lms.courses.sessions.models import Booking, BookingState
from lms.courses.sessions.planning import KIND
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.i18n import pick
from lms.plugins.types import FieldKind, StepContext, StepField

_FIELDS = (
    StepField(
        "about",
        Localized("介绍", "What it is"),
        FieldKind.MARKDOWN,
        Localized("做什么、怎么准备。", "What happens there, and what to bring."),
    ),
    StepField("place", Localized("通常的地点", "Where it usually is")),
    StepField(
        "minimum_minutes",
        Localized("至少参加多少分钟", "Minutes to attend at least"),
        FieldKind.NUMBER,
        Localized("不填就要全程参加。", "Left empty: all of it."),
        is_rare=True,
    ),
)


class SessionStep:
    kind = KIND
    label = Localized("培训场次", "Session")
    icon = "calendar-event"

    def check_config(self, config: Mapping[str, Any]) -> None:
        for name in config:
            if name not in {"about", "minimum_minutes", "place"}:
                raise DomainError("There is no such field.", field=str(name))
        least = config.get("minimum_minutes", 1)
        if type(least) is not int or least < 1:
            raise DomainError(
                "This must be a whole number, %(low)s or more.", field="minimum_minutes", low=1
            )
        for name in ("about", "place"):
            if name in config and not is_bilingual(config[name]):
                raise DomainError("This needs a text in zh and one in en.", field=name)

    def fields(self, session: Session) -> Sequence[StepField]:
        return _FIELDS

    def render(self, session: Session, context: StepContext) -> str:
        from lms.courses.markdown import to_html  # a parser that commands do not need

        about = context.config.get("about")
        mine = queries.bookings(
            session,
            Booking.enrolment_id == context.enrolment_id,
            Booking.step_id == context.step_id,
        )
        is_done = context.state == StepState.COMPLETED
        no_dates = is_done or context.is_preview
        dates = [] if no_dates else queries.dates_of_step(session, *_key(session, context))
        held = next((m for m in mine if m.booking.open_key and not m.planned.cancelled_at), None)
        waits = not (no_dates or dates or held)
        return render_template(
            "courses/sessions/step.html",
            step=context,
            about=to_html(pick(about)) if about else "",
            is_done=is_done,
            held=held,
            earlier=[m for m in mine if m.attendance or m.planned.cancelled_at],
            dates=dates,
            has_asked=waits and wanting.has_asked(session, context.enrolment_id, context.step_id),
            at=context.now,
        )

    def submit(self, session: Session, context: StepContext, form: Mapping[str, str]) -> str | None:
        if form.get("do") == "ask":
            self._ask(session, context)
            return None
        who, actor = context.person_id, Actor(context.person_id)
        chosen = form.get("session", "")
        if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 10):
            raise DomainError("Choose a date first.")
        if form.get("do") == "leave":
            booking.leave(session, int(chosen), who, actor=actor, now=context.now)
            flash(_("Your place is given back."), "success")
            return None
        made = booking.book(session, int(chosen), who, actor=actor, now=context.now)
        if made.state == BookingState.WAITING:
            flash(_("You are on the waiting list; you are told as soon as you move up."), "success")
        else:
            flash(_("Your place is booked."), "success")
        return None

    def _ask(self, session: Session, context: StepContext) -> None:
        enrolment = session.get_one(Enrolment, context.enrolment_id)
        key = _key(session, context)[1]
        shape = outline(session, enrolment.version_id)
        title = next(step.title for step in shape.steps if step.id == context.step_id)
        if wanting.ask(session, enrolment, context.step_id, key, title, context.now):
            flash(_("Your trainers know. You are told as soon as there is a date."), "success")


def _key(session: Session, context: StepContext) -> tuple[int, str, Any]:
    enrolment = session.get_one(Enrolment, context.enrolment_id)
    shape = outline(session, enrolment.version_id)
    key = next(step.key for step in shape.steps if step.id == context.step_id)
    return enrolment.programme_id, key, context.now
