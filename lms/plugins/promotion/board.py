"""The board: everybody's verdict, and month by month what is there of those on the page."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement

from lms.plugins.api import CriterionState, Month, Session, local_date, pick, zone
from lms.plugins.promotion import evidence, nominations, streaks, verdicts
from lms.plugins.promotion.evidence import ClosedMonth, MonthEvidence
from lms.plugins.promotion.nearest import Window, nearest
from lms.plugins.promotion.policy import FIRST, Track, asks_for_streak
from lms.plugins.promotion.verdicts import Check, PersonVerdict, Verdict

NOMINATED = "nominated"  # asked for like a verdict
EXPORT = ("staff_no", "name", "team", "level", "verdict", "runs", "criteria", "nearest_miss")


class Board(NamedTuple):
    """`rows` are those asked for; `counts` (by verdict) and `nominated` are of all in scope."""

    check: Check
    years: Sequence[int]
    rows: Sequence[PersonVerdict]
    counts: Mapping[str, int]
    nominated: set[int]

    @property
    def year(self) -> int:
        return self.check.year

    @property
    def months(self) -> list[Month]:
        """None where the track asks for no run of months."""
        if not asks_for_streak(self.check.policy):
            return []
        period = self.check.period
        return [Month(i) for i in range(period.first.index, period.last.index + 1)]


class Details(NamedTuple):
    """By person: their months, and the nearest miss of those not yet eligible."""

    months: Mapping[int, Mapping[Month, MonthEvidence]]
    misses: Mapping[int, Window | None]


def board(
    session: Session,
    year: int | None,
    *,
    text: str,
    verdict: str,
    scope: ColumnElement[bool],
    now: datetime,
    track: Track = FIRST,
) -> Board:
    today = local_date(now, zone())
    years = verdicts.known_years(session, today.year)
    wanted = year if year in years else years[0]
    check = verdicts.check(session, wanted, today=today, now=now, scope=scope, track=track)
    nominated = nominations.waiting(session) & {row.person_id for row in check.rows}
    counts = Counter(row.verdict.value for row in check.rows)
    counts[NOMINATED] = len(nominated)
    like = text.strip().lower()
    rows = [
        row
        for row in check.rows
        if (verdict in ("", row.verdict) or (verdict == NOMINATED and row.person_id in nominated))
        and (like in row.staff_no.lower() or like in row.name.lower() or like in row.team.lower())
    ]
    return Board(check, years, rows, counts, nominated)


def details(session: Session, found: Board, rows: Sequence[PersonVerdict]) -> Details:
    ids = [row.person_id for row in rows if row.verdict != Verdict.NOT_APPLICABLE]
    months = closed(session, found.check)
    people = evidence.of_people(session, ids, months)
    length = found.check.policy["months"]
    return Details(
        {i: {m.closed.month: m for m in entries} for i, entries in people.items()},
        {
            row.person_id: nearest(people[row.person_id], length)
            for row in rows
            if row.verdict == Verdict.NOT_YET and asks_for_streak(found.check.policy)
        },
    )


def closed(session: Session, check: Check, *, with_needed: bool = False) -> list[ClosedMonth]:
    return evidence.closed_months(
        session, streaks.within(check.period), check.policy["top_share"], with_needed=with_needed
    )


def export(session: Session, found: Board) -> Iterator[list[str]]:
    """Rows of `EXPORT`, the words in the reader's language."""
    misses = details(session, found, found.rows).misses
    for row in found.rows:
        miss = misses.get(row.person_id)
        yield [
            row.staff_no,
            row.name,
            row.team,
            row.level,
            row.verdict.value,
            " ".join(map(str, row.runs)),
            "; ".join(f"{pick(c.label)}: {c.state.value}" for c in row.criteria),
            "; ".join(
                ([pick(miss.text)] if miss and miss.changes else [])
                + [pick(c.change) for c in row.criteria if c.state != CriterionState.MET]
            ),
        ]
