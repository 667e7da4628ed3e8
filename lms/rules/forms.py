"""Policies and plugins' settings as forms: one field for each parameter, from its declaration."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from lms.clock import Month
from lms.errors import DomainError
from lms.i18n import pick
from lms.plugins.types import Setting, SettingKind
from lms.policies import Parameter, Policy, PolicyInForce


class PolicyForm(FlaskForm):  # type: ignore[misc]
    base = HiddenField()
    reason = TextAreaField(
        _l("Reason for the change"),
        validators=[
            InputRequired(_l("Write why, for those who look at this version later.")),
            Length(max=500),
        ],
    )

    def month(self) -> Month | None:
        """From which month on it holds, of a policy by month."""
        if "from_month" not in self:
            return None
        try:
            return Month.parse((self.from_month.data or "").strip())
        except ValueError:
            raise DomainError("Write the month as 2026-03.", field="from_month") from None


def policy_form(policy: Policy, current: PolicyInForce, first: Month) -> PolicyForm:
    """Fields are named after the parameters, so that a DomainError finds its field. `first`: the
    month from which on a change is meant to hold unless HR says otherwise."""
    fields = {p.name: _field(p) for p in policy.parameters}
    if policy.by_month:
        fields["from_month"] = StringField(
            _l("Holds from the month"), render_kw={"type": "month", "placeholder": "2026-03"}
        )
    shown = {name: f"{v:.10g}" if isinstance(v, float) else v for name, v in current.params.items()}
    data = {**shown, "base": current.number, "from_month": str(first)}
    form: PolicyForm = type("FormOfPolicy", (PolicyForm,), fields)(data=data)
    return form


def choice_namer(policies: Iterable[Policy]) -> Callable[[Any], Any]:
    """What the choices of these policies are called; anything else stands for itself."""
    parameters = [parameter for policy in policies for parameter in policy.parameters]
    names = {code: name for p in parameters for code, name in p.choice_names.items()}

    def choice_name(value: Any) -> Any:
        return pick(names[value]) if isinstance(value, str) and value in names else value

    return choice_name


def _field(parameter: Parameter) -> Any:
    label = pick(parameter.label)
    if isinstance(parameter.default, bool):
        return BooleanField(label)
    if parameter.choices:
        names = {code: pick(name) for code, name in parameter.choice_names.items()}
        return SelectField(
            label, choices=[SelectChoice(c, names.get(c, c)) for c in parameter.choices]
        )
    # Text, not a number field: what was typed comes back as it was, and `policies.parse` checks it.
    return StringField(label, render_kw={"inputmode": "decimal"})


def setting_form(settings: Sequence[Setting], values: Mapping[str, Any]) -> FlaskForm:
    """Fields are named after the settings; a secret's comes empty, with a tick to take it away."""
    fields = {s.name: _setting_field(s) for s in settings}
    for setting in settings:
        if setting.kind is SettingKind.SECRET and values[setting.name]:
            fields[f"clear_{setting.name}"] = BooleanField(_l("Take away the stored one"))
    shown = {s.name: values[s.name] for s in settings if s.kind is not SettingKind.SECRET}
    form: FlaskForm = type("FormOfSettings", (FlaskForm,), fields)(data=shown)
    return form


def _setting_field(setting: Setting) -> Any:
    label, about = pick(setting.label), pick(setting.help)
    match setting.kind:
        case SettingKind.BOOL:
            return BooleanField(label, description=about)
        case SettingKind.CHOICE:
            choices = [SelectChoice(v, pick(name)) for v, name in setting.choices.items()]
            return SelectField(label, choices=choices, description=about)
        case SettingKind.SECRET:
            return PasswordField(label, description=about)
        case SettingKind.NUMBER:
            return StringField(label, description=about, render_kw={"inputmode": "decimal"})
    return StringField(label, description=about)
