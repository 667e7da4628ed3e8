"""What a version about to be published asks of those cleared by an older one."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField
from wtforms.validators import Optional

from lms.db import Localized
from lms.i18n import pick
from lms.web.fields import SelectMultipleCheckboxField

USUAL_DAYS = 7


class MajorForm(FlaskForm):  # type: ignore[misc]
    """`steps`: those of the draft, by key."""

    is_major = BooleanField(
        _l("A major version: those cleared by an older one do what is new"),
        description=_l("Or their clearance rests from the day after, until they have done it."),
    )
    steps = SelectMultipleCheckboxField(_l("The steps they do"), [Optional()])
    due_on = DateField(_l("Done in time until"), [Optional()])

    def __init__(self, steps: Mapping[str, Localized], today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.today = today
        self.steps.choices = [(key, pick(title)) for key, title in steps.items()]
        if not self.is_submitted():
            self.due_on.data = today + timedelta(days=USUAL_DAYS)

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        if not self.is_major.data:
            return is_valid
        if not self.steps.data:
            self.steps.errors = [_("Tick at least one step.")]
        if self.due_on.data is None or self.due_on.data <= self.today:
            self.due_on.errors = [_("Choose a day after today.")]
        return is_valid and bool(self.steps.data) and not self.due_on.errors

    def due_days(self, today: date) -> int:
        """Calendar days after today; the usual ones where no day is chosen."""
        chosen = self.due_on.data
        return max(1, (chosen - today).days) if chosen else USUAL_DAYS

    def delta(self, today: date) -> dict[str, Any] | None:
        """As the content file has it; none for a version that is not a major one."""
        if not self.is_major.data:
            return None
        return {"steps": list(self.steps.data), "due_days": self.due_days(today)}
