"""Who looks after a case, and by when."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField
from wtforms.validators import Optional


def _id(value: str | int | None) -> int | None:
    return int(value) if value and str(value).isdecimal() else None


class KeepingForm(FlaskForm):  # type: ignore[misc]
    owner_id = SelectField(_l("Owner"), coerce=_id, validate_choice=False)
    reviewer_id = SelectField(_l("Reviewer"), coerce=_id, validate_choice=False)
    review_by = DateField(_l("Review by"), [Optional()])
