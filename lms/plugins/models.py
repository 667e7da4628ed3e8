"""Which plugins are enabled, and what went wrong in them."""

from datetime import datetime

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
