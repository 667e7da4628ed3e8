"""Languages: Simplified Chinese and English, in the interface and in content."""

from typing import cast

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user

from lms.clock import now
from lms.db import Localized

LANGUAGES = {"zh_Hans": "简体中文", "en": "English"}
DEFAULT = "zh_Hans"


def N_(message: str) -> str:
    """Mark a message for the catalogues where it is written, to be translated where it is shown."""
    return message


def normalise(tag: str | None) -> str | None:
    """`zh`, `zh-CN`, `zh_Hans_CN`, `en-GB` … to one of ours; None for another language."""
    primary = (tag or "").replace("_", "-").split("-")[0].lower()
    return {"zh": "zh_Hans", "en": "en"}.get(primary)


def select_locale() -> str:
    if not has_request_context():
        return "en"
    chosen = normalise(session.get("locale"))
    if chosen:
        return chosen
    if current_user and current_user.is_authenticated:
        return cast(str, current_user.person.locale)
    for tag, _ in request.accept_languages:
        known = normalise(tag)
        if known:
            return known
    return DEFAULT


def locale() -> str:
    """`zh_Hans` or `en`."""
    return normalise(str(get_locale())) or DEFAULT


def pick(text: Localized | dict[str, str] | str | None) -> str:
    """The text in the reader's language; a mapping `{zh, en}` from stored content will do."""
    if isinstance(text, str):
        return text
    return (text if isinstance(text, Localized) else Localized.of(text)).pick(locale())


def init_app(app: Flask, domains: list[tuple[str, str]]) -> None:
    from lms.people.organisation import zone

    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folder for _, folder in domains)
    Babel(
        app,
        default_locale="en",
        default_domain=";".join(domain for domain, _ in domains),
        locale_selector=select_locale,
        timezone_selector=lambda: zone().key,
    )
    app.jinja_env.filters["loc"] = pick
    app.jinja_env.globals.update(languages=LANGUAGES, locale=locale, now=now)
