"""The forms of one's own notices page."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length


class AddressForm(FlaskForm):  # type: ignore[misc]
    address = StringField(_l("Address"), [DataRequired(_l("Enter the address.")), Length(max=500)])
