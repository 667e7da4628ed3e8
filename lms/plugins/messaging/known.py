"""The channels there are now, with how each is set up."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from lms.plugins.api import (
    AddressKind,
    Localized,
    NotFound,
    NoticeChannel,
    Session,
    notice_channels,
    plugin_settings,
)
from lms.plugins.messaging.email import EmailChannel
from lms.plugins.messaging.others import AppriseChannel
from lms.plugins.messaging.robots import robots
from lms.plugins.messaging.webhook import WebhookChannel

PLUGIN = "messaging"


class Known(NamedTuple):
    """`problem`: why it cannot send as it is set up, or None."""

    channel: NoticeChannel
    settings: Mapping[str, Any]
    problem: Localized | None

    @property
    def name(self) -> str:
        return self.channel.name

    @property
    def label(self) -> Localized:
        return self.channel.label

    @property
    def is_secret(self) -> bool:
        return self.channel.address_kind is AddressKind.WEBHOOK


def built_in() -> list[NoticeChannel]:
    return [EmailChannel(), *robots(), WebhookChannel(), AppriseChannel()]


def known(session: Session) -> dict[str, Known]:
    """By name, ours first. One query for each plugin that brings channels."""
    found = sorted(notice_channels(), key=lambda pair: pair[0] != PLUGIN)
    settings = {owner: plugin_settings(session, owner) for owner in {pair[0] for pair in found}}
    return {
        channel.name: Known(channel, settings[owner], _problem(channel, settings[owner]))
        for owner, channel in found
    }


def one(session: Session, name: str) -> Known:
    found = known(session).get(name)
    if found is None:
        raise NotFound("There is no such channel.")
    return found


def _problem(channel: NoticeChannel, settings: Mapping[str, Any]) -> Localized | None:
    try:
        return channel.problem(settings)
    except Exception as error:  # a plugin's own: it must not take the others along
        text = f"{type(error).__name__}: {error}"
        return Localized(text, text)
