"""Robots of group chats: WeCom, DingTalk, Feishu and Slack.

Three of the four answer HTTP 200 to a message they refuse (too many in a minute, a missing
keyword) and say so in the body alone, so the body is read: a refused message is not a sent one.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from lms.plugins.api import (
    AddressKind,
    Answer,
    DomainError,
    Localized,
    NoticeChannel,
    NoticeMessage,
    post,
)

_HELP = Localized(
    "粘贴群机器人的 Webhook 地址。群里的每个人都会看到您的消息，请使用自己的群。",
    "Paste the webhook of a robot in a chat. Everybody in that chat reads your notices, so use one "
    "of your own.",
)
_HELP_SIGNED = Localized(
    _HELP.zh + "若机器人启用了“加签”，请在地址后加 # 和密钥。",
    _HELP.en + " If it asks for signatures, add # and its secret to the address.",
)


class Robot(NoticeChannel):
    """`base` is the vendor's own address: nobody can point it elsewhere."""

    address_kind = AddressKind.WEBHOOK
    help = _HELP

    def __init__(self, name: str, label: Localized, base: str, token: str) -> None:
        self.name, self.label, self.base = name, label, base
        self._token = re.compile(token)

    def check_address(self, address: str, settings: Mapping[str, Any]) -> str:
        address = address.strip()
        rest = address.removeprefix(self.base)
        if rest == address or not self._token.fullmatch(rest):
            raise DomainError(
                "This is not a webhook of this service: it begins with %(base)s",
                field="address", base=self.base,
            )  # fmt: skip
        return address

    def send(
        self, message: NoticeMessage, address: str, settings: Mapping[str, Any], now: datetime
    ) -> None:
        url, _, secret = address.partition("#")
        body = self.body(said(message), secret, now)
        data = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "lms"}
        answer = post(url + self.signed(secret, now), data, headers, read=4096)
        if problem := self.refusal(answer):
            raise RuntimeError(problem)

    def body(self, text: str, secret: str, now: datetime) -> Mapping[str, Any]:
        return {"msgtype": "text", "text": {"content": text}}

    def signed(self, secret: str, now: datetime) -> str:
        """What a signature adds to the address."""
        return ""

    def refusal(self, answer: Answer) -> str:
        """Why the message was not taken, or empty."""
        return refused_by_code(answer, "errcode", "errmsg")


class DingTalk(Robot):
    help = _HELP_SIGNED

    def signed(self, secret: str, now: datetime) -> str:
        if not secret:
            return ""
        moment = str(int(now.timestamp() * 1000))
        signature = _hmac(secret, f"{moment}\n{secret}")
        return f"&timestamp={moment}&sign={quote_plus(signature)}"


class Feishu(Robot):
    help = _HELP_SIGNED

    def body(self, text: str, secret: str, now: datetime) -> Mapping[str, Any]:
        body = {"msg_type": "text", "content": {"text": text}}
        if not secret:
            return body
        moment = str(int(now.timestamp()))
        # Their way: the text is the key, and what is signed is empty.
        return body | {"timestamp": moment, "sign": _hmac(f"{moment}\n{secret}", "")}

    def refusal(self, answer: Answer) -> str:
        return refused_by_code(answer, "code", "msg")


class Slack(Robot):
    def body(self, text: str, secret: str, now: datetime) -> Mapping[str, Any]:
        for plain, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = text.replace(plain, written)
        return {"text": text}

    def refusal(self, answer: Answer) -> str:
        return "" if answer.is_ok else answer.text


def said(message: NoticeMessage) -> str:
    """The text with its link. A robot drops no repeats; the number lets people tell them."""
    lines = [message.text, message.url, f"[{message.sender} #{message.key[:8]}]"]
    return "\n".join(line for line in lines if line)


def refused_by_code(answer: Answer, code: str, text: str) -> str:
    if not answer.is_ok:
        return answer.text
    try:
        found = json.loads(answer.body)
        number, words = found[code], found.get(text, "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{answer.text}, but not the answer of a robot"
    return "" if number == 0 else f"{code} {number}: {words}"[:200]


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


_SIGNED = r"(#[\x21-\x7e]{4,100})?"


def robots() -> list[NoticeChannel]:
    return [
        Robot(
            "wecom", Localized("企业微信", "WeCom"),
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", r"[A-Za-z0-9_-]{8,100}",
        ),
        DingTalk(
            "dingtalk", Localized("钉钉", "DingTalk"),
            "https://oapi.dingtalk.com/robot/send?access_token=", r"[A-Za-z0-9]{8,100}" + _SIGNED,
        ),
        Feishu(
            "feishu", Localized("飞书", "Feishu"),
            "https://open.feishu.cn/open-apis/bot/v2/hook/", r"[A-Za-z0-9_-]{8,100}" + _SIGNED,
        ),
        Slack(
            "slack", Localized("Slack", "Slack"),
            "https://hooks.slack.com/services/", r"[A-Za-z0-9]+/[A-Za-z0-9]+/[A-Za-z0-9]+",
        ),
    ]  # fmt: skip
