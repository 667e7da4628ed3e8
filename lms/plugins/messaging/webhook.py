"""A plain webhook: JSON to a system of the organisation's own, with a key to drop repeats by."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lms.plugins.api import (
    AddressKind,
    DomainError,
    Localized,
    NoticeChannel,
    NoticeMessage,
    post,
)

_LOCAL = {"localhost", "127.0.0.1"}


class WebhookChannel(NoticeChannel):
    """Only to hosts that the admin names: else anybody could make this server knock at any door
    inside the organisation's network."""

    name = "webhook"
    label = Localized("Webhook", "Webhook")
    help = Localized(
        "以 JSON 发送；请求头 Idempotency-Key 在重试时不变，接收方可据此去重。",
        "Sent as JSON. The header Idempotency-Key is the same at every try, so that the receiver "
        "can drop repeats.",
    )
    address_kind = AddressKind.WEBHOOK

    def problem(self, settings: Mapping[str, Any]) -> Localized | None:
        if hosts(settings):
            return None
        return Localized("管理员尚未允许任何主机", "The admin has allowed no host")

    def check_address(self, address: str, settings: Mapping[str, Any]) -> str:
        address = address.strip()
        try:
            parts = urlsplit(address)
            _ = parts.port
        except ValueError:
            raise DomainError("This is not an address.", field="address") from None
        is_plain = address.isascii() and address.isprintable() and " " not in address
        if not is_plain or "\\" in address or "@" in parts.netloc or parts.fragment:
            raise DomainError("This is not an address.", field="address")
        if parts.hostname not in hosts(settings):
            raise DomainError("The admin has not allowed this host.", field="address")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
            raise DomainError("Only https is sent to, or http on this machine.", field="address")
        return address

    def send(
        self, message: NoticeMessage, address: str, settings: Mapping[str, Any], now: datetime
    ) -> None:
        self.check_address(address, settings)  # what the admin allows may have changed
        body = {
            "key": message.key,
            "kind": message.kind,
            "locale": message.locale,
            "text": message.text,
            "url": message.url,
            "at": message.at.isoformat(),
        }
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "lms",
            "Idempotency-Key": message.key,
        }
        answer = post(address, json.dumps(body, ensure_ascii=False).encode(), headers)
        if not answer.is_ok:
            raise RuntimeError(answer.text)


def hosts(settings: Mapping[str, Any]) -> set[str]:
    return {name.strip().lower() for name in settings["webhook_hosts"].split(",") if name.strip()}
