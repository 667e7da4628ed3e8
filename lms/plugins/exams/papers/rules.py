"""How an exam is sat and marked, as a checked value and as stored JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from types import NoneType
from typing import Any

from lms.plugins.api import Audience, DomainError, read_audience, zone


class Scoring(StrEnum):
    """Of a question with several right options.

    ALL: everything right or nothing. PARTIAL: the share of the right ones chosen, nothing once a
    wrong one is among them. MINUS: right ones less wrong ones, never below nothing.
    """

    ALL = "all"
    PARTIAL = "partial"
    MINUS = "minus"


class Shown(StrEnum):
    """When the person sees something: CLOSED is after the window, when nobody sits it any more."""

    NEVER = "never"
    HANDED_IN = "handed_in"
    CLOSED = "closed"


# What can be shown of an attempt; each has its `Shown` in the rules.
SHOWABLE = ("show_score", "show_answers", "show_key", "show_explanations")

# So many may mark an answer; a third comes by itself where two are apart.
MARKERS = (1, 2)


@dataclass(frozen=True)
class Rules:
    """`negative`: percent of a question's points that a wrong answer costs.

    `audience`: who may sit it by itself, outside any course; None: it is sat in courses only.
    `training`: key of the course after repeated failures; None: the one aimed at exams, "": none.
    `markers`: how many mark each answer in words; None: as the policy of marking says.
    """

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    shuffle_questions: bool = True
    shuffle_options: bool = True
    scoring: str = Scoring.ALL
    negative: int = 0
    show_score: str = Shown.HANDED_IN
    show_answers: str = Shown.HANDED_IN
    show_key: str = Shown.HANDED_IN
    show_explanations: str = Shown.HANDED_IN
    audience: Audience | None = field(default=None)
    training: str | None = None
    markers: int | None = None

    def as_json(self) -> dict[str, Any]:
        """What differs from the defaults; `read` makes the same rules of it."""
        found: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if value == each.default:
                continue
            if isinstance(value, Audience):
                value = value.as_json()
            found[each.name] = value.isoformat() if isinstance(value, datetime) else value
        return found


_NAMES = frozenset(each.name for each in fields(Rules))
_CHOICES: Mapping[str, frozenset[str]] = {
    "scoring": frozenset(Scoring),
    **dict.fromkeys(SHOWABLE, frozenset(Shown)),
}


def read(raw: Mapping[str, Any]) -> Rules:
    """The rules in stored, loaded or submitted JSON; DomainError names the field that is wrong."""
    for name in raw:
        if name not in _NAMES:
            raise DomainError("There is no such field.", field=str(name))
    values = dict(raw)
    for name in ("opens_at", "closes_at"):
        values[name] = _moment(raw, name)
    for name, choices in _CHOICES.items():
        if name in raw and not (isinstance(raw[name], str) and raw[name] in choices):
            raise DomainError("This is not one of the choices.", field=name)
    for name in ("shuffle_questions", "shuffle_options"):
        if not isinstance(values.get(name, True), bool):
            raise DomainError("This must be yes or no.", field=name)
    if not isinstance(raw.get("training"), (str, NoneType)):
        raise DomainError("This must be the key of a course.", field="training")
    audience = raw.get("audience")
    values["audience"] = None if audience is None else read_audience(audience)
    found = Rules(**values)
    _check(found)
    return found


def wall(at: datetime) -> str:
    """A moment as the organisation's clocks show it: `2026-11-22 17:00`."""
    return f"{at.astimezone(zone()):%Y-%m-%d %H:%M}"


def _check(rules: Rules) -> None:
    if type(rules.negative) is not int or not 0 <= rules.negative <= 100:
        raise DomainError(
            "This must be between %(low)s and %(high)s.", field="negative", low=0, high=100
        )
    if rules.markers is not None and not (type(rules.markers) is int and rules.markers in MARKERS):
        raise DomainError("This is not one of the choices.", field="markers")
    if rules.opens_at and rules.closes_at and rules.opens_at >= rules.closes_at:
        raise DomainError("It must close after it opens.", field="closes_at")
    for name in SHOWABLE:
        if getattr(rules, name) == Shown.CLOSED and rules.closes_at is None:
            raise DomainError("It never closes: say until when, or choose another.", field=name)


def _moment(raw: Mapping[str, Any], name: str) -> datetime | None:
    value = raw.get(name)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise DomainError("This is not a date with a time.", field=name) from None
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise DomainError("This is not a date with a time.", field=name)
    return value
