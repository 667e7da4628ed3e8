"""Plugins as an admin sees them: what is installed, how it does, on or off."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.db import Localized, Session
from lms.errors import DomainError, NotFound
from lms.plugins import migrations
from lms.plugins.manager import PluginManager
from lms.plugins.models import PluginFailure, PluginState


class PluginStatus(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"
    BEHIND = "behind"  # its tables are older than its code
    NOT_LOADED = "not_loaded"


@dataclass(frozen=True)
class PluginInfo:
    """`title` is the module's `TITLE`, if it has one; `needs` the LMS versions it asks for;
    `error` is why it could not be loaded."""

    name: str
    version: str
    is_ours: bool
    status: PluginStatus
    is_on: bool
    title: Localized = field(default_factory=Localized)
    author: str = ""
    needs: str = ""
    error: str = ""
    failures: Sequence[PluginFailure] = field(default_factory=list)


def overview(session: Session, manager: PluginManager) -> list[PluginInfo]:
    """By name: what is loaded, then what could not be."""
    failures = session.scalars(select(PluginFailure).order_by(PluginFailure.at.desc())).all()
    behind, enabled = _behind(manager), manager.enabled()
    found = []
    for name, plugin in sorted(manager.loaded.items()):
        is_on = name in enabled
        status = PluginStatus.ENABLED if is_on else PluginStatus.DISABLED
        found.append(
            PluginInfo(
                name,
                plugin.version,
                plugin.is_ours,
                PluginStatus.BEHIND if name in behind else status,
                is_on,
                title=getattr(plugin.module, "TITLE", Localized()),
                author=plugin.author,
                needs=plugin.needs,
                failures=[f for f in failures if f.plugin == name],
            )
        )
    for failure in manager.failures:
        error = f"{failure.stage}: {failure.message}"
        found.append(
            PluginInfo(failure.plugin, "", False, PluginStatus.NOT_LOADED, False, error=error)
        )
    return found


def set_enabled(
    session: Session,
    manager: PluginManager,
    name: str,
    enabled: bool,
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Switch a plugin on or off; False if it was so already.

    After the commit call `manager.forget_states()`; other processes follow within half a second.
    """
    if name not in manager.loaded:
        raise NotFound("There is no plugin %(name)s, or it could not be loaded.", name=name)
    if enabled and name in _behind(manager):
        raise DomainError(
            "The tables of %(name)s are not up to date. Run `lms upgrade` first.", name=name
        )
    if enabled == (name in manager.enabled()):
        return False
    state = session.get(PluginState, name)
    if state is None:
        state = PluginState(name=name)
        session.add(state)
    state.is_enabled, state.changed_at = enabled, now
    audit.record(
        session, actor, "plugin.enable" if enabled else "plugin.disable", ("plugin", None),
        now=now, plugin=name,
    )  # fmt: skip
    return True


def _behind(manager: PluginManager) -> set[str]:
    return {h.name for h in migrations.histories(manager) if not migrations.is_current(h)}
