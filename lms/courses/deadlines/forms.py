"""Asking for more time, and the answer."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional


class ExtensionForm(FlaskForm):  # type: ignore[misc]
    wanted_on = DateField(_l("New due date"), [InputRequired(_l("Enter the date."))])
    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Write the reason.")), Length(max=2000)])


class DecisionForm(FlaskForm):  # type: ignore[misc]
    until = DateField(_l("New due date"), [Optional()])
    word = TextAreaField(_l("A word to the learner"), [Optional(), Length(max=2000)], default="")
