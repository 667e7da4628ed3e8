"""Forms of those who manage certificates, and the one on the public page."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from lms.plugins.certificates.policy import MOST_MONTHS


class ReasonForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Write why.")), Length(max=500)])


class SignatureForm(FlaskForm):  # type: ignore[misc]
    name_zh = StringField(
        _l("Name in Chinese"), [DataRequired(_l("Write who signs.")), Length(max=60)]
    )
    name_en = StringField(_l("Name in English"), [Length(max=80)])
    office_zh = StringField(_l("Office in Chinese"), [Length(max=60)])
    office_en = StringField(_l("Office in English"), [Length(max=80)])
    picture = FileField(
        _l("Picture of the signature or seal"),
        description=_l(
            "PNG or JPEG, 2 MB at most; a PNG without background looks best."
            " It is printed 60 mm wide."
        ),
    )
    without_picture = BooleanField(_l("Sign without a picture"))


class TermsForm(FlaskForm):  # type: ignore[misc]
    own = SelectField(
        _l("Certificate"),
        choices=[
            SelectChoice("kind", _l("As the policy says of its kind")),
            SelectChoice("yes", _l("Earns a certificate")),
            SelectChoice("no", _l("Earns none")),
        ],
    )
    months = IntegerField(
        _l("Valid for months (0: no end)"),
        [Optional(), NumberRange(0, MOST_MONTHS)],
        default=0,
    )
