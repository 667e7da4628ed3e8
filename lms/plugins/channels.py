"""What a plugin hands over to send notices another way: by text message, to a chat, to a pager."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from lms.db import Localized


class AddressKind(StrEnum):
    EMAIL = "email"  # used once a link sent there was opened
    WEBHOOK = "webhook"  # a secret: whoever knows it can write there
    TEXT = "text"


@dataclass(frozen=True)
class NoticeMessage:
    """One message to one address, in the reader's language (`zh_Hans` or `en`).

    `key` is the same at every try, so that a receiver can drop what it has already; `at` is when
    it came up. `sender` is
    the organisation's name, `subject` one line, `text` one or more. `url` is where it leads and
    `manage_url` where the reader chooses what they are sent: absolute, or empty.
    """

    key: str
    at: datetime
    kind: str
    locale: str
    sender: str
    subject: str
    text: str
    url: str
    manage_url: str


class ChannelDown(Exception):
    """Nothing can be sent to anybody now: the whole channel waits, and no message loses a try."""


class NoticeChannel(Protocol):
    """A way to reach people. Inherit from it, and only `send` must be written.

    `settings` are those of the plugin that brings the channel, read before: no transaction is open
    while it sends.
    """

    name: str
    label: Localized
    help: Localized
    address_kind: AddressKind

    def problem(self, settings: Mapping[str, Any]) -> Localized | None:
        """Why it cannot send as it is set up, or None. While there is a reason, messages wait."""
        return None

    def check_address(self, address: str, settings: Mapping[str, Any]) -> str:
        """The address in its proper form; DomainError if it is none."""
        return address.strip()

    def send(
        self, message: NoticeMessage, address: str, settings: Mapping[str, Any], now: datetime
    ) -> None:
        """Raise ChannelDown when nobody can be reached, anything else when this address cannot."""
        ...

    def close(self) -> None:
        """Called after each run: let go of a connection that was kept for it."""
        return None
