"""The form of the duty gate's page."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length


class EndpointForm(FlaskForm):  # type: ignore[misc]
    url = StringField(
        _l("Address to post to"),
        [DataRequired(_l("Enter the address.")), Length(max=500)],
        description=_l("https only; http is accepted for this machine itself."),
    )
