"""A metric as HR fills it in."""

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)  # fmt: skip
from wtforms.validators import InputRequired, Length

from lms.clock import Month
from lms.db import Localized
from lms.errors import DomainError
from lms.i18n import pick
from lms.results import words
from lms.results.defined.models import MetricVersion
from lms.results.defined.services import HIGHER, LOWER, UNITS, Definition
from lms.results.metrics import CHANNELS

_TARGETS = {"target": "", **{f"target_{channel}": channel for channel in CHANNELS}}
_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


def _clean(value: str | None) -> str:
    return (value or "").replace("\0", "").strip()


class FromForm(FlaskForm):  # type: ignore[misc]
    """From when on, why, and on which version it was decided."""

    base = HiddenField()
    from_month = StringField(_l("Holds from the month"), [InputRequired(_l("Choose the month."))],
                             render_kw={"type": "month", "placeholder": "2026-03"})  # fmt: skip
    reason = TextAreaField(
        _l("Reason"), [InputRequired(_l("Write why.")), Length(max=500)], filters=[_clean]
    )

    def month(self) -> Month:
        try:
            return Month.parse(self.from_month.data.strip())
        except ValueError:
            raise DomainError("Write the month as 2026-03.", field="from_month") from None

    def base_number(self) -> int:
        text = self.base.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class MetricForm(FromForm):
    label_zh = StringField(_l("Called in Chinese"), filters=[_clean])
    label_en = StringField(_l("Called in English"), filters=[_clean])
    names = TextAreaField(_l("Other headers of its column"), [Length(max=1000)], filters=[_clean])
    component = SelectField(_l("Part of the score"))
    weight = StringField(_l("Weight in this part"), default="1", render_kw=_DECIMAL)
    is_required = BooleanField(_l("Must meet its target for “KPI met”"))
    target = StringField(_l("Target"), render_kw=_DECIMAL)
    target_online = StringField(_l("Online"), render_kw=_DECIMAL)
    target_phone = StringField(_l("Phone"), render_kw=_DECIMAL)
    target_email = StringField(_l("E-mail"), render_kw=_DECIMAL)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        parts = [(code, pick(word)) for code, word in words.COMPONENTS.items()]
        self.component.choices = [("", _l("none: it gives no points")), *parts]

    def definition(self) -> Definition:
        """DomainError names the field that is no number."""
        given = {c: self[f].data for f, c in _TARGETS.items() if (self[f].data or "").strip()}
        fields = {channel: field for field, channel in _TARGETS.items()}
        return Definition(
            Localized(self.label_zh.data, self.label_en.data),
            [name for line in self.names.data.splitlines() if (name := line.strip())],
            self.component.data or None,
            _number(self.weight.data, "weight"),
            self.is_required.data,
            {channel: _number(text, fields[channel]) for channel, text in given.items()},
        )


class NewMetricForm(MetricForm):
    code = StringField(_l("Key"), filters=[_clean], render_kw={"autocomplete": "off"})
    unit = SelectField(_l("Unit"))
    better = SelectField(_l("Direction"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit.choices = [(code, pick(words.UNITS[code])) for code in UNITS]
        self.better.choices = [(code, pick(words.BETTER[code])) for code in (HIGHER, LOWER)]


def filled(version: MetricVersion) -> dict[str, Any]:
    """What the form of the next version begins with."""
    targets = {field: _written(version.targets.get(c)) for field, c in _TARGETS.items()}
    return {
        "base": str(version.number), "label_zh": version.label.zh, "label_en": version.label.en,
        "names": "\n".join(version.names), "component": version.component or "",
        "weight": _written(version.weight), "is_required": version.is_required, **targets,
    }  # fmt: skip


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _number(text: str | None, field: str) -> float:
    """`0.95`, `95%`, full-width digits."""
    plain = unicodedata.normalize("NFKC", text or "").replace(",", "").strip()
    try:
        value = float(plain.removesuffix("%"))
    except ValueError:
        raise DomainError("This must be a number.", field=field) from None
    if value != value:
        raise DomainError("This must be a number.", field=field)
    return float(f"{value / 100:.12g}") if plain.endswith("%") else value
