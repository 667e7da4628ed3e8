"""Finding published cases: one index per engine, the same words, the same order of results.

The index is written in the transaction that publishes a version. What is found in the title comes
before what is found in title and tags, and that before the rest; then the newest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, case, func, select

from lms.cases.models import CaseVersion
from lms.cases.words import MAX_QUERY, Word, index_words, query_words
from lms.db import Localized, Session, UTCDateTime

PAGE_SIZE = 20
TAGS_SHOWN = 12
TAGS_COUNTED = 5000  # results read for counting tags: 100,000 would take half a second

_entry = sa.table(
    "case_search_entry",
    *(sa.column(name, sa.Integer) for name in ("version_id", "case_id", "complaint_level")),
    *(sa.column(name, sa.String) for name in ("stage", "channel", "outcome", "facets")),
    sa.column("published_at", UTCDateTime),
)
_tag = sa.table(
    "case_search_tag",
    sa.column("version_id", sa.Integer),
    sa.column("locale", sa.String),
    sa.column("tag", sa.String),
)
FACETS = ("stage", "channel", "complaint_level", "outcome")


@dataclass(frozen=True)
class Search:
    """What is asked for. An empty text lists everything; `tag` is matched exactly."""

    text: str = ""
    stage: str = ""
    channel: str = ""
    complaint_level: str = ""
    outcome: str = ""
    tag: str = ""
    page: int = 1

    def facets(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in FACETS}


@dataclass(frozen=True)
class Found:
    """One page of results; the counts of a facet are those without its own filter."""

    versions: Sequence[CaseVersion]
    total: int
    page: int
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    tags: Sequence[tuple[str, int]] = ()
    searchable: bool = True

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


def find(session: Session, search: Search, locale: str) -> Found:
    """Three queries, whatever is found. `locale` (`zh` or `en`): whose tags are offered."""
    words = query_words(search.text)
    if search.text.strip() and not words:
        return Found([], 0, 1, searchable=False)
    matching = _matching(session, words, search.tag)
    counts, total = _counts(session, matching, search)
    page = min(max(search.page, 1), max(1, -(-total // PAGE_SIZE)))
    chosen = matching.where(*_facet_conditions(search.facets()))
    # Without words there is no tier to order by, and the newest come straight from an index.
    tier = [sa.text("tier")] if words else []
    shown = (
        chosen.add_columns(_tier(session, words).label("tier"), _entry.c.published_at)
        .order_by(*tier, _entry.c.published_at.desc(), _entry.c.version_id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
        .subquery()
    )
    versions = session.scalars(
        select(CaseVersion)
        .join(shown, shown.c.version_id == CaseVersion.id)
        .order_by(shown.c.tier, shown.c.published_at.desc(), shown.c.version_id.desc())
    ).all()
    tags = _top_tags(session, chosen, locale, is_filtered=_is_filtered(search))
    return Found(versions, total, page, counts, tags)


def _is_filtered(search: Search) -> bool:
    return bool(search.text.strip() or search.tag or any(search.facets().values()))


def index(session: Session, versions: Sequence[CaseVersion]) -> None:
    """Make these published versions findable, in place of earlier ones of the same cases."""
    if not versions:
        return
    session.flush()
    old = select(_entry.c.version_id).where(_entry.c.case_id.in_([v.case_id for v in versions]))
    replaced = session.scalars(old).all()
    session.execute(sa.delete(_tag).where(_tag.c.version_id.in_(replaced)))
    session.execute(sa.delete(_entry).where(_entry.c.version_id.in_(replaced)))
    session.execute(sa.insert(_entry), [_entry_row(v) for v in versions])
    tags = [row for v in versions for row in _tag_rows(v)]
    if tags:
        session.execute(sa.insert(_tag), tags)
    if _is_sqlite(session):
        # Words of superseded versions stay in the contentless table; without an entry they are
        # never found, and taking them out would need the very same words again.
        statement = "INSERT INTO case_search (rowid, title, tags, body) VALUES (:id, :a, :b, :c)"
        session.execute(
            sa.text(statement),
            [
                {"id": v.id, **{k: " ".join(w) for k, w in zip("abc", _words(v), strict=True)}}
                for v in versions
            ],
        )
        return
    session.execute(
        sa.text("DELETE FROM case_search WHERE version_id = ANY(:ids)"), {"ids": list(replaced)}
    )
    statement = (
        "INSERT INTO case_search (version_id, title, head, document) VALUES (:id, "
        "array_to_tsvector(:a), array_to_tsvector(:ab), array_to_tsvector(:abc))"
    )
    rows = []
    for version in versions:
        title, tags_words, body = _words(version)
        head = sorted({*title, *tags_words})
        rows.append({"id": version.id, "a": title, "ab": head, "abc": sorted({*head, *body})})
    session.execute(sa.text(statement), rows)


def forget(session: Session, case_ids: Sequence[int]) -> None:
    """Let these cases not be found any more, until a version of theirs is indexed again."""
    gone = session.scalars(select(_entry.c.version_id).where(_entry.c.case_id.in_(case_ids))).all()
    session.execute(sa.delete(_tag).where(_tag.c.version_id.in_(gone)))
    session.execute(sa.delete(_entry).where(_entry.c.version_id.in_(gone)))
    if not _is_sqlite(session):  # there the words stay, and without an entry are never found
        statement = sa.text("DELETE FROM case_search WHERE version_id = ANY(:ids)")
        session.execute(statement, {"ids": list(gone)})


# The virtual table and those behind it, which only its own command may empty.
SQLITE_OWN = frozenset(
    f"case_search{part}" for part in ("", "_config", "_content", "_data", "_docsize", "_idx")
)


def forget_all(session: Session) -> None:
    """On SQLite: empty the full-text table, which holds the words of old versions as well."""
    session.execute(sa.text("INSERT INTO case_search (case_search) VALUES ('delete-all')"))


def _words(version: CaseVersion) -> tuple[list[str], list[str], list[str]]:
    """Words of the title, of tags and category, and of all the rest."""
    tags = [*version.tags.get("zh", ()), *version.tags.get("en", ())]
    lines = [*version.dialogue, *version.handling]
    body = [
        *_both(version.scenario, version.result, version.lessons),
        *(str(line.get(side, "")) for line in lines for side in ("zh", "en")),
    ]
    return (
        index_words(_both(version.title)),
        index_words([*tags, *_both(version.category)]),
        index_words(body),
    )


def _both(*texts: Localized) -> list[str]:
    return [side for text in texts for side in (text.zh, text.en)]


def _entry_row(version: CaseVersion) -> dict[str, Any]:
    names = ("case_id", *FACETS, "published_at")
    facets = " ".join(str(getattr(version, name)) for name in FACETS)
    row = {name: getattr(version, name) for name in names}
    return {"version_id": version.id, "facets": facets, **row}


def _tag_rows(version: CaseVersion) -> list[dict[str, Any]]:
    return [
        {"version_id": version.id, "locale": side, "tag": tag[:64]}
        for side in ("zh", "en")
        for tag in dict.fromkeys(version.tags.get(side, ()))
    ]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _matching(session: Session, words: Sequence[Word], tag: str) -> Select[Any]:
    found = select(_entry.c.version_id)
    if words:
        found = found.where(_match(session, words, "document", "title tags body"))
    if tag:
        found = found.where(
            _entry.c.version_id.in_(select(_tag.c.version_id).where(_tag.c.tag == tag))
        )
    return found


def _match(
    session: Session, words: Sequence[Word], document: str, columns: str
) -> sa.ColumnElement[bool]:
    # Words hold letters and digits only, so that inside quotes nothing in them is syntax.
    if _is_sqlite(session):
        parts = ("(" + " OR ".join(f'"{f}"{"*" * w.prefix}' for f in w.forms) + ")" for w in words)
        query = f"{{{columns}}} : ({' AND '.join(parts)})"
        inner = sa.text("SELECT rowid FROM case_search WHERE case_search MATCH :query")
        found = inner.bindparams(sa.bindparam("query", query, unique=True))
        return _entry.c.version_id.in_(found.columns(sa.column("rowid", sa.Integer)))
    parts = ("(" + " | ".join(f"'{f}'{':*' * w.prefix}" for f in w.forms) + ")" for w in words)
    inner = sa.text(
        f"SELECT version_id FROM case_search WHERE {document} @@ CAST(:query AS tsquery)"
    )
    found = inner.bindparams(sa.bindparam("query", " & ".join(parts), unique=True))
    return _entry.c.version_id.in_(found.columns(sa.column("version_id", sa.Integer)))


def _tier(session: Session, words: Sequence[Word]) -> sa.ColumnElement[int]:
    if not words:
        return sa.literal(0)
    in_title = _match(session, words, "title", "title")
    in_head = _match(session, words, "head", "title tags")
    return case((in_title, 0), (in_head, 1), else_=2)


def _facet_conditions(chosen: dict[str, str], without: str = "") -> list[sa.ColumnElement[bool]]:
    return [
        sa.cast(_entry.c[name], sa.String) == value
        for name, value in chosen.items()
        if value and name != without
    ]


def _counts(
    session: Session, matching: Select[Any], search: Search
) -> tuple[dict[str, dict[str, int]], int]:
    """One grouped query; few groups come back, and each facet's counts are added up from them."""
    grouped = matching.with_only_columns(_entry.c.facets, func.count()).group_by(_entry.c.facets)
    chosen, total = search.facets(), 0
    counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    for facets, count in session.execute(grouped):
        row = dict(zip(FACETS, facets.split(), strict=True))
        missed = [name for name, value in chosen.items() if value and row[name] != value]
        total += 0 if missed else count
        for name in FACETS:
            if not missed or missed == [name]:
                counts[name][row[name]] = counts[name].get(row[name], 0) + count
    return counts, total


def _top_tags(
    session: Session, chosen: Select[Any], locale: str, *, is_filtered: bool
) -> list[tuple[str, int]]:
    """The commonest tags; among many results, those of the first few thousand."""
    how_many = func.count().label("how_many")
    top = select(_tag.c.tag, how_many).where(_tag.c.locale == locale).group_by(_tag.c.tag)
    if is_filtered:
        few = chosen.limit(TAGS_COUNTED)
        # coalesce keeps SQLite from walking the index of all tags instead of the few results'.
        in_locale = func.coalesce(_tag.c.locale, "") == locale
        top = select(_tag.c.tag, how_many).where(in_locale, _tag.c.version_id.in_(few))
        top = top.group_by(_tag.c.tag)
    ordered = top.order_by(how_many.desc(), _tag.c.tag).limit(TAGS_SHOWN)
    return [(tag, count) for tag, count in session.execute(ordered)]


__all__ = ["FACETS", "MAX_QUERY", "PAGE_SIZE", "Found", "Search", "find", "index"]
