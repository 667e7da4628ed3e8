"""Forms of the plugin."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from lms.plugins.recognition.ledger import MOST_POINTS, MOST_REASON

_WHY = [DataRequired(_l("Write why.")), Length(max=MOST_REASON)]


def _clean(value: str | None) -> str:
    return (value or "").replace("\0", "").strip()


class PraiseForm(FlaskForm):  # type: ignore[misc]
    key = HiddenField(validators=[Length(max=64)])
    person = StringField(_l("Staff number"), [DataRequired(_l("Write whom the customer praised."))])
    reason = TextAreaField(_l("What the customer said"), _WHY, filters=[_clean])


class PointsForm(FlaskForm):  # type: ignore[misc]
    key = HiddenField(validators=[Length(max=64)])
    team_id = SelectField(_l("Team"), coerce=int)
    points = IntegerField(
        _l("Points"),
        [
            InputRequired(_l("Write how many points.")),
            NumberRange(-MOST_POINTS, MOST_POINTS),
        ],
    )
    reason = TextAreaField(_l("Reason"), _WHY, filters=[_clean])

    def __init__(self, teams: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.team_id.choices = list(teams)


class ReasonForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(_l("Reason"), _WHY, filters=[_clean])


class QualificationForm(FlaskForm):  # type: ignore[misc]
    key = HiddenField(validators=[Length(max=64)])
    title = StringField(
        _l("Qualification"),
        [DataRequired(_l("Write what it is called.")), Length(max=120)],
        filters=[_clean],
    )
    issuer = StringField(
        _l("Issued by"), [DataRequired(_l("Write who issued it.")), Length(max=120)],
        filters=[_clean],
    )  # fmt: skip
    obtained_on = DateField(_l("Obtained on"), [InputRequired(_l("Choose the day."))])
    expires_on = DateField(_l("Valid until"), [Optional()])
    file = FileField(_l("Proof"))


class DecideForm(FlaskForm):  # type: ignore[misc]
    word = TextAreaField(_l("Word to the person"), [Length(max=MOST_REASON)], filters=[_clean])
