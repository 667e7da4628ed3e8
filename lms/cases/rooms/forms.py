"""Whom a trainer invites."""

import re

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length


def _clean(value: str | None) -> str:
    return (value or "").replace("\0", "").strip()


class RoomForm(FlaskForm):  # type: ignore[misc]
    agent = StringField(
        _l("Who answers the customer"), [InputRequired(), Length(max=64)], filters=[_clean]
    )
    observers = TextAreaField(_l("Who reads along"), [Length(max=1000)], filters=[_clean])

    def observer_names(self) -> list[str]:
        """Each once, in the order typed."""
        parts = re.split(r"[,，、;；\n]", self.observers.data)
        return list(dict.fromkeys(part.strip()[:64] for part in parts if part.strip()))
