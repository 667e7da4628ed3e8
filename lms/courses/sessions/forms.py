"""Forms of the session pages. Times are those of the organisation's clocks."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from lms.courses.sessions.models import TrainingSession
from lms.courses.sessions.planning import Guest, Plan, Target
from lms.courses.sessions.words import from_wall
from lms.db import Localized
from lms.errors import DomainError
from lms.i18n import locale, pick

OPEN = "open"
MAX_GUESTS = 20
# As browsers send it; the first is what they are shown.
_WALL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_COMMA = re.compile(r"[,，、;；]")


def _clean(value: str | None) -> str:
    return (value or "").replace("\0", "").replace("\r\n", "\n").strip()


class SessionForm(FlaskForm):  # type: ignore[misc]
    target = SelectField(_l("For whom"))
    title_zh = StringField(_l("Title (Chinese)"), [Length(max=200)], filters=[_clean])
    title_en = StringField(_l("Title (English)"), [Length(max=200)], filters=[_clean])
    starts_at = DateTimeLocalField(
        _l("Begins"), [InputRequired(_l("Enter day and time."))], format=_WALL
    )
    minutes = IntegerField(_l("Minutes"), [InputRequired(), NumberRange(5, 1440)], default=60)
    place = StringField(_l("Place"), [Length(max=200)], filters=[_clean])
    link = StringField(_l("Link"), [Length(max=500)], filters=[_clean])
    capacity = IntegerField(_l("Places"), [Optional(), NumberRange(1, 100_000)])
    facilitator = StringField(
        _l("Led by (staff number)"), [Optional(), Length(max=64)], filters=[_clean]
    )
    guests = TextAreaField(_l("Guests"), [Length(max=4000)], filters=[_clean])

    def offer(self, targets: Sequence[Target]) -> None:
        """Fill the choice of what the session is for."""
        self.target.choices = [
            (OPEN, _l("Open to everybody")),
            *((_code(t), f"{pick(t.programme)} · {pick(t.step)}") for t in targets),
        ]

    def chosen(self, targets: Sequence[Target]) -> Target | None:
        return next((t for t in targets if _code(t) == self.target.data), None)

    def plan(self, where: ZoneInfo) -> Plan:
        """What was typed; DomainError for a time that does not exist."""
        return Plan(
            title=Localized(self.title_zh.data, self.title_en.data),
            starts_at=from_wall(self.starts_at.data, where),
            minutes=self.minutes.data,
            place=self.place.data,
            link=self.link.data,
            capacity=self.capacity.data,
            facilitator=self.facilitator.data or "",
            guests=_guests(self.guests.data),
        )


class CancelForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("Write the reason.")), Length(max=500)], filters=[_clean]
    )


def _code(target: Target) -> str:
    return f"{target.programme_id}:{target.step_key}"


def _guests(text: str) -> tuple[Guest, ...]:
    """One a line: name, department."""
    lines = [_COMMA.split(line, maxsplit=1) for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_GUESTS:
        raise DomainError("%(count)s guests at most.", field="guests", count=MAX_GUESTS)
    return tuple(Guest(*(part.strip()[:200] for part in parts)) for parts in lines)


def session_values(planned: TrainingSession, where: ZoneInfo) -> Mapping[str, Any]:
    """The form's values for a session that is planned already."""
    comma = "，" if locale() == "zh_Hans" else ", "
    return {
        "target": OPEN,
        "title_zh": planned.title.zh,
        "title_en": planned.title.en,
        "starts_at": planned.starts_at.astimezone(where).replace(tzinfo=None),
        "minutes": planned.minutes,
        "place": planned.place,
        "link": planned.link,
        "capacity": planned.capacity,
        "facilitator": planned.facilitator.staff_no if planned.facilitator else "",
        "guests": "\n".join(
            comma.join(part for part in (g["name"], g["department"]) if part)
            for g in planned.guests
        ),
    }
