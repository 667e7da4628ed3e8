"""The settings of a step as the content file has them, typed by hand: plain values and few."""

import json
from typing import Any

from lms.courses.content_reading import STEP_FIELDS
from lms.errors import DomainError

_MOST = 20_000
_DEEPEST = 20


def from_yaml(text: str) -> dict[str, Any]:
    """What a draft can hold; DomainError on the field `settings` for anything else."""
    import yaml

    if len(text) > _MOST:
        raise DomainError("Write at most %(most)s characters.", field="settings", most=_MOST)
    try:
        _check_plain(text)
        found = yaml.safe_load(text) or {}
        stored = json.dumps(found, allow_nan=False, ensure_ascii=False)
        stored.encode()
    except yaml.YAMLError as error:
        raise DomainError("This cannot be read: %(why)s", field="settings", why=error) from None
    except (TypeError, ValueError, OverflowError):  # a date, no number, half a character
        raise DomainError(
            "Only texts, numbers, true and false can be kept. Put a date in quotes.",
            field="settings",
        ) from None
    if not isinstance(found, dict) or any(not isinstance(name, str) for name in found):
        raise DomainError("This must be a mapping.", field="settings")
    if any(name in STEP_FIELDS for name in found):
        raise DomainError("There is no such field.", field="settings")
    read: dict[str, Any] = json.loads(stored)
    return read


def _check_plain(text: str) -> None:
    """An alias may stand for more than memory holds, or for itself."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
            raise DomainError(
                "Write it without references (& and *) and tags (!).", field="settings"
            )
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise DomainError("This is nested too deeply.", field="settings")
