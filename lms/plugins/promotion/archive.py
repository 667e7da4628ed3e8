"""A year's verdicts, frozen with what they follow from, and the proof that they still do."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    Month,
    MonthClose,
    Person,
    PolicyInForce,
    Session,
    audit,
    local_date,
    zone,
)
from lms.plugins.promotion import streaks, verdicts
from lms.plugins.promotion.models import Archive, ArchivedVerdict
from lms.plugins.promotion.nominations import reason_of
from lms.plugins.promotion.policy import TRACKS, Track, asks_for_streak

_AT_ONCE = 5000


class Proof(NamedTuple):
    """`stored`: the digest kept with the archive, `computed`: that of the verdicts made anew from
    the frozen closes, policy and criteria; `different`: people whose verdict or runs differ."""

    stored: str
    computed: str
    rows: int
    different: Sequence[int]

    @property
    def holds(self) -> bool:
        return self.stored == self.computed and not self.different


def freeze(
    session: Session, year: int, track: Track, *, reason: str, actor: Actor, now: datetime
) -> Archive:
    """Keep the year's verdicts as they are now; DomainError before any month of it is closed."""
    reason = reason_of(reason)
    today = local_date(now, zone())
    verdicts.require_year(session, year, today)
    check = verdicts.check(session, year, today=today, now=now, track=track)
    closes = session.execute(
        select(MonthClose.month, MonthClose.id)
        .where(MonthClose.id.in_(streaks.within(check.period)))
        .order_by(MonthClose.month)
    ).all()
    if not closes:
        raise DomainError("No month of %(year)s is closed yet.", year=year)
    newest = select(func.max(Archive.number)).where(
        Archive.year == year, Archive.target == track.key
    )
    archive = Archive(
        year=year, target=track.key, number=(session.scalar(newest) or 0) + 1, day=check.day,
        policy=dict(check.policy.params), policy_number=check.policy.number,
        closes=[[str(month), close_id] for month, close_id in closes],
        counts=dict(Counter(row.verdict.value for row in check.rows)),
        reason=reason, made_by=actor.person_id, made_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(archive)
    except IntegrityError:
        raise Conflict("Somebody else has just frozen this year.") from None
    rows = [_row(archive.id, row) for row in check.rows]
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(insert(ArchivedVerdict), rows[start : start + _AT_ONCE])
    archive.sha256 = digest(rows)
    audit.record(
        session, actor, "promotion.archive", ("archive", archive.id), now=now, reason=reason,
        year=year, target=track.key, number=archive.number, sha256=archive.sha256,
    )  # fmt: skip
    return archive


def prove(session: Session, archive: Archive) -> Proof:
    """Compute every verdict again from what was frozen, and compare."""
    rows = [_stored(row) for row in _rows(session, archive)]
    policy = PolicyInForce(
        TRACKS[archive.target].policy.name, archive.policy_number, archive.policy
    )
    computed, different = [], []
    runs: Mapping[int, list[Month]] = {}
    if asks_for_streak(policy):
        closes = select(MonthClose.id).where(
            MonthClose.id.in_([close_id for _month, close_id in archive.closes])
        )
        runs = streaks.runs_in(session, closes, policy)
    track = TRACKS[archive.target]
    for row in rows:
        mine = [str(month) for month in runs.get(row["person_id"], [])]
        again = verdicts.of_facts(
            row["level"], row["employment"], mine,
            [criterion["state"] for criterion in row["criteria"]], policy, track,
        )  # fmt: skip
        if again == verdicts.Verdict.NOT_APPLICABLE:
            mine = []
        made = {**row, "verdict": again.value, "runs": mine}
        computed.append(made)
        if made != row:
            different.append(row["person_id"])
    return Proof(archive.sha256, digest(computed), len(rows), different)


def digest(rows: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of the rows by person, one line of JSON each, keys sorted."""
    made = hashlib.sha256()
    for row in sorted(rows, key=lambda row: row["person_id"]):
        kept = {key: row[key] for key in sorted(row) if key != "archive_id"}
        made.update(json.dumps(kept, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return made.hexdigest()


def every(session: Session) -> Sequence[Archive]:
    """Newest year first."""
    order = (Archive.year.desc(), Archive.target, Archive.number.desc())
    return session.scalars(select(Archive).order_by(*order)).all()


EXPORT = ("staff_no", "name", "level", "verdict", "runs", "criteria")


def export(session: Session, archive: Archive) -> Iterator[list[str]]:
    """Rows of `EXPORT`; who was erased has no name any more."""
    for row in _rows(session, archive):
        yield [
            row.person.staff_no, row.person.name, row.level, row.verdict, " ".join(row.runs),
            "; ".join(f"{c['code']}: {c['state']}" for c in row.criteria),
        ]  # fmt: skip


def eligible(session: Session, archive: Archive, limit: int = 200) -> Sequence[ArchivedVerdict]:
    """Those who were eligible, for the page."""
    wanted = _of(archive).where(ArchivedVerdict.verdict == verdicts.Verdict.ELIGIBLE)
    return session.scalars(wanted.limit(limit)).all()


def _of(archive: Archive) -> Any:
    return (
        select(ArchivedVerdict)
        .join(ArchivedVerdict.person)
        .options(contains_eager(ArchivedVerdict.person).load_only(Person.staff_no, Person.name))
        .where(ArchivedVerdict.archive_id == archive.id)
        .order_by(Person.staff_no)
    )


def _rows(session: Session, archive: Archive) -> Sequence[ArchivedVerdict]:
    return session.scalars(_of(archive)).all()


def _row(archive_id: int, row: verdicts.PersonVerdict) -> dict[str, Any]:
    return {
        "archive_id": archive_id,
        "person_id": row.person_id,
        "level": str(row.level),
        "employment": str(row.employment),
        "verdict": row.verdict.value,
        "runs": [str(month) for month in row.runs],
        "criteria": [
            {
                "code": c.code, "label": {"zh": c.label.zh, "en": c.label.en},
                "state": c.state.value, "value": c.value, "target": c.target,
            }
            for c in row.criteria
        ],
    }  # fmt: skip


def _stored(row: ArchivedVerdict) -> dict[str, Any]:
    return {
        "person_id": row.person_id, "level": row.level, "employment": row.employment,
        "verdict": row.verdict, "runs": row.runs, "criteria": row.criteria,
    }  # fmt: skip


def months_of(archive: Archive) -> list[Month]:
    return [Month.parse(text) for text, _close_id in archive.closes]
