"""Languages: Simplified Chinese and English, in the interface and in content."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.support import Translations
from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale, get_translations
from flask_login import current_user
from jinja2 import pass_context
from markupsafe import Markup

from lms.clock import local_date, now
from lms.current import the_g
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
    kept = the_g()
    try:
        return cast(str, kept.locale)
    except AttributeError:
        kept.locale = normalise(str(get_locale())) or DEFAULT
        return cast(str, kept.locale)


def pick(text: Localized | dict[str, str] | str | None) -> str:
    """The text in the reader's language; a mapping `{zh, en}` from stored content will do."""
    if isinstance(text, str):
        return text
    return (text if isinstance(text, Localized) else Localized.of(text)).pick(locale())


@lru_cache(maxsize=4096)
def _date_text(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=language)


def date_text(value: date, pattern: str = "medium") -> str:
    """The date as the reader's language writes it, or an instant's date in the organisation's
    time zone. `pattern` is Babel's. Pages show the same few days again and again."""
    from lms.people.organisation import zone

    day = local_date(value, zone()) if isinstance(value, datetime) else value
    return _date_text(day, pattern, locale())


@lru_cache(maxsize=4096)
def _moment_text(at: datetime, zone: ZoneInfo, language: str) -> str:
    return format_datetime(at, "short", tzinfo=zone, locale=language)


def moment_text(at: datetime) -> str:
    """Day and time as the reader's language writes them, in the organisation's time zone."""
    from lms.people.organisation import zone

    return _moment_text(at, zone(), locale())


class _Texts(dict[str, Markup]):
    """What templates ask for by the hundred in one language, each looked up once.

    As Jinja's own: translations may hold markup, what is put into them is escaped, and they are
    always formats (a percent sign is written twice).
    """

    def __init__(self, catalogue: Translations) -> None:
        self.catalogue = catalogue

    def __missing__(self, message: str) -> Markup:
        text = Markup(self.catalogue.ugettext(message))  # noqa: S704  from our catalogues
        self[message] = text if "%(" in text else text % ()
        return self[message]


_texts: WeakKeyDictionary[Translations, _Texts] = WeakKeyDictionary()


def _of_request() -> _Texts:
    """Flask-Babel asks for the request's language anew for each text; here once."""
    kept = the_g()
    try:
        return cast(_Texts, kept.texts)
    except AttributeError:
        catalogue = get_translations()
        kept.texts = _texts.setdefault(catalogue, _Texts(catalogue))
        return cast(_Texts, kept.texts)


def gettext(message: str, **values: object) -> str:
    text = _of_request().catalogue.ugettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    return _of_request().catalogue.ungettext(singular, plural, num) % {"num": num, **values}


def _in_markup(message: str, **values: object) -> Markup:
    text = _of_request()[message]
    return text % values if values else text


def _plural_in_markup(singular: str, plural: str, num: int, **values: object) -> Markup:
    text = _of_request().catalogue.ungettext(singular, plural, num)
    return Markup(text) % {"num": num, **values}  # noqa: S704  from our catalogues


@pass_context
def _loc(_context: Any, value: Any) -> str:
    """`pick` for templates. Of the context, so that the template's compiler does not do it for a
    constant: it would stay in the language of whoever asked for the page first."""
    return pick(value)


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
    app.jinja_env.filters["loc"] = _loc
    app.jinja_env.globals.update(
        _=_in_markup, gettext=_in_markup, ngettext=_plural_in_markup,
        languages=LANGUAGES, locale=locale, now=now,
    )  # fmt: skip
