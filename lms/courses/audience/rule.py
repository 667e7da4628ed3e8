"""The rule that says who a programme is for, as a checked value and as stored JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from lms.access import ROLES
from lms.errors import DomainError
from lms.people.models import Channel, Employment, Level

LONGEST_WITHIN = 3650


@dataclass(frozen=True)
class Audience:
    """All conditions hold together; of several values one is enough. Empty: the whole roster.

    `hired_from` and `hired_until` include their days; `hired_within`: in the last so many calendar
    days, today being the first. `cleared`: cleared for duty today.
    """

    teams: tuple[int, ...] = ()
    levels: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    employments: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    cleared: bool = False
    hired_from: date | None = None
    hired_until: date | None = None
    hired_within: int | None = None

    def as_json(self) -> dict[str, Any]:
        """What is asked for, and nothing else; `read` makes the same rule of it."""
        found: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, date):
                found[field.name] = value.isoformat()
            elif value:
                found[field.name] = list(value) if isinstance(value, tuple) else value
        return found


_CODES: Mapping[str, Sequence[str]] = {
    "levels": tuple(Level),
    "channels": tuple(Channel),
    "employments": tuple(Employment),
    "roles": tuple(ROLES),
}


def read(raw: Mapping[str, Any]) -> Audience:
    """The rule in stored or submitted JSON; DomainError names the condition that is wrong."""
    known = {field.name for field in fields(Audience)}
    for name in raw:
        if name not in known:
            raise DomainError("There is no condition called %(name)s.", name=name)
    found = Audience(
        teams=_numbers(raw, "teams"),
        **{name: _codes(raw, name) for name in _CODES},
        cleared=_flag(raw, "cleared"),
        hired_from=_day(raw, "hired_from"),
        hired_until=_day(raw, "hired_until"),
        hired_within=_days(raw, "hired_within"),
    )
    if found.hired_from and found.hired_until and found.hired_from > found.hired_until:
        raise DomainError("The last day must not be before the first.", field="hired_until")
    return found


def _list(raw: Mapping[str, Any], name: str) -> list[Any]:
    value = raw.get(name) or []
    if not isinstance(value, list):
        raise DomainError("This must be a list.", field=name)
    return value


def _codes(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = _list(raw, name)
    if not all(value in _CODES[name] for value in values):
        raise DomainError("This is not one of the choices.", field=name)
    return tuple(code for code in _CODES[name] if code in values)  # in one order, once each


def _numbers(raw: Mapping[str, Any], name: str) -> tuple[int, ...]:
    values = _list(raw, name)
    if not all(type(value) is int for value in values):
        raise DomainError("This is not one of the choices.", field=name)
    return tuple(sorted(set(values)))


def _flag(raw: Mapping[str, Any], name: str) -> bool:
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise DomainError("This must be yes or no.", field=name)
    return value


def _day(raw: Mapping[str, Any], name: str) -> date | None:
    value = raw.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise DomainError("This is not a date.", field=name) from None


def _days(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    if value is None:
        return None
    if type(value) is not int or not 1 <= value <= LONGEST_WITHIN:
        raise DomainError(
            "This must be between %(low)s and %(high)s.", field=name, low=1, high=LONGEST_WITHIN
        )
    return value
