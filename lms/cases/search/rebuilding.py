"""The whole index anew, a segment at a time, while cases are found and published.

Each published case goes from where it stands to a new place, the newest first: at every moment the
index has each of them once, in the right order. What takes long is done before the turn to write is
taken.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from lms.bulk import nothing_collected
from lms.cases.models import CaseState, CaseVersion
from lms.cases.search import engines, places, segments, writing
from lms.cases.search.describing import (
    Described,
    Raw,
    described,
    described_batches,
    raw_columns,
)  # fmt: skip
from lms.cases.search.engines import entry, total
from lms.cases.search.indexing import count_published
from lms.cases.search.moving import steps_used
from lms.db import Session
from lms.errors import Conflict
from lms.jobs import only_reading

Progress = Callable[[int], None]  # so many more are done
_At = Sequence[tuple[int, int]]  # places and ids of versions, by place
_UNFINISHED = "rebuild"  # the kind of the row that says whose turn it is


def rebuild(session: Session, now: datetime, progress: Progress = lambda more: None) -> int:
    """Returns how many cases are in it. Commits, time and again.

    Conflict if somebody else begins with the same meanwhile.
    """
    turn = secrets.token_hex(8)
    numbers = _begin(session, turn)
    at = _places(session, numbers, now)
    starts = range(0, len(at), segments.MOST_CASES)
    batches = [at[start : start + segments.MOST_CASES] for start in reversed(starts)]
    words = set[str]()
    every = described_batches((_rows(session, batch) for batch in batches), len(at))
    for batch, found in zip(batches, every, strict=True):
        made = segments.put(session, found.pages, found.rows)
        engines.add_words(session, found.words - words)
        session.commit()
        _replace(session, turn, made, batch, found)
        session.commit()
        words |= found.words
        progress(len(batch))
    _in_turn(session, turn)
    _leave_out_others(session, numbers.start)
    _words_of(session, words, numbers.stop)
    _count_all(session)
    session.commit()
    return len(at)


def complete(session: Session, now: datetime) -> int:
    """Index what is published, if nothing is indexed, or not to the end: after an upgrade that
    began it anew."""
    unfinished = select(total.c.key).where(total.c.kind == _UNFINISHED)
    is_there = session.scalar(select(entry.c.place).limit(1)) is not None
    if is_there and session.scalar(unfinished) is None:
        return 0
    return rebuild(session, now)


def _begin(session: Session, turn: str) -> range:
    """The numbers of the places. What is published from now on has higher ones."""
    places.stand_in_line(session)
    session.execute(sa.delete(total).where(total.c.kind == _UNFINISHED))
    session.execute(sa.insert(total).values(kind=_UNFINISHED, key=turn, cases=0))
    segments.remove_unlisted(session)
    count = count_published(session)
    first = places.next_numbers(session, count)
    session.commit()
    return range(first, first + count)


def _in_turn(session: Session, turn: str) -> None:
    places.stand_in_line(session)
    if session.scalar(select(total.c.key).where(total.c.kind == _UNFINISHED)) != turn:
        raise Conflict("Somebody else has begun to make the index anew.")


def _places(session: Session, numbers: range, now: datetime) -> list[tuple[int, int]]:
    """The place and id of each version that was published before, going up: with use, then with
    time."""
    is_new = entry.c.place % places.NUMBERS >= numbers.stop
    with only_reading(session), nothing_collected():
        found = session.execute(
            select(CaseVersion.id, CaseVersion.case_id)
            .outerjoin(entry, entry.c.version_id == CaseVersion.id)
            .where(CaseVersion.state == CaseState.PUBLISHED, is_new.is_not(True))
            .order_by(CaseVersion.published_at, CaseVersion.id)
        ).all()
        steps = steps_used(session, now) if found else {}
    return sorted(
        (places.place(steps.get(case_id, 0), number), version_id)
        for number, (version_id, case_id) in zip(numbers, found, strict=False)
    )


def _rows(session: Session, batch: _At) -> Sequence[Raw]:
    """In the order of the batch."""
    ids = [version_id for _, version_id in batch]
    wanted = select(*raw_columns()).where(CaseVersion.id.in_(ids))
    with only_reading(session):
        by_id = {row[0]: tuple(row) for row in session.connection().execute(wanted)}
    return [by_id[version_id] for version_id in ids]


def _replace(session: Session, turn: str, made: int, batch: _At, found: Described) -> None:
    """What is not published any more when the turn has come is dead from the start."""
    _in_turn(session, turn)
    ids = [version_id for _, version_id in batch]
    is_published = CaseVersion.id.in_(ids), CaseVersion.state == CaseState.PUBLISHED
    living = set(session.scalars(select(CaseVersion.id).where(*is_published)))
    rows, dead = list[dict[str, Any]](), 0
    for number, (row, (place, version_id)) in enumerate(zip(found.rows, batch, strict=True)):
        if version_id in living:
            rows.append(row | {"place": place})
        else:
            dead |= 1 << number
    cases = [row["case_id"] for row in rows]
    old = sa.delete(entry).where(entry.c.case_id.in_(cases)).returning(entry.c.place)
    segments.bury(session, session.scalars(old).all())
    if rows:
        engines.write(session, rows)
        segments.enlist(session, made, [place for place, _ in batch], dead)


def _leave_out_others(session: Session, first: int) -> None:
    """Entries and segments from before that hold nothing which is published."""
    stale = entry.c.place % places.NUMBERS < first
    writing.forget(session, session.scalars(select(entry.c.case_id).where(stale)).all())
    empty = [
        one.id
        for one in segments.listed(session)
        if all(place % places.NUMBERS < first for _, place in segments.living(one))
    ]
    segments.remove(session, empty)


def _words_of(session: Session, words: set[str], after: int) -> None:
    """Let no others be in the list, but for those of what was published meanwhile."""
    new = select(entry.c.version_id).where(entry.c.place % places.NUMBERS >= after)
    published = session.scalars(select(CaseVersion).where(CaseVersion.id.in_(new))).all()
    stale = set(session.scalars(select(engines.word.c.word))) - words - described(published).words
    if stale:
        gone = sa.delete(engines.word).where(engines.word.c.word == sa.bindparam("gone"))
        session.execute(gone, [{"gone": one} for one in sorted(stale)])


def _count_all(session: Session) -> None:
    """The totals, from the entries."""
    session.execute(sa.delete(total).where(total.c.kind.not_in(places.KINDS)))
    wanted = select(entry.c.facets, entry.c.tags_zh, entry.c.tags_en)
    with nothing_collected():
        texts = list(zip(*session.connection().execute(wanted), strict=True))
    # By line: as `counted` has them, without a look at each entry.
    every = {
        (kind, key): cases
        for kind, lines in zip(("facets", "tag_zh", "tag_en"), texts, strict=False)
        for key, cases in Counter("\n".join(lines).split("\n")).items()
        if key
    }
    writing.count(session, every)
