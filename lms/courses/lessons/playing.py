"""Films and recordings: where one stopped, and that a first view skips nothing.

The player reports where it is, and the server believes it as far as time allows: what has been
seen grows no faster than 1.1 times the time that passed since the last report. A little credit is
there at the start, for reports that come late; no more than a minute of it adds up, so that an
open page is no way to the end of a film.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.courses import services
from lms.courses.lessons.models import MediaPosition
from lms.courses.models import EnrolmentStatus, StepState
from lms.db import Session
from lms.errors import NotFound
from lms.plugins.types import StepContext
from lms.uploads.lengths import is_playable

PACE = 1.1
FIRST_CREDIT = 5_000
MOST_CREDIT = 60_000
# A player's last report, and its idea of the length, may be off by so much.
_END = 2_000


@dataclass(frozen=True)
class Position:
    """Milliseconds; `watched`: seen to the end, which only a file of known length can be."""

    position: int
    furthest: int
    watched: bool


def positions(session: Session, context: StepContext) -> dict[str, Position]:
    """By name, of the files that were begun; no query where there is nothing to play."""
    media = context.config.get("media") or {}
    if not any(is_playable(found["kind"]) for found in media.values()):
        return {}
    rows = session.scalars(
        select(MediaPosition).where(
            MediaPosition.enrolment_id == context.enrolment_id,
            MediaPosition.step_id == context.step_id,
        )
    )
    return {row.name: _seen(row, media[row.name]) for row in rows if row.name in media}


def _seen(row: MediaPosition, found: Mapping[str, Any]) -> Position:
    length = found.get("ms")
    is_watched = length is not None and row.furthest >= length - min(_END, length // 10)
    return Position(row.position, row.furthest, is_watched)


def report(session: Session, context: StepContext, name: str, at: int) -> Position:
    """The player is at `at` (milliseconds); returns what the server believes. A step that is done
    or a course that has ended keeps what it had."""
    found = (context.config.get("media") or {}).get(name)
    if found is None or not is_playable(found["kind"]):
        raise NotFound("This file does not exist.")
    enrolment, progress = services.held(session, context.enrolment_id, context.step_id)
    key = {"enrolment_id": context.enrolment_id, "step_id": context.step_id, "name": name}
    row = session.scalar(select(MediaPosition).filter_by(**key))
    is_done = progress is not None and progress.state == StepState.COMPLETED
    if is_done or enrolment.status != EnrolmentStatus.ACTIVE:
        return _seen(row, found) if row else Position(0, 0, False)
    if row is None:
        row = MediaPosition(
            **key, position=0, furthest=0, credit=FIRST_CREDIT, reported_at=context.now
        )
        session.add(row)
    _advance(row, at, found.get("ms"), context.now)
    if progress is None:
        services.set_step_state(
            session, context.enrolment_id, context.step_id, StepState.STARTED, now=context.now
        )
    session.flush()
    return _seen(row, found)


def _advance(row: MediaPosition, at: int, length: int | None, now: datetime) -> None:
    at = max(0, at if length is None else min(at, length))
    # A clock that went back gives nothing, and takes nothing away.
    passed = max(0.0, (now - row.reported_at).total_seconds() * 1000)
    credit = min(MOST_CREDIT, row.credit + int(passed * PACE))
    gain = min(max(0, at - row.furthest), credit)
    row.furthest += gain
    row.credit = credit - gain
    row.position = min(at, row.furthest)
    row.reported_at = max(row.reported_at, now)


def must_watch(config: Mapping[str, Any], seen: Mapping[str, Position]) -> bool:
    """Whether the lesson asks to be watched first, and was not: all that is to be played in the
    text of one language counts, whichever language that is."""
    if config.get("watch") != "required":
        return False
    return not any(
        all(name in seen and seen[name].watched for name in names)
        for names in to_play(config).values()
        if names
    )


def to_play(config: Mapping[str, Any]) -> dict[str, list[str]]:
    """The films and recordings in the text of each language, by name."""
    from lms.courses.markdown import files_in

    media = config.get("media") or {}
    return {
        language: [name for name in files_in(text) if is_playable(media[name]["kind"])]
        for language, text in config["body"].items()
    }
