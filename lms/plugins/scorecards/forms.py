"""Forms of the plugin."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.plugins.scorecards.periods.spot_checks import MOST_NOTE


def _clean(value: str | None) -> str:
    return (value or "").replace("\0", "").strip()


class SharesForm(FlaskForm):  # type: ignore[misc]
    month = StringField(
        _l("Month"), [InputRequired(_l("Choose the month."))], render_kw={"type": "month"}
    )
    sampling = StringField(_l("Sampling pass rate"), [Length(max=40)], filters=[_clean])
    actions = StringField(_l("Improvement actions done"), [Length(max=40)], filters=[_clean])
    note = TextAreaField(_l("Where it comes from, or why it changes"), [Length(max=MOST_NOTE)],
                         filters=[_clean])  # fmt: skip


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    note = TextAreaField(_l("Why"), [Length(max=MOST_NOTE)], filters=[_clean])


class FileForm(FlaskForm):  # type: ignore[misc]
    file = FileField(_l("Excel or CSV file"), [FileRequired(_l("Choose a file."))])


class SpotCheckForm(FlaskForm):  # type: ignore[misc]
    key = HiddenField(validators=[Length(max=64)])
    person = StringField(_l("Staff number"), [DataRequired(_l("Write who was checked."))],
                         filters=[_clean])  # fmt: skip
    day = DateField(_l("Day"), [InputRequired(_l("Choose the day."))])
    score = StringField(_l("Score (0–100)"), render_kw={"inputmode": "decimal"})
    weight = StringField(
        _l("Weight (a monthly score weighs 1)"), render_kw={"inputmode": "decimal"}
    )
    note = TextAreaField(_l("What was checked"), filters=[_clean])


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    day = DateField(_l("Day"), [InputRequired(_l("Choose the day."))])
    score = StringField(_l("Score (0–100)"), render_kw={"inputmode": "decimal"})
    weight = StringField(
        _l("Weight (a monthly score weighs 1)"), render_kw={"inputmode": "decimal"}
    )
    withdraw = BooleanField(_l("Withdraw it: it counts no more"))
    note = TextAreaField(_l("Why"), filters=[_clean])
