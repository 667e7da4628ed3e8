"""A run with its ratings, as its pages show it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms import audit
from lms.audit import Actor
from lms.cases.models import DrillRun, Rating, RunState
from lms.db import Session
from lms.errors import Conflict, NotFound


def full_run(session: Session, run_id: int) -> DrillRun:
    """The run with all that its pages show, in two queries more."""
    found = session.scalar(
        select(DrillRun)
        .where(DrillRun.id == run_id)
        .options(
            joinedload(DrillRun.drill),
            joinedload(DrillRun.rubric),
            joinedload(DrillRun.person),
            selectinload(DrillRun.messages),
            selectinload(DrillRun.ratings).joinedload(Rating.rater),
        )
    )
    if found is None:
        raise NotFound("There is no such run.")
    return found


def current(session: Session, run_id: int) -> list[Rating]:
    found = select(Rating).where(Rating.run_id == run_id, Rating.superseded_at.is_(None))
    return list(session.scalars(found.order_by(Rating.id)))


def has_rated(session: Session, run_id: int, rater_id: int | None) -> bool:
    """Whether they ever did, be it superseded."""
    wanted = select(Rating.id).where(Rating.run_id == run_id, Rating.rater_id == rater_id)
    return session.scalar(wanted.limit(1)) is not None


def standing_of(run: DrillRun, rater_id: int) -> Rating | None:
    """The rater's own rating that stands, of a run whose ratings are loaded."""
    return next(
        (r for r in run.ratings if r.rater_id == rater_id and r.superseded_at is None), None
    )


def is_latest(session: Session, run: DrillRun) -> bool:
    """Whether the learner has not begun the run's step anew since."""
    later = select(DrillRun.id).where(
        DrillRun.enrolment_id == run.enrolment_id,
        DrillRun.step_id == run.step_id,
        DrillRun.id > run.id,
    )
    return session.scalar(later.limit(1)) is None


def decisive_of(standing: Sequence[Rating]) -> Sequence[Rating]:
    """Of the ratings that stand, those that make the score: a decision goes before all others."""
    return [r for r in standing if r.is_adjudication] or standing


def counted(rating: Rating) -> int:
    """What a rating is worth: nothing with a critical error."""
    return 0 if rating.critical else rating.score


class Outcome(NamedTuple):
    """How the final score came about: the ratings that make it, and those that did not.

    `apart`: hundredths of a point between the highest and the lowest of those before a decision.
    """

    decisive: Sequence[Rating] = ()
    others: Sequence[Rating] = ()
    earlier: Sequence[Rating] = ()

    @property
    def apart(self) -> int:
        scores = [counted(r) for r in self.others]
        return max(scores) - min(scores) if scores else 0


def outcome(run: DrillRun) -> Outcome:
    """Of a run whose ratings are loaded; `earlier` are the superseded ones."""
    standing = [r for r in run.ratings if r.superseded_at is None]
    decisive = decisive_of(standing)
    return Outcome(
        decisive,
        [r for r in standing if r not in decisive],
        [r for r in run.ratings if r.superseded_at is not None],
    )


def notes_by_line(
    said: Iterable[tuple[str, Sequence[Mapping[str, Any]]]],
) -> dict[int, list[tuple[str, str]]]:
    """By the line's `seq` what is said about it and by whom: `said` are raters with their lines."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for who, lines in said:
        for note in lines:
            found[note["seq"]].append((who, note["text"]))
    return found


def acknowledge(session: Session, run_id: int, person_id: int, *, now: datetime) -> None:
    """The learner has read their score; saying so twice is saying it once."""
    run = session.scalar(
        select(DrillRun).where(DrillRun.id == run_id, DrillRun.person_id == person_id)
    )
    if run is None:
        raise NotFound("There is no such run.")
    if run.state != RunState.SCORED:
        raise Conflict("There is no final score yet.")
    if run.acknowledged_at is None:
        run.acknowledged_at = now
        audit.record(
            session,
            Actor(person_id),
            "drill.acknowledge",
            ("drill_run", run.id),
            now=now,
            score=run.score,
        )
