"""A few numbers by which cases with common wording find each other, however many cases there are.

Of the story (title and scenario) and of the dialogue, in each language, all runs of four characters
(Chinese) or three words are hashed, and the smallest few hashes kept: two texts that share many
runs share some of their smallest hashes too (bottom-k sketch). Looking those up in an index costs
the same for a hundred cases and for a hundred thousand, and is the same on every database.
"""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Any

from sqlalchemy import delete, insert, select

from lms.cases.content import CaseContent
from lms.cases.duplicates.models import CaseFingerprint
from lms.cases.models import CaseState, CaseVersion
from lms.cases.words import units
from lms.db import Session
from lms.jobs import Job, enqueue

SIDES = ("zh", "en")
KEPT = 8  # of each of the four texts
_RUN = {True: 4, False: 3}  # characters of Chinese, words of other languages
_NO_WORDS = -1
# A tenth of a second of work every other second: people are served by the same process meanwhile.
_AT_ONCE, _PAUSE = 100, timedelta(seconds=2)


def story(case: CaseContent | CaseVersion, side: str) -> str:
    return f"{getattr(case.title, side)}\n{getattr(case.scenario, side)}"


def talk(case: CaseContent | CaseVersion, side: str) -> str:
    lines = (
        line[side] if isinstance(line, dict) else getattr(line, side) for line in case.dialogue
    )
    return "\n".join(lines)


def marks(case: CaseContent | CaseVersion) -> list[int]:
    """What is looked up for this case, each once."""
    found: set[int] = set()
    for side in SIDES:
        for text in (story(case, side), talk(case, side)):
            found.update(nsmallest(KEPT, {*_hashes(units(text), _RUN[side == "zh"])}))
    return sorted(found)


def _hashes(words: Sequence[str], length: int) -> Iterable[int]:
    for at in range(len(words) - length + 1):
        run = " ".join(words[at : at + length])
        yield zlib.crc32(run.encode()) >> 1  # fits the databases' plain integer


def store(session: Session, versions: Iterable[CaseVersion]) -> None:
    """Let these published versions be found, in place of earlier ones of the same cases."""
    versions = list(versions)
    forget(session, [version.case_id for version in versions])
    rows = [
        {"mark": mark, "version_id": version.id}
        for version in versions
        for mark in marks(version) or [_NO_WORDS]
    ]
    if rows:
        session.execute(insert(CaseFingerprint), rows)


def forget(session: Session, case_ids: Sequence[int]) -> None:
    of_cases = select(CaseVersion.id).where(CaseVersion.case_id.in_(case_ids))
    session.execute(delete(CaseFingerprint).where(CaseFingerprint.version_id.in_(of_cases)))


def catch_up(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """For versions that came by other ways than publishing one: a site upgraded, or cases brought
    into the tables by the thousand."""
    known = select(CaseFingerprint.version_id).where(CaseFingerprint.version_id == CaseVersion.id)
    lacking = (
        select(CaseVersion)
        .where(CaseVersion.state == CaseState.PUBLISHED, ~known.exists())
        .order_by(CaseVersion.id)
        .limit(_AT_ONCE)
    )
    found = session.scalars(lacking).all()
    store(session, found)
    if len(found) == _AT_ONCE:
        enqueue(session, CATCH_UP.name, {}, due_at=now + _PAUSE)


CATCH_UP = Job("cases.fingerprints", catch_up, every=timedelta(hours=1))
