"""Forms of imports and month closes."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, FloatField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.i18n import pick
from lms.results.words import KINDS


class UploadForm(FlaskForm):  # type: ignore[misc]
    kind = RadioField(_l("What is in the file"), default="kpi")
    file = FileField(_l("Excel or CSV file"), [FileRequired(_l("Choose a file."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(code, pick(word)) for code, word in KINDS.items()]


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    accept_valid = BooleanField(_l("Take the good rows; I correct the refused ones later"))


class CloseForm(FlaskForm):  # type: ignore[misc]
    assign = BooleanField(_l("Act on what the rules propose (assign retraining)"))
    reason = StringField(
        _l("Reason for the new revision"), [Length(max=500)],
        filters=[lambda value: value.strip() if value else ""],
    )  # fmt: skip


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    value = FloatField(_l("The right figure"), [InputRequired(_l("This must be a number."))])
    reason = TextAreaField(_l("Reason"), [Length(max=500)])
