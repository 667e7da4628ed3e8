"""What is filled in on a dossier."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """For all of them: only the decision asks for a day."""

    reason = TextAreaField(validators=[InputRequired(), Length(max=2000)])
    effective_on = DateField(_l("The level changes on"), [Optional()])
