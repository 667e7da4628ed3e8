"""The index on each engine: its tables, how a question is put to it, how a case is written to it.

SQLite: a contentless FTS5 table of lists of row ids, which are the places; PostgreSQL: a tsvector
beside the entry. SQLite keeps the tokens of places that were given up; without an entry they are
never found, and rebuilding the index clears them away.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from lms.cases.search.tokens import Need, Token
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


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def question(session: Session, needs: Sequence[Need]) -> str:
    """Tokens hold letters, digits and marks only: inside quotes nothing in them is syntax."""
    if is_sqlite(session):
        return " AND ".join(f"({' OR '.join(map(_fts5, need))})" for need in needs)
    return " & ".join(f"({' | '.join(map(_tsquery, need))})" for need in needs)


def _fts5(token: Token) -> str:
    return f'"{token.text}"{"*" * token.is_open}'


def _tsquery(token: Token) -> str:
    return f"'{token.text}'{':*' * token.is_open}"


# Bytes of lists before they are written. With FTS5's own megabyte, most of the time goes into
# merging what was written. A single case's are written at its commit, as ever.
_KEPT_IN_MEMORY = 67108864
_DOCUMENT_INDEX = (
    "CREATE INDEX ix_case_search_entry_document ON case_search_entry USING gin (document)"
)


def window(session: Session, asks: bool, number: int) -> str:
    """SQL: the first cases, by place, that the question `:q<number>` finds, `:n<number>` of them.

    `asks`: False for a question without a need, to which every case is an answer.
    """
    q, n = f":q{number}", f":n{number}"
    columns = "SELECT e.place, e.version_id, e.facets, e.tags_zh, e.tags_en FROM"
    if not asks:
        return f"{columns} case_search_entry e ORDER BY e.place DESC LIMIT {n}"
    if is_sqlite(session):
        return (
            f"{columns} case_search s CROSS JOIN case_search_entry e ON e.place = s.rowid "
            f"WHERE s.case_search MATCH {q} ORDER BY s.rowid DESC LIMIT {n}"
        )
    # "+ 0": never by walking the places and reading every document on the way.
    return (
        f"{columns} case_search_entry e WHERE e.document @@ CAST({q} AS tsquery) "
        f"ORDER BY e.place + 0 DESC LIMIT {n}"
    )


NEXT = "\x1e"  # between the cases of a text that `lines` made


def lines(session: Session, column: str) -> str:
    """SQL: a column's values as one text, in the order of the rows."""
    return (
        f"group_concat({column}, char({ord(NEXT)}))"
        if is_sqlite(session)
        else f"string_agg({column}, chr({ord(NEXT)}))"
    )


def write(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Entries with their `tokens`, a space between them; the places are free."""
    plain = [column.name for column in entry.columns]
    if is_sqlite(session):
        # Past SQLAlchemy's own parameters: of a hundred thousand cases they would take seconds.
        connection, marks = session.connection(), ", ".join("?" * len(plain))
        entries = f"INSERT INTO case_search_entry ({', '.join(plain)}) VALUES ({marks})"
        connection.exec_driver_sql(entries, [tuple(row[name] for name in plain) for row in rows])
        tokens = "INSERT INTO case_search (rowid, tokens) VALUES (?, ?)"
        connection.exec_driver_sql(tokens, [(row["place"], row["tokens"]) for row in rows])
        return
    values = ", ".join(f":{name}" for name in plain)
    entries = (
        f"INSERT INTO case_search_entry ({', '.join(plain)}, document) "
        f"VALUES ({values}, array_to_tsvector(string_to_array(:tokens, ' ')))"
    )
    session.execute(sa.text(entries), list(rows))


def begin_anew(session: Session) -> None:
    """Empty the full-text part, and get it ready for very many cases."""
    if is_sqlite(session):
        session.execute(sa.text("INSERT INTO case_search (case_search) VALUES ('delete-all')"))
        _set(session, hashsize=_KEPT_IN_MEMORY, automerge=0, crisismerge=1999)
        return
    session.execute(sa.text("DROP INDEX ix_case_search_entry_document"))
    session.execute(sa.text("SET LOCAL maintenance_work_mem = '256MB'"))


def finish(session: Session) -> None:
    """After `begin_anew` and what was written then."""
    if not is_sqlite(session):
        session.execute(sa.text(_DOCUMENT_INDEX))
        return
    # In one part, and such are merged bit by bit but for very many of them: with FTS5's own limits
    # some later publication would merge all there is, which takes it a second or more.
    session.execute(sa.text("INSERT INTO case_search (case_search) VALUES ('optimize')"))
    _set(session, automerge=4, crisismerge=200)


def _set(session: Session, **options: int) -> None:
    for name, value in options.items():
        statement = "INSERT INTO case_search (case_search, rank) VALUES (:name, :value)"
        session.execute(sa.text(statement), {"name": name, "value": value})


def add_words(session: Session, words: Iterable[str]) -> None:
    """What a beginning of some letters may stand for."""
    rows = [{"word": found} for found in sorted(words)]
    if rows:
        insert = "INSERT INTO case_search_word (word) VALUES (:word) ON CONFLICT DO NOTHING"
        session.execute(sa.text(insert), rows)


def words_beginning(
    session: Session, beginnings: Sequence[str], limit: int
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
    for part, text in session.connection().execute(sa.text(" UNION ALL ".join(parts)), given):
        found[beginnings[part]].append(text)
    return found
