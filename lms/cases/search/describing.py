"""What the index keeps of a version, made from its columns; for many at once in another process.

Making the tokens takes about as long as storing them: with a process of its own an index of 100,000
cases is built in little more than half the time.
"""

import gc
import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

import sqlalchemy as sa

from lms.cases.models import CaseVersion
from lms.cases.search import tokens
from lms.cases.search.tokens import FACETS, Row
from lms.db import Localized

_PLAIN = ("id", "case_id", *FACETS)
_TEXTS = ("title", "category", "scenario", "result", "lessons")
_LISTS = ("tags", "dialogue", "handling")
_MAX_TAG = 64
_AHEAD = 3  # batches that wait to be stored

Raw = Sequence[Any]  # values of `raw_columns`


@dataclass
class Described:
    """Some versions: `rows` as `engines.write` wants them but for their places, the words among
    their tokens that a beginning may stand for, and how often each of what is counted is there."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    totals: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, version: Row) -> None:
        found = tokens.of_case(version)
        row = {
            "version_id": version["id"],
            "case_id": version["case_id"],
            "facets": " ".join(str(version[name]) for name in FACETS),
            "tags_zh": _joined(version["tags"].get("zh", ())),
            "tags_en": _joined(version["tags"].get("en", ())),
            "tokens": " ".join(found.tokens),
        }
        self.rows.append(row)
        self.words |= found.latin
        self.totals.update(counted(row["facets"], row["tags_zh"], row["tags_en"]))


def counted(facets: str, tags_zh: str, tags_en: str) -> list[tuple[str, str]]:
    """The totals, by kind and key, that an entry is part of."""
    zh, en = (tags.split("\n") if tags else () for tags in (tags_zh, tags_en))
    return [("facets", facets), *(("tag_zh", tag) for tag in zh), *(("tag_en", tag) for tag in en)]


def described(versions: Iterable[Any]) -> Described:
    found = Described()
    for version in versions:
        found.add({name: getattr(version, name) for name in (*_PLAIN, *_TEXTS, *_LISTS)})
    return found


def raw_columns() -> list[Any]:
    """The columns of a version, its JSON unread."""
    plain = [getattr(CaseVersion, name) for name in _PLAIN]
    unread = [sa.cast(getattr(CaseVersion, name), sa.Text) for name in (*_TEXTS, *_LISTS)]
    return [*plain, *unread]


def described_batches(batches: Iterable[Sequence[Raw]], count: int) -> Iterator[Described]:
    """The batches in their order; with a process of its own where it is worth starting one."""
    if count < 5000:
        yield from map(_described_raw, batches)
        return
    # Spawned: this process holds a transaction, and may have threads. Nothing it makes is a cycle.
    with ProcessPoolExecutor(1, get_context("spawn"), gc.disable) as pool:
        waiting: deque[Future[Described]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_described_raw, batch))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _described_raw(rows: Sequence[Raw]) -> Described:
    names = (*_PLAIN, *_TEXTS, *_LISTS)
    found = Described()
    for row in rows:
        version = dict(zip(names, row, strict=True))
        version |= {name: Localized(**json.loads(version[name])) for name in _TEXTS}
        version |= {name: json.loads(version[name]) for name in _LISTS}
        found.add(version)
    return found


def _joined(tags: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(tag.replace("\n", " ")[:_MAX_TAG] for tag in tags))
