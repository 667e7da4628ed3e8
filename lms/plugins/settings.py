"""What an admin sets for a plugin: typed, audited; a secret goes in and is not shown again."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.db import Session
from lms.errors import DomainError
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.models import PluginSetting
from lms.plugins.types import Setting, SettingKind

_TYPES: Mapping[SettingKind, tuple[type, ...]] = {
    SettingKind.NUMBER: (int, float),
    SettingKind.BOOL: (bool,),
}
_HIDDEN = "***"


def check_setting(plugin: str, setting: Setting, taken: set[tuple[str, str]]) -> None:
    """At start: ValueError for a declaration that cannot work."""
    where = f"setting {setting.name!r}"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", setting.name) or (plugin, setting.name) in taken:
        raise ValueError(f"{where} must be a word of its own in small letters")
    if not isinstance(setting.default, _TYPES.get(setting.kind, (str,))):
        raise ValueError(f"{where}: the default is not a {setting.kind}")
    if setting.kind is SettingKind.CHOICE and setting.default not in setting.choices:
        raise ValueError(f"{where}: the default is none of its choices")
    taken.add((plugin, setting.name))


def declared(plugin: str) -> list[Setting]:
    """Of a loaded plugin, whether it is enabled or not."""
    return plugins().registered_by(hookspecs.lms_settings, plugin)


def plugin_settings(session: Session, plugin: str) -> Mapping[str, Any]:
    """The values by name, as their kinds say: str, number or bool; secrets included."""
    stored = _stored(session, plugin)
    return {
        s.name: stored[s.name].value if s.name in stored else s.default for s in declared(plugin)
    }


def save_settings(
    session: Session, plugin: str, raw: Mapping[str, str], *, actor: Actor, now: datetime
) -> list[str]:
    """Store what a form sent; returns the names that changed.

    An empty secret keeps the one there is; `clear_<name>` takes it away. DomainError names the
    first field that is wrong.
    """
    stored, before = _stored(session, plugin), plugin_settings(session, plugin)
    changed: dict[str, Any] = {}
    for setting in declared(plugin):
        value = _parsed(setting, raw, before[setting.name])
        if value == before[setting.name]:
            continue
        is_secret = setting.kind is SettingKind.SECRET
        changed[setting.name] = _HIDDEN if is_secret else [before[setting.name], value]
        row = stored.get(setting.name) or PluginSetting(plugin=plugin, name=setting.name)
        row.value, row.changed_at, row.changed_by = value, now, actor.person_id
        session.add(row)
    if changed:
        audit.record(
            session, actor, "plugin.settings", ("plugin", None), now=now,
            plugin=plugin, changed=changed,
        )  # fmt: skip
    return list(changed)


def _stored(session: Session, plugin: str) -> dict[str, PluginSetting]:
    rows = session.scalars(select(PluginSetting).where(PluginSetting.plugin == plugin))
    return {row.name: row for row in rows}


def _parsed(setting: Setting, raw: Mapping[str, str], before: Any) -> Any:
    text = raw.get(setting.name, "").strip()
    match setting.kind:
        case SettingKind.BOOL:
            return bool(text)
        case SettingKind.NUMBER:
            return _number(setting, text)
        case SettingKind.SECRET:
            return "" if raw.get(f"clear_{setting.name}") else text or before
        case SettingKind.CHOICE if text not in setting.choices:
            raise DomainError("This is not one of the choices.", field=setting.name)
    return text


def _number(setting: Setting, text: str) -> float:
    try:
        value = type(setting.default)(text)  # an int stays one
    except ValueError:
        raise DomainError("This must be a number.", field=setting.name) from None
    number = float(value)
    low, high = setting.low, setting.high
    if (
        number != number
        or not (low is None or low <= number)
        or (high is not None and number > high)
    ):
        raise DomainError(
            "This must be between %(low)s and %(high)s.",
            field=setting.name,
            low="-∞" if low is None else low,
            high="∞" if high is None else high,
        )
    return int(number) if isinstance(value, int) else number
