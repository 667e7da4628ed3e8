"""What the admin sets: the mail server, this site's address, which webhooks are allowed."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from lms.plugins.api import Localized, Parameter, Policy, Setting, SettingKind, public_site

TLS, STARTTLS, PLAIN = "tls", "starttls", "none"

SETTINGS: Sequence[Setting] = (
    Setting(
        "public_address",
        Localized("本站的对外地址", "Public address of this site"),
        help=Localized(
            "例如 https://lms.example.com。消息里的链接以它开头；"
            "不填则用服务器的 LMS_PUBLIC_URL；两者都没有时，消息不带链接，也无法发送邮件。",
            "For example https://lms.example.com. Links in messages begin with it. Empty: the "
            "server's LMS_PUBLIC_URL; with neither, messages have no links, and no e-mail is sent.",
        ),
    ),
    Setting("smtp_host", Localized("邮件服务器", "Mail server")),
    Setting(
        "smtp_port", Localized("端口", "Port"), SettingKind.NUMBER, default=587, low=1, high=65535
    ),
    Setting(
        "smtp_security",
        Localized("加密方式", "Encryption"),
        SettingKind.CHOICE,
        default=STARTTLS,
        choices={
            STARTTLS: Localized("STARTTLS（常用端口 587）", "STARTTLS (mostly port 587)"),
            TLS: Localized("TLS（常用端口 465）", "TLS (mostly port 465)"),
            PLAIN: Localized("不加密（仅限本机或内网）", "None (this machine or network only)"),
        },
    ),
    Setting("smtp_user", Localized("用户名", "User name")),
    Setting("smtp_password", Localized("密码", "Password"), SettingKind.SECRET),
    Setting(
        "mail_from",
        Localized("发件地址", "Sent from"),
        help=Localized("例如 lms@example.com", "For example lms@example.com"),
    ),
    Setting(
        "webhook_hosts",
        Localized("允许的 Webhook 主机", "Hosts allowed for webhooks"),
        help=Localized(
            "以逗号分隔的主机名；员工填写的 Webhook 只能指向这些主机。不填则此方式停用。",
            "Host names separated by commas: people's own webhooks may lead there and nowhere "
            "else. With none, this way is not offered.",
        ),
    ),
    Setting(
        "apprise_services",
        Localized("通过 Apprise 允许的服务", "Services allowed through Apprise"),
        help=Localized(
            "以逗号分隔的协议名，例如 msteams, tgram。需要安装 service-academy[notify]。"
            "不填则此方式停用。",
            "Their schemes separated by commas, for example msteams, tgram. It needs "
            "service-academy[notify]. With none, this way is not offered.",
        ),
    ),
)  # fmt: skip

_DAYS = "1 = Monday … 7 = Sunday"
DIGEST = Policy(
    name="messaging.digest",
    title=Localized("主管摘要的发送时间", "When supervisors get their digest"),
    parameters=(
        Parameter("hour", Localized("几点（当地时间）", "Hour (local time)"), 8, low=0, high=23),
        Parameter(
            "weekday",
            Localized("每周摘要在周几（1 为周一）", f"Day of the weekly one ({_DAYS})"),
            1, low=1, high=7,
        ),
    ),
)  # fmt: skip


def absolute(settings: Mapping[str, Any], path: str) -> str:
    """The path of a page as an address for outside; empty where none can be made."""
    site = site_of(settings)
    if not is_site(site) or not path.startswith("/") or path.startswith("//"):
        return ""
    return site + path


def site_of(settings: Mapping[str, Any]) -> str:
    """As set here, else as set for the whole site."""
    return str(settings["public_address"]).strip().rstrip("/") or public_site()


def is_site(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and address.isprintable()
