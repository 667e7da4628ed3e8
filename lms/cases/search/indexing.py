"""Writing the index: a published version in place of the one before, or all of them anew."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, starmap
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select

from lms.cases.models import CaseState, CaseVersion
from lms.cases.search import engines, places
from lms.cases.search.describing import Raw, counted, described, described_batches, raw_columns
from lms.cases.search.engines import entry, total
from lms.cases.search.moving import steps_used
from lms.db import Session

# The virtual table and those behind it, which only its own command may empty.
SQLITE_OWN = frozenset(
    f"case_search{part}" for part in ("", "_config", "_content", "_data", "_docsize", "_idx")
)
_BATCH = 1000
Progress = Callable[[int], None]  # so many more are done


def index(session: Session, versions: Sequence[CaseVersion]) -> None:
    """Make these published versions findable, in place of earlier ones of the same cases."""
    if not versions:
        return
    session.flush()
    case_ids = [version.case_id for version in versions]
    steps = places.steps_kept(session, case_ids)
    forget(session, case_ids)
    found = described(versions)
    _place(found.rows, steps, places.next_numbers(session, len(versions)))
    engines.write(session, found.rows)
    engines.add_words(session, found.words)
    _count(session, found.totals)


def forget(session: Session, case_ids: Sequence[int]) -> None:
    """Let these cases not be found any more, until a version of theirs is indexed again."""
    old = session.execute(
        sa.delete(entry)
        .where(entry.c.case_id.in_(case_ids))
        .returning(entry.c.facets, entry.c.tags_zh, entry.c.tags_en)
    ).all()
    _count(session, {key: -n for key, n in Counter(chain(*starmap(counted, old))).items()})


def forget_all(session: Session) -> None:
    """On SQLite: empty the full-text table, which holds the tokens of old places as well."""
    session.execute(sa.text("INSERT INTO case_search (case_search) VALUES ('delete-all')"))


def rebuild(session: Session, now: datetime, progress: Progress = lambda more: None) -> int:
    """The whole index anew, from what is published; returns how many cases are in it.

    Nobody else can write to SQLite, or search PostgreSQL, until the transaction ends.
    """
    engines.begin_anew(session)
    for table in (entry, total, engines.word):
        session.execute(sa.delete(table))
    count = count_published(session)
    steps = steps_used(session, now) if count else {}
    number = places.next_numbers(session, count)
    words: set[str] = set()
    totals: Counter[tuple[str, str]] = Counter()
    for found in described_batches(_batches(session), count):
        _place(found.rows, steps, number)
        engines.write(session, found.rows)
        number += len(found.rows)
        words |= found.words
        totals.update(found.totals)
        progress(len(found.rows))
    engines.add_words(session, words)
    _count(session, totals)
    engines.finish(session)
    return count


def count_published(session: Session) -> int:
    published = CaseVersion.state == CaseState.PUBLISHED
    return session.scalar(select(func.count(CaseVersion.id)).where(published)) or 0


def complete(session: Session, now: datetime) -> int:
    """Index what is published, if nothing is indexed yet: after an upgrade that began it anew."""
    if session.scalar(select(entry.c.place).limit(1)) is not None:
        return 0
    return rebuild(session, now)


def _batches(session: Session) -> Iterator[Sequence[Raw]]:
    """The published versions, the oldest first: places go up with time."""
    order = (CaseVersion.published_at, CaseVersion.id)
    ids = session.scalars(
        select(CaseVersion.id).where(CaseVersion.state == CaseState.PUBLISHED).order_by(*order)
    ).all()
    for start in range(0, len(ids), _BATCH):
        wanted = select(*raw_columns()).where(CaseVersion.id.in_(ids[start : start + _BATCH]))
        yield [tuple(row) for row in session.connection().execute(wanted.order_by(*order))]


def _place(rows: Iterable[dict[str, Any]], steps: Mapping[int, int], first: int) -> None:
    for number, row in enumerate(rows, first):
        row["place"] = places.place(steps.get(row["case_id"], 0), number)


def _count(session: Session, totals: Mapping[tuple[str, str], int]) -> None:
    """Add to the totals that are shown while nothing is typed."""
    given = [{"kind": kind, "key": key, "cases": n} for (kind, key), n in sorted(totals.items())]
    if given:
        session.execute(sa.text(places.ADD), given)
