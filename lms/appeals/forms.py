"""A reason, for the one who appeals and for the one who decides; who scores anew."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from lms.appeals.services import MAX_REASON


def _clean(value: str | None) -> str:
    return (value or "").replace("\0", "").replace("\r\n", "\n").strip()


class RaterForm(FlaskForm):  # type: ignore[misc]
    rater = StringField(
        _l("Who scores it anew"), [DataRequired(), Length(max=64)], filters=[_clean]
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Write the reason.")), Length(max=MAX_REASON)],
        filters=[_clean],
    )
