"""A policy as a form: one field for each parameter, made from its declaration."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from lms.i18n import pick
from lms.policies import Parameter, Policy

# What choices of policies are called; an unknown one, of a plugin, stands for itself.
CHOICES = {
    "company": _l("The whole company"),
    "team": _l("Each team"),
    "channel": _l("Each channel"),
}


class PolicyForm(FlaskForm):  # type: ignore[misc]
    base = HiddenField()
    reason = TextAreaField(
        _l("Reason for the change"),
        validators=[
            InputRequired(_l("Write why, for those who look at this version later.")),
            Length(max=500),
        ],
    )


def policy_form(policy: Policy, **kwargs: Any) -> PolicyForm:
    """Fields are named after the parameters, so that a DomainError finds its field."""
    fields = {p.name: _field(p) for p in policy.parameters}
    form: PolicyForm = type("FormOfPolicy", (PolicyForm,), fields)(**kwargs)
    return form


def choice_name(value: Any) -> Any:
    return CHOICES.get(value, value) if isinstance(value, str) else value


def _field(parameter: Parameter) -> Any:
    label = pick(parameter.label)
    if isinstance(parameter.default, bool):
        return BooleanField(label)
    if parameter.choices:
        return SelectField(
            label, choices=[SelectChoice(c, choice_name(c)) for c in parameter.choices]
        )
    # Text, not a number field: what was typed comes back as it was, and `policies.parse` checks it.
    return StringField(label, render_kw={"inputmode": "decimal"})
