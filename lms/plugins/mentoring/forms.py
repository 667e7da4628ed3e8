"""The forms of the mentors' pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

MOODS = {
    5: _l("Very well"),
    4: _l("Well"),
    3: _l("So-so"),
    2: _l("With difficulty"),
    1: _l("Hard: needs help"),
}


class MentorForm(FlaskForm):  # type: ignore[misc]
    """`mentor_id` is a list of people in the template."""

    mentor_id = IntegerField(_l("Mentor"), [InputRequired(_l("Choose somebody."))])
    reason = StringField(
        _l("Why"),
        [Optional(), Length(max=500)],
        description=_l("Needed when the mentor changes; both of them can read it."),
    )


class EndForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(
        _l("Why does it end?"),
        [DataRequired(_l("Write the reason in at least 4 characters.")), Length(4, 500)],
    )


class DayForm(FlaskForm):  # type: ignore[misc]
    day = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])


class CheckInForm(FlaskForm):  # type: ignore[misc]
    mood = RadioField(
        _l("How is it going?"),
        [InputRequired(_l("Choose how it is going."))],
        coerce=int,
        choices=[SelectChoice(value, label) for value, label in MOODS.items()],
    )
    note = TextAreaField(
        _l("What you talked about"),
        [DataRequired(_l("Write a sentence or two: they read it.")), Length(max=2000)],
        description=_l("Your mentee reads it. One thing that went well, one to work on."),
    )
    next_focus = StringField(_l("Focus until next time"), [Optional(), Length(max=300)])


class ReplyForm(FlaskForm):  # type: ignore[misc]
    reply = TextAreaField(
        _l("Your reply"), [DataRequired(_l("Write something first.")), Length(max=2000)]
    )
