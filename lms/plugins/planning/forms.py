"""The entry as a form, and where a copy goes."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.plugins.api import Localized, Month, pick
from lms.plugins.planning import words
from lms.plugins.planning.models import PlanEntry
from lms.plugins.planning.services import Fields

_NUMBER = NumberRange(0, 100_000, _l("This must be between 0 and 100,000."))
# Further away it is a slip of the pen.
_YEARS = range(2000, 2101)


def _month(form: FlaskForm, field: Field) -> None:
    try:
        known = Month.parse(field.data.strip()).year in _YEARS
    except ValueError:
        known = False
    if not known:
        raise ValidationError(_l("Write the month as 2026-03."))


def _month_field(label: str) -> StringField:
    shown = {"type": "month", "pattern": "[0-9]{4}-[0-9]{2}"}
    return StringField(label, [InputRequired(_l("Choose a month.")), _month], render_kw=shown)


class EntryForm(FlaskForm):  # type: ignore[misc]
    key = HiddenField(validators=[Length(max=64)])
    month = _month_field(_l("Month"))
    title_zh = StringField(_l("Title in Chinese"), [Length(max=200)])
    title_en = StringField(_l("Title in English"), [Length(max=200)])
    kind = SelectField(_l("Kind"))
    category = SelectField(_l("Category"))
    programme_id = SelectField(_l("Programme"), coerce=int)
    responsible_id = SelectField(_l("Responsible"), coerce=int)
    guests = StringField(_l("Guests from other departments"), [Length(max=300)])
    planned = IntegerField(_l("Planned number of people"), [Optional(), _NUMBER])
    status = SelectField(_l("Status"))
    attended = IntegerField(_l("Attendance"), [Optional(), _NUMBER])
    remarks = TextAreaField(_l("Remarks"), [Length(max=2000)])

    def __init__(self, choices: dict[str, list[tuple[int, str]]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, names in (
            (self.kind, words.KINDS),
            (self.category, words.CATEGORIES),
            (self.status, words.STATUSES),
        ):
            field.choices = [(code, pick(name)) for code, name in names.items()]
        for name, known in choices.items():
            self[name].choices = [(0, "–"), *known]

    def show(self, entry: PlanEntry) -> None:
        for name in (
            "kind", "category", "status", "guests", "planned", "attended", "remarks",
        ):  # fmt: skip
            self[name].data = getattr(entry, name)
        self.month.data = str(entry.month)
        self.title_zh.data, self.title_en.data = entry.title.zh, entry.title.en
        self.programme_id.data = entry.programme_id or 0
        self.responsible_id.data = entry.responsible_id or 0

    def read(self) -> Fields:
        return Fields(
            month=Month.parse(self.month.data.strip()),
            kind=self.kind.data,
            category=self.category.data,
            title=Localized((self.title_zh.data or "").strip(), (self.title_en.data or "").strip()),
            programme_id=self.programme_id.data or None,
            responsible_id=self.responsible_id.data or None,
            guests=(self.guests.data or "").strip(),
            status=self.status.data,
            planned=self.planned.data,
            attended=self.attended.data,
            remarks=(self.remarks.data or "").strip(),
        )


class CopyForm(FlaskForm):  # type: ignore[misc]
    to = _month_field(_l("Copy to"))

    def month(self) -> Month:
        return Month.parse(self.to.data.strip())
