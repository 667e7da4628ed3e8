"""Reading enrolments and where people stand in them, for one person or many."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, func, select
from sqlalchemy.orm import aliased

from lms.courses.gating import Progress, Standing, standing
from lms.courses.models import Enrolment, EnrolmentStatus, Programme, ProgrammeVersion, StepProgress
from lms.courses.outline import Outline, outlines
from lms.db import Localized, Session, as_read, read_rows
from lms.errors import NotFound

ACTIVE = Enrolment.status == EnrolmentStatus.ACTIVE


_STEPS = (
    StepProgress.step_id,
    StepProgress.state,
    StepProgress.score,
    StepProgress.started_at,
    StepProgress.completed_at,
    StepProgress.data,
)
_BEGUN = StepProgress.enrolment_id == Enrolment.id
_PROGRESS = (
    select(Enrolment, *_STEPS)
    .outerjoin(StepProgress, _BEGUN)
    .order_by(Enrolment.due_on, Enrolment.id)
)
# Made once, for the pages that learners open all day, and of the tables: the ORM's own work would
# take longer than the query. Without an order: SQLite would take the index that has it, and walk
# through everybody's active enrolments for one person's.
_ENROLMENT = tuple(cast(Table, Enrolment.__table__).c)
_ROWS = select(*_ENROLMENT, *_STEPS).outerjoin_from(Enrolment, StepProgress, _BEGUN)
_UNDER_WAY = _ROWS.where(Enrolment.person_id == bindparam("person_id"), ACTIVE)
_ONE = _ROWS.where(Enrolment.id == bindparam("enrolment_id"))


def standings(session: Session, where: ColumnElement[bool], today: date) -> list[Standing]:
    """The enrolments that match, soonest due first; one query once outlines are kept."""
    return _stood(session, session.execute(_PROGRESS.where(where)), today)


def _read(session: Session, statement: Select[Any], **parameters: int) -> list[Any]:
    """Rows as those of `_PROGRESS`."""
    session.flush()
    found, count = [], len(_ENROLMENT)
    for row in read_rows(session, statement, **parameters):
        values = dict(zip((column.name for column in _ENROLMENT), row, strict=False))
        found.append((as_read(session, Enrolment, values), *row[count:]))
    return found


def _stood(session: Session, rows: Iterable[Any], today: date) -> list[Standing]:
    progress: dict[Enrolment, dict[int, Progress]] = {}
    for enrolment, step_id, state, *rest in rows:
        known = progress.setdefault(enrolment, {})
        if step_id is not None:  # else the outer join found no step begun
            known[step_id] = Progress(state, *rest)
    shapes = outlines(session, {enrolment.version_id for enrolment in progress})
    missing = _missing(session, progress, shapes)
    return [
        standing(e, shapes[e.version_id], known, today, missing.get(e.id, ()))
        for e, known in progress.items()
    ]


def _missing(
    session: Session, enrolments: Iterable[Enrolment], shapes: Mapping[int, Outline]
) -> dict[int, list[Localized]]:
    """Titles of the programmes to complete first, by enrolment; no query where none asks."""
    asking = {
        e: shapes[e.version_id].requires
        for e in enrolments
        if e.status == EnrolmentStatus.ACTIVE and shapes[e.version_id].requires
    }
    if not asking:
        return {}
    latest = select(func.max(ProgrammeVersion.id)).group_by(ProgrammeVersion.programme_id)
    rows = session.execute(
        select(Programme.key, ProgrammeVersion.title, Enrolment.person_id)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .outerjoin(
            Enrolment,
            (Enrolment.programme_id == Programme.id)
            & (Enrolment.status == EnrolmentStatus.COMPLETED)
            & Enrolment.person_id.in_({e.person_id for e in asking}),
        )
        .where(
            ProgrammeVersion.id.in_(latest.scalar_subquery()),
            Programme.key.in_({key for keys in asking.values() for key in keys}),
        )
    ).all()
    titles = {key: title for key, title, _ in rows}
    completed = {(person_id, key) for key, _, person_id in rows}
    return {
        e.id: [titles[key] for key in keys if (e.person_id, key) not in completed]
        for e, keys in asking.items()
    }


def active(session: Session, person_id: int, today: date) -> list[Standing]:
    """What the person is in the middle of, soonest due first."""
    found = _stood(session, _read(session, _UNDER_WAY, person_id=person_id), today)
    return sorted(found, key=lambda one: (one.enrolment.due_on, one.enrolment.id))


def of_person(session: Session, person_id: int, today: date) -> list[Standing]:
    """Everything they were ever enrolled in."""
    return standings(session, Enrolment.person_id == person_id, today)


def one(session: Session, enrolment_id: int, today: date) -> Standing:
    """NotFound if there is none."""
    found = _stood(session, _read(session, _ONE, enrolment_id=enrolment_id), today)
    if not found:
        raise NotFound("This course does not exist.")
    return found[0]


def is_latest() -> ColumnElement[bool]:
    """Of a `ProgrammeVersion` in the query: that it is its programme's latest."""
    every = aliased(ProgrammeVersion)
    newest = select(func.max(every.number)).where(
        every.programme_id == ProgrammeVersion.programme_id
    )
    return ProgrammeVersion.number == newest.scalar_subquery()


def latest_version(session: Session, programme_id: int) -> ProgrammeVersion | None:
    return session.scalar(
        select(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id == programme_id)
        .order_by(ProgrammeVersion.number.desc())
        .limit(1)
    )


def programme_of_kind(session: Session, kind: str) -> Programme | None:
    """The programme of a kind there is one of (onboarding, temporary); the oldest if more."""
    found = select(Programme).where(Programme.kind == kind).order_by(Programme.id).limit(1)
    return session.scalar(found)
