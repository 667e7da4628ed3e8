"""The rows of the editor in which pictures and recordings are given, described and taken out.

A row is named `media-<n>-…`: `sha256` of a file that is here, or a new `file`; `place`, a letter or
nothing for the question itself; `alt_zh` and `alt_en`; `remove`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from werkzeug.datastructures import FileStorage

from lms.plugins.api import DomainError, Localized, Session
from lms.plugins.exams.media import items, keeping
from lms.plugins.exams.models import LETTERS


@dataclass
class Row:
    """`item`: what is said of the file, nothing for a row to fill in. `errors` by field."""

    item: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    alt: Localized = field(default_factory=Localized)
    errors: dict[str, DomainError] = field(default_factory=dict)

    @property
    def is_audio(self) -> bool:
        return bool(self.item) and items.is_audio(self.item)


def rows_of(media: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Of a question's entry."""
    return [
        Row(dict(item), LETTERS[item["option"] - 1] if "option" in item else "",
            Localized.of(item["alt"]))
        for item in media
    ]  # fmt: skip


def read(
    session: Session, typed: Mapping[str, str], files: Mapping[str, FileStorage], now: datetime
) -> list[Row]:
    """Keeps the files that are new, also when something else on the page is wrong."""
    names = [f"media-{number}-" for number in range(items.MOST + 1)]
    rows = [
        _row(session, name, typed, files.get(f"{name}file"), now)
        for name in names
        if f"{name}place" in typed and f"{name}remove" not in typed
    ]
    return [row for row in rows if row.item or row.errors]


def _row(
    session: Session, name: str, typed: Mapping[str, str], file: FileStorage | None, now: datetime
) -> Row:
    alt = Localized(*(_clean(typed.get(f"{name}alt_{side}", "")) for side in ("zh", "en")))
    row = Row(place=typed[f"{name}place"], alt=alt)
    try:
        row.item = _item(session, typed.get(f"{name}sha256", ""), file, now)
    except DomainError as error:
        row.errors["file"] = error
    if not row.item and not row.errors and alt:
        row.errors["file"] = DomainError("Choose a file.")
    if row.item and not alt:
        row.errors["alt_zh"] = DomainError(
            "Say in words what it shows or says, for those who cannot see or hear it."
        )
    return row


def _clean(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()[: items.LONGEST_ALT]


def _item(session: Session, sha256: str, file: FileStorage | None, now: datetime) -> dict[str, Any]:
    if file is not None and file.filename:
        return keeping.keep(session, file.stream, file.filename, now)
    if not sha256:
        return {}
    keeping.hold(session, [sha256])
    return keeping.described(keeping.kept(session, [sha256])[sha256])


def entry_of(rows: Iterable[Row], kind: str, count: int) -> list[dict[str, Any]]:
    """For an entry with `count` options; DomainError on `media`, and in its row, for another."""
    count = count if kind in items.WITH_OPTIONS else 0
    media = []
    for row in rows:
        option = LETTERS.find(row.place) + 1 if row.place else None
        if option is not None and not 1 <= option <= count:
            row.errors["place"] = DomainError("There is no such option.", field="media")
            raise row.errors["place"]
        alt = {side: text for side in ("zh", "en") if (text := getattr(row.alt, side))}
        media.append({**row.item, "alt": alt} | ({} if option is None else {"option": option}))
    return media
