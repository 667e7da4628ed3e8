"""Writing the index: a published version in place of the one before, or all of them anew."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import func, select

from lms.cases.models import CaseState, CaseVersion
from lms.cases.search import engines, places, segments, writing
from lms.cases.search.describing import Raw, described_batches, raw_columns
from lms.cases.search.engines import entry, total
from lms.cases.search.moving import steps_used
from lms.db import Session

Progress = Callable[[int], None]  # so many more are done


def index(session: Session, versions: Sequence[CaseVersion]) -> None:
    """Make these published versions findable, in place of earlier ones of the same cases."""
    if not versions:
        return
    session.flush()
    case_ids = [version.case_id for version in versions]
    first = places.next_numbers(session, len(versions))
    steps = places.steps_kept(session, case_ids)
    writing.forget(session, case_ids)
    placed = [
        (places.place(steps.get(version.case_id, 0), number), version)
        for number, version in enumerate(versions, first)
    ]
    writing.add(session, placed)
    segments.tidy(session)


def rebuild(session: Session, now: datetime, progress: Progress = lambda more: None) -> int:
    """The whole index anew, from what is published; returns how many cases are in it.

    Nobody else can write to SQLite until the transaction ends.
    """
    # First: what is being published meanwhile would be deleted unseen, and indexed twice.
    places.stand_in_line(session)
    for table in (entry, engines.word):
        session.execute(sa.delete(table))
    session.execute(sa.delete(total).where(total.c.kind.not_in(places.KINDS)))
    segments.clear(session)
    at = _places(session, now)
    words: set[str] = set()
    totals: Counter[tuple[str, str]] = Counter()
    starts = range(0, len(at), segments.MOST_CASES)
    batches = [at[start : start + segments.MOST_CASES] for start in starts]
    rows = (_rows(session, [version_id for _, version_id in batch]) for batch in batches)
    for batch, found in zip(batches, described_batches(rows, len(at)), strict=True):
        writing.write(session, found, [place for place, _ in batch])
        words |= found.words
        totals.update(found.totals)
        progress(len(found.rows))
    engines.add_words(session, words)
    writing.count(session, totals)
    return len(at)


def count_published(session: Session) -> int:
    published = CaseVersion.state == CaseState.PUBLISHED
    return session.scalar(select(func.count(CaseVersion.id)).where(published)) or 0


def complete(session: Session, now: datetime) -> int:
    """Index what is published, if nothing is indexed yet: after an upgrade that began it anew."""
    if session.scalar(select(entry.c.place).limit(1)) is not None:
        return 0
    return rebuild(session, now)


def _places(session: Session, now: datetime) -> list[tuple[int, int]]:
    """The place and id of each published version, going up: with use, then with time."""
    found = session.execute(
        select(CaseVersion.id, CaseVersion.case_id)
        .where(CaseVersion.state == CaseState.PUBLISHED)
        .order_by(CaseVersion.published_at, CaseVersion.id)
    ).all()
    steps = steps_used(session, now) if found else {}
    first = places.next_numbers(session, len(found))
    return sorted(
        (places.place(steps.get(case_id, 0), number), version_id)
        for number, (version_id, case_id) in enumerate(found, first)
    )


def _rows(session: Session, version_ids: Sequence[int]) -> Sequence[Raw]:
    """In the order of the ids."""
    wanted = select(*raw_columns()).where(CaseVersion.id.in_(version_ids))
    by_id = {row[0]: tuple(row) for row in session.connection().execute(wanted)}
    return [by_id[version_id] for version_id in version_ids]
