"""The exceptions: courses of which somebody has to take notice, within the viewer's scope."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from lms.audit import AuditEntry
from lms.courses import queries
from lms.courses.clearing import waits_for_clearance
from lms.courses.deadlines.models import ExtensionRequest, ExtensionState
from lms.courses.models import Enrolment, ProgrammeVersion, Step, StepProgress, StepState
from lms.courses.outline import Outline, outlines
from lms.db import Localized, Session
from lms.people.models import Person, Team

OVERDUE, STUCK, FAILED, REFUSED, ASKED = KINDS = "overdue", "stuck", "failed", "refused", "asked"
PER_PAGE = 25
# A file of more rows than this helps nobody; the filters make it smaller.
EXPORT_LIMIT = 20_000
FAILED_TWICE = 2


class Row(NamedTuple):
    """`done` of `total` steps; `last_on`: the last thing they did in the course.

    `why` names the step not passed or the reasons of a refusal; `request` an extension asked for.
    """

    person: Person
    team: str | None
    enrolment: Enrolment
    title: Localized
    done: int
    total: int
    last_at: datetime | None
    why: Sequence[Localized]
    request: ExtensionRequest | None


class Report(NamedTuple):
    rows: list[Row]
    counts: Mapping[str, int]
    page: int
    pages: int
    total: int


_PROGRESS = StepProgress.enrolment_id == Enrolment.id
_LAST = (
    select(func.max(func.coalesce(StepProgress.completed_at, StepProgress.started_at)))
    .where(_PROGRESS)
    .correlate(Enrolment)
    .scalar_subquery()
)
_DONE = (
    select(func.count(StepProgress.id))
    .where(_PROGRESS, StepProgress.state == StepState.COMPLETED)
    .correlate(Enrolment)
    .scalar_subquery()
)
_OPEN = and_(
    ExtensionRequest.enrolment_id == Enrolment.id, ExtensionRequest.state == ExtensionState.OPEN
)
_FAILED = and_(StepProgress.failures >= FAILED_TWICE, StepProgress.state != StepState.COMPLETED)


def conditions(now: datetime, today: date, stuck_days: int) -> Mapping[str, ColumnElement[bool]]:
    """Each kind as a condition on `Enrolment`.

    Stuck are those who began and did nothing since, and those who should have begun what clears
    for duty; not those whose work waits for somebody else.
    """
    clears = select(ProgrammeVersion.id).where(ProgrammeVersion.grants_clearance.is_(True))
    handed_in = select(StepProgress.id).where(_PROGRESS, StepProgress.state == StepState.SUBMITTED)
    long_ago = timedelta(days=stuck_days)
    silent = or_(
        now - long_ago > _LAST,
        and_(
            _LAST.is_(None), Enrolment.starts_on <= today - long_ago,
            Enrolment.version_id.in_(clears),
        ),
    )  # fmt: skip
    return {
        OVERDUE: and_(queries.ACTIVE, Enrolment.due_on < today),
        STUCK: and_(queries.ACTIVE, silent, ~handed_in.exists()),
        FAILED: and_(
            queries.ACTIVE, select(StepProgress.id).where(_PROGRESS, _FAILED).exists()
        ),
        REFUSED: waits_for_clearance(),
        ASKED: and_(
            queries.ACTIVE,
            select(ExtensionRequest.id).where(_OPEN).correlate(Enrolment).exists(),
        ),
    }  # fmt: skip


def report(
    session: Session,
    scope: ColumnElement[bool],
    kind: str,
    *,
    now: datetime,
    today: date,
    stuck_days: int,
    team_id: int | None = None,
    page: int | None = 1,
) -> Report:
    """One page, or everything for a file (`page` None); four queries at most."""
    kinds = conditions(now, today, stuck_days)
    wanted = [scope, Person.left_on.is_(None)]
    if team_id is not None:
        wanted.append(Person.team_id == team_id)
    counts = _counts(session, kinds, wanted)
    total = counts[kind]
    pages = max(1, -(-total // PER_PAGE))
    found = (
        select(Enrolment, Person, Team.name, _DONE, _LAST, ExtensionRequest)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(ExtensionRequest, _OPEN)
        .where(*wanted, kinds[kind])
        .order_by(Enrolment.due_on, Enrolment.id)
    )
    if page is None:
        found = found.limit(EXPORT_LIMIT)
    else:
        page = min(page, pages)
        found = found.limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    rows = session.execute(found).all()
    shapes = outlines(session, {row[0].version_id for row in rows})
    why = _why(session, kind, [row[0] for row in rows])
    return Report(
        [_row(row, shapes[row[0].version_id], why) for row in rows],
        counts,
        page or 1,
        pages,
        total,
    )


def _counts(
    session: Session,
    kinds: Mapping[str, ColumnElement[bool]],
    wanted: Sequence[ColumnElement[bool]],
) -> dict[str, int]:
    sums = [func.coalesce(func.sum(case((kinds[kind], 1), else_=0)), 0) for kind in KINDS]
    found = session.execute(
        select(*sums)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(*wanted, or_(queries.ACTIVE, kinds[REFUSED]))
    ).one()
    return dict(zip(KINDS, found, strict=True))


def _row(row: Any, shape: Outline, why: Mapping[int, list[Localized]]) -> Row:
    enrolment, person, team, done, last_at, request = row
    total = sum(module.needed for module in shape.modules)
    reasons = why.get(enrolment.id, [])
    return Row(
        person, team, enrolment, shape.title, min(done, total), total, last_at, reasons, request
    )


def _why(
    session: Session, kind: str, enrolments: Sequence[Enrolment]
) -> dict[int, list[Localized]]:
    if kind == FAILED:
        return _failed_steps(session, [enrolment.id for enrolment in enrolments])
    if kind == REFUSED:
        return _refusals(session, {e.person_id: e.id for e in enrolments})
    return {}


def _failed_steps(session: Session, enrolment_ids: Sequence[int]) -> dict[int, list[Localized]]:
    found: dict[int, list[Localized]] = {}
    rows = session.execute(
        select(StepProgress.enrolment_id, Step.title, StepProgress.failures)
        .join(Step, Step.id == StepProgress.step_id)
        .where(StepProgress.enrolment_id.in_(enrolment_ids), _FAILED)
        .order_by(StepProgress.id)
    )
    for enrolment_id, title, times in rows:
        zh, en = title.pick("zh"), title.pick("en")
        text = Localized(f"「{zh}」{times} 次未通过", f"“{en}” not passed {times} times")
        found.setdefault(enrolment_id, []).append(text)
    return found


def _refusals(session: Session, enrolment_of: Mapping[int, int]) -> dict[int, list[Localized]]:
    """What the last refusal named, as the audit log has it."""
    rows = session.execute(
        select(AuditEntry.subject_id, AuditEntry.details)
        .where(
            AuditEntry.action == "clearance.refuse",
            AuditEntry.subject_kind == "person",
            AuditEntry.subject_id.in_(enrolment_of),
        )
        .order_by(AuditEntry.id)
    )
    return {
        enrolment_of[person_id]: [Localized.of(reason) for reason in details.get("reasons", ())]
        for person_id, details in rows
    }
