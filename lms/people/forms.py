"""Forms of the people pages."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    EmailField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, Optional, Regexp

from lms.i18n import pick
from lms.people import accounts
from lms.people.words import CHANNELS, EMPLOYMENTS, LEVELS
from lms.web.fields import SelectMultipleCheckboxField


class PersonForm(FlaskForm):  # type: ignore[misc]
    staff_no = StringField(
        _l("Staff number"),
        [
            DataRequired(_l("Enter the staff number.")),
            Length(max=64),
            Regexp(r"^\S+$", message=_l("No spaces inside a staff number.")),
        ],
        filters=[lambda value: value.strip() if value else value],
    )
    name = StringField(_l("Name"), [DataRequired(_l("Enter the name.")), Length(max=100)])
    team = StringField(_l("Team"), [Optional(), Length(max=100)])
    level = SelectField(_l("Level"))
    channel = SelectField(_l("Channel"))
    employment = SelectField(_l("Employment"))
    hired_on = DateField(_l("Start date"), [InputRequired(_l("Enter the start date."))])
    email = EmailField(_l("E-mail address"), [Optional(), Length(max=254)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, words in (
            (self.level, LEVELS),
            (self.channel, CHANNELS),
            (self.employment, EMPLOYMENTS),
        ):
            field.choices = [(code, pick(word)) for code, word in words.items()]


class ChannelsForm(FlaskForm):  # type: ignore[misc]
    """For those forms that may name channels; none named means all."""

    channels = SelectMultipleCheckboxField(_l("For these channels"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels.choices = [(code, pick(word)) for code, word in CHANNELS.items()]


class OverrideForm(ChannelsForm):
    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Write the reason.")), Length(max=2000)])
    until = DateField(_l("Valid until"), [InputRequired(_l("Enter the last day."))])


class CalendarForm(FlaskForm):  # type: ignore[misc]
    first = DateField(_l("First day"), [InputRequired(_l("Enter the first day."))])
    last = DateField(_l("Last day"), [Optional()], description=_l("Empty: one day alone."))
    kind = RadioField(
        _l("What it is"),
        choices=[
            SelectChoice("holiday", _l("A holiday")),
            SelectChoice("working", _l("A make-up working day")),
        ],
        default="holiday",
    )
    name = StringField(_l("Name"), [Optional(), Length(max=60)], default="")


class RevokeForm(ChannelsForm):
    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Write the reason.")), Length(max=2000)])


class LeavingForm(FlaskForm):  # type: ignore[misc]
    day = DateField(_l("Last day"), [InputRequired(_l("Enter the last day."))])


class ReasonForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Write the reason.")), Length(max=2000)])


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]
    current = PasswordField(_l("Present password"), [InputRequired(), Length(max=200)])
    password = PasswordField(
        _l("New password"), [InputRequired(), Length(accounts.MIN_PASSWORD, 200)]
    )
    password_again = PasswordField(
        _l("The same again"),
        [InputRequired(), EqualTo("password", _l("The two passwords differ."))],
    )


class TokenForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        _l("Which system is it for?"),
        [DataRequired(_l("Name the system that will hold the token.")), Length(max=100)],
        description=_l("For example “Phone system”. One token for each, so that one can go alone."),
    )
