"""What the index keeps of a segment's versions, made from their columns.

This is nearly all of the work of an index: for very many it is shared among processes.
"""

import gc
import json
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import sqlalchemy as sa

from lms.cases.models import CaseVersion
from lms.cases.search import tokens
from lms.cases.search.inverting import Inverted
from lms.cases.search.pages import Page, packed
from lms.cases.search.tokens import FACETS, Row
from lms.db import Localized

_PLAIN = ("id", "case_id", *FACETS)
_TEXTS = ("title", "category", "scenario", "result", "lessons")
_LISTS = ("tags", "dialogue", "handling")
_MAX_TAG = 64
_MOST_PROCESSES = 2
_AHEAD = 1  # batches that wait for each of them

Raw = Sequence[Any]  # values of `raw_columns`


@dataclass
class Described:
    """A segment's versions in the order of their places: `rows` as `engines.write` wants them but
    for these, its pages, the words that a beginning may stand for, and how often what is counted
    is there."""

    rows: list[dict[str, Any]]
    pages: list[Page]
    words: set[str]
    totals: Counter[tuple[str, str]]


def _described(versions: Iterable[Row]) -> Described:
    rows = list[dict[str, Any]]()
    inverted = Inverted()
    totals: Counter[tuple[str, str]] = Counter()
    for number, version in enumerate(versions):
        inverted.add(number, tokens.of_case(version))
        row = {
            "version_id": version["id"],
            "case_id": version["case_id"],
            "facets": " ".join(str(version[name]) for name in FACETS),
            "tags_zh": _joined(version["tags"].get("zh", ())),
            "tags_en": _joined(version["tags"].get("en", ())),
        }
        rows.append(row)
        totals.update(counted(row["facets"], row["tags_zh"], row["tags_en"]))
    return Described(rows, packed(inverted.stored(len(rows))), inverted.words(), totals)


def counted(facets: str, tags_zh: str, tags_en: str) -> list[tuple[str, str]]:
    """The totals, by kind and key, that an entry is part of."""
    zh, en = (tags.split("\n") if tags else () for tags in (tags_zh, tags_en))
    return [("facets", facets), *(("tag_zh", tag) for tag in zh), *(("tag_en", tag) for tag in en)]


def described(versions: Iterable[Any]) -> Described:
    names = (*_PLAIN, *_TEXTS, *_LISTS)
    return _described({name: getattr(version, name) for name in names} for version in versions)


def raw_columns() -> list[Any]:
    """The columns of a version, its JSON unread."""
    plain = [getattr(CaseVersion, name) for name in _PLAIN]
    unread = [sa.cast(getattr(CaseVersion, name), sa.Text) for name in (*_TEXTS, *_LISTS)]
    return [*plain, *unread]


def described_batches(batches: Iterable[Sequence[Raw]], count: int) -> Iterator[Described]:
    """The batches in their order; with processes of its own where it is worth starting them."""
    if count < 5000:
        yield from map(_described_raw, batches)
        return
    processes = min(_MOST_PROCESSES, os.cpu_count() or 1)
    # Spawned: this process holds a transaction, and may have threads. Nothing they make is a cycle.
    with ProcessPoolExecutor(processes, get_context("spawn"), gc.disable) as pool:
        waiting: deque[Future[Described]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_described_raw, batch))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _described_raw(rows: Sequence[Raw]) -> Described:
    return _described(map(_read, rows))


def _read(row: Raw) -> Row:
    version = dict(zip((*_PLAIN, *_TEXTS, *_LISTS), row, strict=True))
    version |= {name: Localized(**json.loads(version[name])) for name in _TEXTS}
    version |= {name: json.loads(version[name]) for name in _LISTS}
    return version


def _joined(tags: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(tag.replace("\n", " ")[:_MAX_TAG] for tag in tags))
