"""The rule as a form, and the order to enrol by it."""

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.access import EMPLOYEE, ROLES
from lms.courses.audience import rule
from lms.courses.audience.rule import Audience
from lms.errors import DomainError
from lms.i18n import pick
from lms.people.words import CHANNELS, EMPLOYMENTS, LEVELS
from lms.web.fields import SelectMultipleCheckboxField


class RuleForm(FlaskForm):  # type: ignore[misc]
    """Read from the address: what it shows is only looked at, and can be passed on as a link."""

    class Meta:
        csrf = False

    teams = SelectMultipleCheckboxField(_l("Team"), [Optional()], coerce=int)
    levels = SelectMultipleCheckboxField(_l("Level"), [Optional()])
    channels = SelectMultipleCheckboxField(_l("Channel"), [Optional()])
    employments = SelectMultipleCheckboxField(_l("Employment"), [Optional()])
    roles = SelectMultipleCheckboxField(_l("Role"), [Optional()])
    cleared = BooleanField(_l("Only those cleared for duty today"))
    hired_from = DateField(_l("Hired on or after"), [Optional()])
    hired_until = DateField(_l("Hired on or before"), [Optional()])
    hired_within = IntegerField(_l("Hired in the last … days"), [Optional()])

    def __init__(self, teams: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.teams.choices = list(teams.items())
        for field, words in (
            (self.levels, LEVELS),
            (self.channels, CHANNELS),
            (self.employments, EMPLOYMENTS),
            (self.roles, {code: word for code, word in ROLES.items() if code != EMPLOYEE}),
        ):
            field.choices = [(code, pick(word)) for code, word in words.items()]

    def read(self) -> Audience | None:
        """The rule, or None with what is wrong said at its field."""
        if not self.validate():
            return None
        raw = {name: value for name, value in self.data.items() if value}
        for name in ("hired_from", "hired_until"):
            if name in raw:
                raw[name] = raw[name].isoformat()
        if self.hired_within.data is not None:
            raw["hired_within"] = self.hired_within.data
        try:
            return rule.read(raw)
        except DomainError as error:
            from lms.web.errors import message

            field = self[error.field]
            field.errors = [*field.errors, message(error)]
            return None


class SaveForm(FlaskForm):  # type: ignore[misc]
    """What was looked at is what is saved: the rule travels as its JSON."""

    rule = HiddenField()
    base = HiddenField()
    for_people_to_come = BooleanField(_l("It is for people to come"))

    def audience(self) -> Audience:
        try:
            raw = json.loads(self.rule.data or "")
        except ValueError:
            raw = None
        if not isinstance(raw, dict):
            raise DomainError("This rule cannot be read. Choose the conditions again.")
        return rule.read(raw)

    def base_number(self) -> int:
        return _number(self.base.data)


class AssignForm(FlaskForm):  # type: ignore[misc]
    base = HiddenField()
    starts_on = DateField(_l("Start date"), [InputRequired(_l("Enter the start date."))])
    skip_completed = BooleanField(_l("Leave out those who completed it before"), default=True)
    follow_until = DateField(_l("Go on until"), [Optional()])
    reason = StringField(_l("Reason"), [Optional(), Length(max=200)])

    def base_number(self) -> int:
        return _number(self.base.data)


def _number(text: str | None) -> int:
    """A hidden number; -1, which is no version, for what somebody made of it."""
    return int(text) if text and text.isdecimal() else -1
