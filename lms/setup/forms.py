"""Forms of the guided start."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lms.db import Localized

# Offered while typing; every zone of the tz database is taken.
ZONES = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "Asia/Singapore",
    "Asia/Kuala_Lumpur", "Asia/Bangkok", "Asia/Manila", "Asia/Jakarta", "Asia/Tokyo", "Asia/Seoul",
    "Asia/Kolkata", "Asia/Dubai", "Europe/London", "Europe/Berlin", "America/New_York",
    "America/Los_Angeles", "Australia/Sydney", "UTC",
)  # fmt: skip


def _clean(value: str | None) -> str:
    return (value or "").replace("\0", "").strip()


class OrganisationForm(FlaskForm):  # type: ignore[misc]
    name_zh = StringField(_l("Name (Chinese)"), [Length(max=100)], filters=[_clean])
    name_en = StringField(_l("Name (English)"), [Length(max=100)], filters=[_clean])
    timezone = StringField(
        _l("Time zone"), [InputRequired(_l("Enter the time zone."))], filters=[_clean]
    )

    def name(self) -> Localized:
        return Localized(self.name_zh.data, self.name_en.data)
