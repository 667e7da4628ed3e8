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
    """One statement; a need that nothing can meet is not asked about."""
    seen = [Seen() for _ in windows]
    tables, parts, given = [], [], dict[str, Any]()
    for n, window in enumerate(windows):
        if not all(window.needs):
            continue
        tables.append(f"w{n} AS MATERIALIZED ({engines.window(session, bool(window.needs), n)})")
        given[f"n{n}"] = window.most + window.is_counted
        if window.needs:
            given[f"q{n}"] = engines.question(session, window.needs)
        if window.is_counted:
            tags = engines.lines(session, window.tags) if window.tags else "''"
            parts.append(
                f"SELECT {n} AS part, -1 AS place, count(*) AS value, "
                f"{engines.lines(session, 'facets')} AS facets, {tags} AS tags FROM "
                f"(SELECT * FROM w{n} ORDER BY place DESC LIMIT :m{n}) AS c{n}"
            )
            given[f"m{n}"] = window.most
            parts.append(f"SELECT {n}, -2, count(*), '', '' FROM w{n}")
        if window.listed:
            first = f"SELECT place, version_id FROM w{n} ORDER BY place DESC LIMIT :l{n}"
            parts.append(f"SELECT {n}, place, version_id, '', '' FROM ({first}) AS l{n}")
            given[f"l{n}"] = window.listed
    if parts:
        statement = f"WITH {', '.join(tables)} {' UNION ALL '.join(parts)}"
        rows = session.connection().execute(sa.text(statement), given).all()
        for part, place, value, facets, tags in sorted(rows, key=lambda row: -row.place):
            _add(seen[part], windows[part], place, value, facets, tags)
    return seen


def _add(seen: Seen, window: Window, place: int, value: int, facets: str, tags: str) -> None:
    if place == -2:
        seen.has_more = value > window.most
    elif place == -1:
        seen.total = value
        seen.facets.update(facets.split("\n") if facets else ())
        seen.tags.update((tags or "").split("\n"))
        del seen.tags[""]  # of cases that have none
    else:
        seen.version_ids.append(value)
