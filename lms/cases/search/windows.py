"""Several questions put to the index in one statement, each answered for its first cases only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from lms.cases.search import engines
from lms.cases.search.tokens import Need
from lms.db import Session


@dataclass(frozen=True)
class Window:
    """Up to `most` cases are looked at, the first by place; the ids of `listed` are wanted.

    `tags`: the column whose tags are to be counted. With `most` and `listed` the same, nothing is.
    """

    needs: Sequence[Need]
    most: int
    listed: int = 0
    tags: str = ""

    @property
    def is_counted(self) -> bool:
        return self.most != self.listed or bool(self.tags)


@dataclass
class Seen:
    """What stands in a window; `facets` by the four values together, as the index keeps them."""

    total: int = 0
    has_more: bool = False
    facets: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    version_ids: list[int] = field(default_factory=list)


def look(session: Session, windows: Sequence[Window]) -> list[Seen]:
    """One statement; a need that nothing can meet is not asked about.

    Each window is one row of texts, in which its cases follow one another by place: a thousand
    rows, or putting them in order once more, would take longer than finding them.
    """
    seen = [Seen() for _ in windows]
    parts, given = [], dict[str, Any]()
    for n, window in enumerate(windows):
        if not all(window.needs):
            continue
        given[f"n{n}"] = window.most + window.is_counted
        if window.needs:
            given[f"q{n}"] = engines.question(session, window.needs)
        texts = (
            engines.lines(session, column) if column else "''"
            for column in (
                window.listed and "CAST(version_id AS text)",
                window.is_counted and "facets",
                window.tags,
            )
        )
        found = engines.window(session, bool(window.needs), n)
        parts.append(f"SELECT {n}, count(*), {', '.join(texts)} FROM ({found}) AS w{n}")
    if parts:
        rows = session.connection().execute(sa.text(" UNION ALL ".join(parts)), given).all()
        for part, cases, *lists in rows:
            if cases:
                seen[part] = _seen(windows[part], cases, *(t.split(engines.NEXT) for t in lists))
    return seen


def _seen(
    window: Window, cases: int, ids: Sequence[str], facets: Sequence[str], tags: Sequence[str]
) -> Seen:
    """Of the one case that may be beyond `most` nothing counts."""
    found = Seen(
        total=min(cases, window.most),
        has_more=cases > window.most,
        facets=Counter(facets[: window.most]),
        tags=Counter("\n".join(tags[: window.most]).split("\n")),
        version_ids=list(map(int, ids[: window.listed])) if window.listed else [],
    )
    del found.tags[""]  # of cases that have none
    return found
