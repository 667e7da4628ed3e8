"""Any other service that Apprise knows: Microsoft Teams, Telegram, ntfy and a hundred more."""

from collections.abc import Mapping
from datetime import datetime
from importlib.util import find_spec
from typing import Any

from lms.plugins.api import AddressKind, DomainError, Localized, NoticeChannel, NoticeMessage
from lms.plugins.messaging.robots import said


class AppriseChannel(NoticeChannel):
    """Only services that the admin names. Apprise is an extra: it is imported when it is used.

    Our own robots do without it: it takes any HTTP 200 for a receipt, and theirs may be a refusal.
    """

    name = "apprise"
    label = Localized("其他服务（Apprise）", "Another service (Apprise)")
    help = Localized(
        "Apprise 格式的地址，例如 tgram://…",
        "An address as Apprise writes it, for example tgram://…",
    )
    address_kind = AddressKind.WEBHOOK

    def problem(self, settings: Mapping[str, Any]) -> Localized | None:
        if not services(settings):
            return Localized("管理员尚未允许任何服务", "The admin has allowed no service")
        if find_spec("apprise") is None:
            command = "pip install 'service-academy[notify]'"
            return Localized(f"服务器未安装 Apprise：{command}", f"Apprise is missing: {command}")
        return None

    def check_address(self, address: str, settings: Mapping[str, Any]) -> str:
        address = address.strip()
        if address.partition("://")[0].lower() not in services(settings):
            raise DomainError("The admin has not allowed this service.", field="address")
        if _target(address) is None:
            raise DomainError("This is not an address.", field="address")
        return address

    def send(
        self, message: NoticeMessage, address: str, settings: Mapping[str, Any], now: datetime
    ) -> None:
        self.check_address(address, settings)  # what the admin allows may have changed
        if not _target(address).notify(body=said(message)):
            raise RuntimeError("the service did not take it")


def services(settings: Mapping[str, Any]) -> set[str]:
    found = settings["apprise_services"].split(",")
    return {name.strip().lower() for name in found if name.strip()}


def _target(address: str) -> Any:
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(app_id="lms", storage_mode="memory")
    return Apprise.instantiate(address, asset=asset)
