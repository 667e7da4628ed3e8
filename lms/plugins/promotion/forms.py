"""What is filled in on a dossier."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from lms.plugins.promotion.nominations import MIN_REASON


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """For all of them: only the decision asks for a day, and only a
    probation under way for `early`."""

    reason = TextAreaField(
        description=_l("At least %(count)s characters.", count=MIN_REASON),
        validators=[InputRequired(), Length(max=2000)],
    )
    effective_on = DateField(_l("The level changes on"), [Optional()])
    early = BooleanField(_l("Confirm before the probation ends"))


class ComplaintForm(FlaskForm):  # type: ignore[misc]
    on_day = DateField(_l("Day of the complaint"), [InputRequired(_l("Enter the date."))])
    level = SelectField(
        _l("Level of the complaint"),
        choices=[SelectChoice(level, str(level)) for level in (1, 2, 3)],
        coerce=int,
        default=3,
    )
    reference = StringField(
        _l("Number in the service desk"),
        [InputRequired(_l("Enter the number of the complaint.")), Length(max=64)],
    )
    note = StringField(_l("What it was about"), [Length(max=500)])
