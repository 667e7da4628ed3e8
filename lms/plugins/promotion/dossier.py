"""Everything a verdict about one person rests on; the same for HR and for the person."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from lms.plugins.api import Person, Session, local_date, zone
from lms.plugins.promotion import board, evidence, nominations, verdicts
from lms.plugins.promotion.evidence import MonthEvidence
from lms.plugins.promotion.models import PENDING, Nomination
from lms.plugins.promotion.nearest import Window, nearest
from lms.plugins.promotion.policy import FIRST, Track, asks_for_streak, track_from
from lms.plugins.promotion.verdicts import Check, PersonVerdict, Verdict


class Dossier(NamedTuple):
    """`verdict` is None for somebody who had left; `months` are the closed ones, newest first."""

    check: Check
    years: Sequence[int]
    verdict: PersonVerdict | None
    months: Sequence[MonthEvidence]
    miss: Window | None
    nominations: Sequence[Nomination]

    @property
    def waiting(self) -> Nomination | None:
        """The nomination under way, decided or not."""
        return next((n for n in self.nominations if n.state in PENDING), None)

    @property
    def probation(self) -> Nomination | None:
        """The promotion whose probation lasts still."""
        on_trial = (n for n in self.nominations if n.probation and n.probation.outcome is None)
        return next(on_trial, None)

    def in_run(self, month: MonthEvidence) -> bool:
        """Whether the month is part of a window that qualifies."""
        length, at = self.check.policy["months"], month.closed.month.index
        runs = self.verdict.runs if self.verdict else ()
        return any(run.index <= at < run.index + length for run in runs)

    def in_miss(self, month: MonthEvidence) -> bool:
        return bool(self.miss and self.miss.first <= month.closed.month <= self.miss.last)


def dossier(
    session: Session, person: Person, year: int | None, now: datetime, track: Track | None = None
) -> Dossier:
    """Of `year`, or of the present one; years without closed months are not known.

    Along the track from the person's level, unless another is asked for.
    """
    track = track or track_from(person.level) or FIRST
    today = local_date(now, zone())
    years = verdicts.known_years(session, today.year)
    wanted = year if year in years else years[0]
    check = verdicts.check(
        session, wanted, today=today, now=now, scope=Person.id == person.id, track=track
    )
    verdict = next(iter(check.rows), None)
    months = evidence.of_people(
        session, [person.id], board.closed(session, check, with_needed=True)
    )[person.id]
    is_short = verdict is not None and verdict.verdict == Verdict.NOT_YET and not verdict.runs
    is_short = is_short and asks_for_streak(check.policy)
    miss = nearest(months, check.policy["months"]) if is_short else None
    past = nominations.of_person(session, person.id)
    return Dossier(check, years, verdict, months[::-1], miss, past)
