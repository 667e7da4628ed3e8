"""Tokens looked up in segments: the only question that the index puts to its pages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lms.cases.search import engines, pages
from lms.cases.search.segments import Gone, Segment
from lms.cases.search.tokens import MARKS, TEXT, Token


def look_up(
    connection: Connection,
    some: Sequence[Segment],
    wanted: Iterable[Token],
    stamp: str | None = None,
) -> Mapping[tuple[Token, int], int]:
    """A bit for each case, by token and segment's id, where there is one that has the token.

    Gone if one of the segments is no more, or if the index was changed since `stamp`.
    """
    by_id = {one.id: one for one in some}
    found: defaultdict[tuple[Token, int], int] = defaultdict(int)
    whole: defaultdict[str, list[tuple[Token, bytes]]] = defaultdict(list)
    begun: defaultdict[str, dict[str, Token]] = defaultdict(dict)
    for token in wanted:
        if token.is_open:
            begun[token.text][token.mark] = token
        else:
            whole[token.text].append((token, f"{token.text}{token.mark}".encode()))
    if whole:
        rows = _rows(connection, _WHOLE, by_id, stamp, tokens=list(whole))
        if any(body is None for _, _, body in rows):
            raise Gone
        for of, text, body in rows:
            for token, name in whole[text]:
                stored = pages.find(body, name)
                if stored:
                    found[token, of] = pages.bits(stored, by_id[of].cases)
    for text, marked in begun.items():
        rows = _rows(connection, _OPEN, by_id, stamp, a=text, z=text + "\U0010ffff")
        if len({of for of, _, _ in rows}) < len(by_id):
            raise Gone
        for of, _, body in rows:
            for each, stored in pages.unpacked(body):
                mark = each[-1] if each[-1] in MARKS[1:] else TEXT
                if each.startswith(text) and mark in marked:
                    found[marked[mark], of] |= pages.bits(stored, by_id[of].cases)
    return found


# Of each segment and token the page that would have it: one look at the pages' index each.
_WHOLE = (
    "SELECT s.value, t.value, (SELECT p.body FROM case_search_page p WHERE p.segment_id = s.value "
    "AND p.first <= t.value ORDER BY p.first DESC LIMIT 1) FROM {segments} CROSS JOIN {tokens}"
)
_OPEN = (
    "SELECT s.value, '', p.body FROM {segments} CROSS JOIN case_search_page p "
    "WHERE p.segment_id = s.value AND p.first < :z AND p.first >= (SELECT max(q.first) "
    "FROM case_search_page q WHERE q.segment_id = s.value AND q.first <= :a)"
)
_STAMP = "SELECT -1, key, NULL FROM case_search_total WHERE kind = 'stamp' UNION ALL "


def _rows(
    connection: Connection, statement: str, ids: Iterable[int], stamp: str | None, **given: Any
) -> Sequence[Any]:
    """`given`: a list is one for `engines.values`."""
    given["segments"] = list(ids)
    sources = {
        "segments": engines.values(connection, "segments", "bigint", "s"),
        "tokens": engines.values(connection, "tokens", "text", "t"),
    }
    for name, found in given.items():
        if isinstance(found, list):
            given[name] = engines.value_list(connection, found)
    asked = sa.text((_STAMP if stamp is not None else "") + statement.format(**sources))
    rows = connection.execute(asked, given).all()
    if stamp is None:
        return rows
    if not rows or rows[0][1] != stamp:
        raise Gone
    return rows[1:]
