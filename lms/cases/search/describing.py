"""What the index keeps of a version, made from its columns; for many at once in other processes.

Making the tokens takes about as long as storing them: with a process of its own an index of 100,000
cases is built in little more than half the time.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
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


def described(version: Any) -> dict[str, Any]:
    """A version, as `engines.write` wants it, but for its place."""
    return _described({name: getattr(version, name) for name in (*_PLAIN, *_TEXTS, *_LISTS)})


def raw_columns() -> list[Any]:
    """The columns of a version, its JSON unread."""
    plain = [getattr(CaseVersion, name) for name in _PLAIN]
    unread = [sa.cast(getattr(CaseVersion, name), sa.Text) for name in (*_TEXTS, *_LISTS)]
    return [*plain, *unread]


def described_batches(
    batches: Iterable[Sequence[Raw]], count: int
) -> Iterator[list[dict[str, Any]]]:
    """The batches in their order; with a process of its own where it is worth starting one."""
    if count < 5000:
        yield from map(_described_raw, batches)
        return
    # Spawned: this process holds a transaction, and may have threads.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        waiting: deque[Future[list[dict[str, Any]]]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_described_raw, batch))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _described_raw(rows: Sequence[Raw]) -> list[dict[str, Any]]:
    names = (*_PLAIN, *_TEXTS, *_LISTS)
    found = []
    for row in rows:
        version = dict(zip(names, row, strict=True))
        version |= {name: Localized(**json.loads(version[name])) for name in _TEXTS}
        version |= {name: json.loads(version[name]) for name in _LISTS}
        found.append(_described(version))
    return found


def _described(version: Row) -> dict[str, Any]:
    found = tokens.of_case(version)
    return {
        "version_id": version["id"],
        "case_id": version["case_id"],
        "facets": " ".join(str(version[name]) for name in FACETS),
        "tags_zh": _joined(version["tags"].get("zh", ())),
        "tags_en": _joined(version["tags"].get("en", ())),
        "tokens": " ".join(found.tokens),
        "latin": found.latin,
    }


def _joined(tags: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(tag.replace("\n", " ")[:_MAX_TAG] for tag in tags))
