"""The tables beside the index itself, and where the engines' own words for something differ."""

import json
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lms.bulk import insert_rows
from lms.db import Session

entry = sa.table(
    "case_search_entry",
    *(sa.column(name, sa.BigInteger) for name in ("place", "version_id", "case_id")),
    *(sa.column(name, sa.String) for name in ("facets", "tags_zh", "tags_en")),
)
total = sa.table(
    "case_search_total",
    sa.column("kind", sa.String),
    sa.column("key", sa.String),
    sa.column("cases", sa.Integer),
)
word = sa.table("case_search_word", sa.column("word", sa.String))


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def values(connection: Connection, name: str, kind: str, alias: str) -> str:
    """SQL: the values of a list given as `:name`, in its order, as rows of one column `value`."""
    if is_sqlite(connection):
        return f"json_each(:{name}) AS {alias}"
    return f"unnest(CAST(:{name} AS {kind}[])) AS {alias} (value)"


def value_list(connection: Connection, given: Sequence[Any]) -> Any:
    """What such a list is given as."""
    return json.dumps(given) if is_sqlite(connection) else list(given)


def write(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Entries; their places are free."""
    columns = ("place", "version_id", "case_id", "facets", "tags_zh", "tags_en")
    insert_rows(session, entry, columns, map(itemgetter(*columns), rows))


def add_words(session: Session, words: Iterable[str]) -> None:
    """What a beginning of some letters may stand for."""
    rows = [{"word": found} for found in sorted(words)]
    if rows:
        insert = "INSERT INTO case_search_word (word) VALUES (:word) ON CONFLICT DO NOTHING"
        session.execute(sa.text(insert), rows)


def words_beginning(
    connection: Connection, beginnings: Sequence[str], limit: int
) -> dict[str, list[str]]:
    """The words of the index that begin so, `limit` of each at most."""
    if not beginnings:
        return {}
    parts = (
        f"SELECT * FROM (SELECT {n} AS part, word FROM case_search_word "
        f"WHERE word >= :a{n} AND word < :z{n} LIMIT {limit}) AS w{n}"
        for n in range(len(beginnings))
    )
    given = {
        name: value
        for n, text in enumerate(beginnings)
        for name, value in ((f"a{n}", text), (f"z{n}", text + "\U0010ffff"))
    }
    found: dict[str, list[str]] = {text: [] for text in beginnings}
    for part, text in connection.execute(sa.text(" UNION ALL ".join(parts)), given):
        found[beginnings[part]].append(text)
    return found
