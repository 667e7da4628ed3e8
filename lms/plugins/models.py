"""Which plugins are enabled, how they are set, how long they take, and what went wrong in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint

from lms.db import Code, Mapped, Model, Pk, mapped_column


class PluginState(Model):
    """A decision of an admin; a plugin without a row has its default state."""

    __tablename__ = "plugin_state"
    name: Mapped[str] = mapped_column(primary_key=True)
    is_enabled: Mapped[bool]
    changed_at: Mapped[datetime]


class PluginFailure(Model):
    """The last failure of a plugin in a hook, and how often it failed there."""

    __tablename__ = "plugin_failure"
    id: Mapped[Pk]
    plugin: Mapped[Code] = mapped_column(index=True)
    hook: Mapped[Code]
    message: Mapped[str]
    count: Mapped[int]
    at: Mapped[datetime]


class PluginTiming(Model):
    """Calls of a plugin in a hook within five minutes; `total` and `longest` in seconds."""

    __tablename__ = "plugin_timing"
    __table_args__ = (UniqueConstraint("plugin", "hook", "slot"),)
    id: Mapped[Pk]
    plugin: Mapped[Code]
    hook: Mapped[Code]
    slot: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]
    total: Mapped[float]
    longest: Mapped[float]


class PluginSetting(Model):
    """What an admin has set; a setting without a row has its declared default."""

    __tablename__ = "plugin_setting"
    __table_args__ = (UniqueConstraint("plugin", "name"),)
    id: Mapped[Pk]
    plugin: Mapped[Code]
    name: Mapped[Code]
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
