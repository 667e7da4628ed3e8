"""What a delivery says, in its reader's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import select

from lms.plugins.api import Localized, NoticeMessage, Person, Session, organisation
from lms.plugins.messaging import tokens, words
from lms.plugins.messaging.models import OwnKind
from lms.plugins.messaging.settings import absolute


class Claimed(NamedTuple):
    """A delivery that is ours to send; `text` and `url` are the notification's, if it is one."""

    id: int
    key: str
    tries: int
    kind: str
    content: Mapping[str, Any]
    created_at: datetime
    address_id: int
    address: str
    locale: str
    text: Localized | None
    url: str | None


def compose(session: Session, found: Claimed, settings: Mapping[str, Any]) -> NoticeMessage:
    """`settings`: this plugin's own, for the addresses of pages."""
    lang, manage = found.locale, _path("messaging.preferences")
    if found.kind == OwnKind.CONFIRM:
        token = tokens.make(current_app.secret_key, found.address_id, found.created_at)
        subject, text = words.CONFIRM.pick(lang), words.CONFIRM_TEXT.pick(lang)
        url, manage = _path("messaging.confirm", token=token), ""  # it may be a stranger's
    elif found.kind == OwnKind.TEST:
        subject, text = words.TEST.pick(lang), words.TEST_TEXT.pick(lang)
        url = _path("messaging.preferences")
    elif found.kind == OwnKind.DIGEST:
        subject, text = digest_text(session, found.content, lang)
        url = _path("courses.board")
    else:
        subject = text = (found.text or Localized()).pick(lang)
        url = found.url or ""
    return NoticeMessage(
        key=found.key,
        at=found.created_at,
        kind=found.kind,
        locale=lang,
        sender=organisation(session).name.pick(lang),
        subject=subject,
        text=text,
        url=absolute(settings, url),
        manage_url=absolute(settings, manage),
    )


def digest_text(session: Session, content: Mapping[str, Any], lang: str) -> tuple[str, str]:
    """Subject and text. Names are looked up now: of whom was erased since, nothing is said."""
    ids = {line["person"] for section in content["sections"] for line in section["lines"]}
    found = session.execute(
        select(Person.id, Person.name, Person.staff_no).where(
            Person.id.in_(ids), Person.staff_no.not_like("erased-%")
        )
    )
    names = {row.id: f"{row.name} ({row.staff_no})" for row in found}
    parts, heads = [], []
    for section in content["sections"]:
        title = words.SECTIONS[section["code"]].pick(lang)
        heads.append(f"{title} {section['total']}")
        lines = [
            f"- {names[line['person']]}: {Localized.of(line['text']).pick(lang)}"
            for line in section["lines"]
            if line["person"] in names
        ]
        if (more := section["total"] - len(section["lines"])) > 0:
            lines.append(words.MORE.pick(lang) % {"count": more})
        parts.append("\n".join([f"{title} ({section['total']})", *lines]))
    subject = words.DIGEST.pick(lang) + " " + " · ".join(heads)
    return subject, "\n\n".join(parts)


def _path(endpoint: str, **values: Any) -> str:
    """The worker has no request, so no host: the path alone."""
    return current_app.url_map.bind("").build(endpoint, values)
