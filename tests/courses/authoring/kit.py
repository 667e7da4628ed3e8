"""A draft in the browser, without one."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from lms.courses import queries
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.models import Programme
from lms.db import db


class Sent(HTMLParser):
    """What a browser would send back of the form `#part`, as it was shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._inside, self._text, self._select = False, "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self._inside = self._inside or named.get("id") == "part"
        name, value = named.get("name") or "", named.get("value") or ""
        if not self._inside:
            return
        if tag == "input" and name and named.get("type") != "file":
            if named.get("type") not in {"checkbox", "radio"} or "checked" in named:
                self.values[name] = value
        elif tag == "textarea":
            self._text, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in named or self._select not in self.values):
            self.values[self._select] = value

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text:
            # A browser drops the first line end, and sends the others as CR LF.
            text = self.values[self._text].removeprefix("\n")
            self.values[self._text] = text.replace("\n", "\r\n")
            self._text = ""
        self._inside = self._inside and tag != "form"


def programme(key: str = "onboarding") -> Programme:
    return db.session.scalars(select(Programme).where(Programme.key == key)).one()


def draft(key: str = "") -> ProgrammeDraft:
    """The one there is, or that of a programme."""
    db.session.rollback()
    wanted = select(ProgrammeDraft)
    return db.session.scalars(wanted.filter_by(key=key) if key else wanted).one()


def begin(client: FlaskClient, key: str = "onboarding") -> str:
    """The address of a draft of the programme."""
    programme_id = programme(key).id
    db.session.rollback()
    answer = client.post(f"/programmes/{programme_id}/draft")
    assert answer.status_code == 303
    return str(answer.location)


def shown(client: FlaskClient, path: str) -> dict[str, Any]:
    page = client.get(path)
    assert page.status_code == 200, page.text
    return Sent(page.text).values


def change(client: FlaskClient, path: str, **values: Any) -> Any:
    """Send a form back with other values; `body__en` stands for `body.en`."""
    sent = shown(client, path) | {k.replace("__", "."): v for k, v in values.items()}
    return client.post(path, data=sent)


def move(client: FlaskClient, at: str, do: str, key: str, count: int | None = None) -> Any:
    count = draft().edit_count if count is None else count
    return client.post(f"{at}/order", data={"do": f"{do}:{key}", "edit_count": count})


def publish(client: FlaskClient, key: str = "", **more: Any) -> Any:
    found = draft(key)
    number = 0
    if found.programme_id:
        latest = queries.latest_version(db.session(), found.programme_id)
        number = latest.number if latest else 0
    path = f"/programmes/drafts/{found.id}/publish"
    data = {"edit_count": found.edit_count, "latest": number, **more}
    db.session.rollback()
    return client.post(path, data=data)
