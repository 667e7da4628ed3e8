"""The versions of a page of results, without the ORM: its objects would take as long as the search.

Most of a version is never looked at there, so its JSON is read when it is asked for.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lms.cases.search import engines
from lms.db import Localized

_PLAIN = ("id", "case_id", "number", "stage", "channel", "complaint_level", "outcome")
_UNREAD = ("title", "scenario", "result", "lessons", "tags", "dialogue", "handling")
_TEXTS = (f"CAST(v.{name} AS text)" for name in _UNREAD)
_COLUMNS = ", ".join([*(f"v.{name}" for name in _PLAIN), *_TEXTS])


@dataclass
class FoundVersion:
    """A published version as it is listed, with the names of `CaseVersion`."""

    id: int
    case_id: int
    number: int
    stage: str
    channel: str
    complaint_level: int
    outcome: str
    unread: dict[str, str]

    @cached_property
    def title(self) -> Localized:
        return self._text("title")

    @cached_property
    def scenario(self) -> Localized:
        return self._text("scenario")

    @property
    def result(self) -> Localized:
        return self._text("result")

    @property
    def lessons(self) -> Localized:
        return self._text("lessons")

    @property
    def tags(self) -> dict[str, list[str]]:
        tags: dict[str, list[str]] = json.loads(self.unread["tags"])
        return tags

    @property
    def dialogue(self) -> list[Any]:
        return self._lines("dialogue")

    @property
    def handling(self) -> list[Any]:
        return self._lines("handling")

    def _text(self, name: str) -> Localized:
        return Localized.of(json.loads(self.unread[name]))

    def _lines(self, name: str) -> list[Any]:
        lines: list[Any] = json.loads(self.unread[name])
        return lines


def versions(connection: Connection, ids: Sequence[int]) -> list[FoundVersion]:
    """In the order of the ids."""
    source = engines.values(connection, "ids", "int", "s")
    wanted = sa.text(f"SELECT {_COLUMNS} FROM {source} JOIN case_version v ON v.id = s.value")
    by_id = {}
    for row in connection.execute(wanted, {"ids": engines.value_list(connection, ids)}):
        unread = dict(zip(_UNREAD, row[len(_PLAIN) :], strict=True))
        by_id[row[0]] = FoundVersion(**dict(zip(_PLAIN, row, strict=False)), unread=unread)
    return [by_id[version_id] for version_id in ids]
