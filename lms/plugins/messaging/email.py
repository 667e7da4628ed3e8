"""E-mail: plain text and simple HTML, through the organisation's own mail server."""

import smtplib
import ssl
import threading
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from markupsafe import Markup, escape

from lms.plugins.api import (
    AddressKind,
    ChannelDown,
    Localized,
    NoticeChannel,
    NoticeMessage,
    check_email,
    is_email,
)
from lms.plugins.messaging.settings import PLAIN, STARTTLS, TLS, is_site, site_of

_TIMEOUT = 10.0  # seconds, for each word of the conversation
_OPEN = Localized("打开", "Open")
_WHY = Localized(
    "您在学习平台上有一条新消息，所以收到这封邮件。选择接收哪些消息：",
    "You get this mail because there is a notice for you. Choose what you are sent:",
)


class EmailChannel(NoticeChannel):
    name = "email"
    label = Localized("邮件", "E-mail")
    help = Localized(
        "我们会发一封确认邮件，点开其中的链接后才会使用这个地址。",
        "We send a link to it first; the address is used once you have opened that.",
    )
    address_kind = AddressKind.EMAIL

    def __init__(self) -> None:
        self._kept = threading.local()  # one conversation for each thread that sends

    def problem(self, settings: Mapping[str, Any]) -> Localized | None:
        if not settings["smtp_host"]:
            return Localized("尚未设置邮件服务器", "No mail server is set")
        if not is_email(settings["mail_from"]):
            return Localized("尚未设置发件地址", "No address to send from is set")
        if not is_site(site_of(settings)):
            return Localized("尚未设置本站的对外地址", "The public address of this site is not set")
        return None

    def check_address(self, address: str, settings: Mapping[str, Any]) -> str:
        return check_email(address, "address")

    def send(
        self, message: NoticeMessage, address: str, settings: Mapping[str, Any], now: datetime
    ) -> None:
        mail = compose(message, address, settings["mail_from"])
        server = self._connected(settings)
        try:
            server.send_message(mail)
        except (smtplib.SMTPSenderRefused, smtplib.SMTPServerDisconnected) as error:
            raise ChannelDown(_said(error)) from error
        except smtplib.SMTPException:
            raise  # about this mail alone; it is an OSError as well
        except OSError as error:
            raise ChannelDown(_said(error)) from error

    def close(self) -> None:
        server = self._open()
        self._kept.server = None
        if server is None:
            return
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()

    def _connected(self, settings: Mapping[str, Any]) -> smtplib.SMTP:
        """One connection for all mails of a run."""
        server = self._open()
        if server is None:
            try:
                server = self._kept.server = _connect(settings)
            except (smtplib.SMTPException, OSError) as error:
                raise ChannelDown(_said(error)) from error
        return server

    def _open(self) -> smtplib.SMTP | None:
        return getattr(self._kept, "server", None)


def _connect(settings: Mapping[str, Any]) -> smtplib.SMTP:
    host, port = settings["smtp_host"], int(settings["smtp_port"])
    security = settings["smtp_security"]
    trust = None if security == PLAIN else ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=trust)
        if security == TLS
        else smtplib.SMTP(host, port, timeout=_TIMEOUT)
    )
    try:
        if security == STARTTLS:
            server.starttls(context=trust)
        if settings["smtp_user"]:
            server.login(settings["smtp_user"], settings["smtp_password"])
    except BaseException:
        server.close()
        raise
    return server


def compose(message: NoticeMessage, address: str, sent_from: str) -> EmailMessage:
    """The Message-ID is the key: mail programs and servers drop a second copy by it."""
    mail = EmailMessage()
    user, _, domain = sent_from.rpartition("@")
    mail["From"] = Address(one_line(message.sender, 60), user, domain)
    mail["To"] = Address(addr_spec=address)
    mail["Subject"] = one_line(message.subject, 150)
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{message.key}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.manage_url:
        mail["List-Unsubscribe"] = f"<{message.manage_url}>"
    why = _WHY.pick(message.locale)
    foot = f"-- \n{why} {message.manage_url}" if message.manage_url else ""
    parts = [message.text, message.url, foot]
    mail.set_content("\n\n".join(part for part in parts if part) + "\n")
    mail.add_alternative(_html(message, why), subtype="html")
    return mail


def _html(message: NoticeMessage, why: str) -> str:
    paragraphs = [
        Markup("<p>%s</p>") % Markup("<br>\n").join(escape(line) for line in part.split("\n"))
        for part in message.text.split("\n\n")
    ]
    if message.url:
        link = Markup('<p><a href="%s">%s</a></p>')
        paragraphs.append(link % (message.url, _OPEN.pick(message.locale)))
    if message.manage_url:
        foot = Markup('<p><small>%s <a href="%s">%s</a></small></p>')
        paragraphs.append(foot % (why, message.manage_url, message.manage_url))
    lang = "zh-Hans" if message.locale.startswith("zh") else "en"
    page = Markup(
        '<!doctype html>\n<html lang="%s"><meta charset="utf-8"><body>\n%s\n</body></html>\n'
    )
    return str(page % (lang, Markup("\n").join(paragraphs)))


def one_line(text: str, most: int) -> str:
    """Names come from people: no line break or other control character gets into a header."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
