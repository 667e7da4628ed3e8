"""Enrolments and the progress of their steps. Functions take the session and `now`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms import audit, events
from lms.audit import Actor
from lms.clock import local_date
from lms.courses import clearing, queries
from lms.courses.deadlines.counting import due_date
from lms.courses.deadlines.pauses import pause
from lms.courses.deltas import gates
from lms.courses.gating import Progress, Standing, StepStanding
from lms.courses.models import (
    Enrolment,
    EnrolmentStatus,
    Programme,
    ProgrammeKind,
    StepProgress,
    StepState,
)
from lms.courses.outline import outline, step_config
from lms.db import Localized, Session
from lms.errors import DomainError, NotAllowed, NotFound
from lms.i18n import N_
from lms.people.organisation import zone
from lms.plugins.bus import emit
from lms.plugins.types import StepContext


class Locked(NotAllowed):
    """The step is not open yet; `reason` says what opens it and when."""

    def __init__(self, reason: Localized) -> None:
        super().__init__(N_("This step is locked. %(reason)s"), reason=reason)
        self.reason = reason


def enrol(
    session: Session,
    person_id: int,
    programme_id: int,
    *,
    starts_on: date,
    actor: Actor,
    now: datetime,
    reason: str = "",
    due_on: date | None = None,
) -> Enrolment:
    """The person's active enrolment: the one there is, or a new one in the latest version.

    `due_on` defaults to what the version says, the start date being day 1.
    """
    if found := _active(session, person_id, programme_id):
        return found
    version = queries.latest_version(session, programme_id)
    if version is None:
        raise NotFound("This programme does not exist.")
    enrolment = Enrolment(
        person_id=person_id,
        programme_id=programme_id,
        version_id=version.id,
        starts_on=starts_on,
        due_on=due_on or due_date(session, version, starts_on),
        reason=reason,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(enrolment)
    except IntegrityError:  # the same button pressed twice at once
        if found := _active(session, person_id, programme_id):
            return found
        raise
    audit.record(
        session,
        actor,
        "enrolment.add",
        ("person", person_id),
        now=now,
        reason=reason,
        enrolment_id=enrolment.id,
        programme_id=programme_id,
        starts_on=starts_on.isoformat(),
        due_on=enrolment.due_on.isoformat(),
    )
    if version.pause_on_leave:
        pause(session, Enrolment.id == enrolment.id, actor=actor, now=now)
    return enrolment


def _active(session: Session, person_id: int, programme_id: int) -> Enrolment | None:
    return session.scalar(
        select(Enrolment).where(
            Enrolment.person_id == person_id,
            Enrolment.programme_id == programme_id,
            queries.ACTIVE,
        )
    )


def cancel_enrolment(
    session: Session, enrolment_id: int, *, reason: str, actor: Actor, now: datetime
) -> None:
    """End an active enrolment without completion; one that has ended stays as it is."""
    enrolment = _locked_row(session, enrolment_id)
    if enrolment.status != EnrolmentStatus.ACTIVE:
        return
    enrolment.status, enrolment.ended_at = EnrolmentStatus.CANCELLED, now
    audit.record(
        session,
        actor,
        "enrolment.cancel",
        ("person", enrolment.person_id),
        now=now,
        reason=reason,
        enrolment_id=enrolment.id,
    )


def _locked_row(session: Session, enrolment_id: int) -> Enrolment:
    """The enrolment, held until the commit: two last steps at once must not both miss the end."""
    enrolment = session.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if enrolment is None:
        raise NotFound("This course does not exist.")
    return enrolment


def open_step(
    session: Session, person_id: int, enrolment_id: int, step_id: int, now: datetime
) -> tuple[Standing, StepContext]:
    """The course and its step for the owner to work on; Locked (a NotAllowed) with the reason,
    NotFound else."""
    found = queries.one(session, enrolment_id, local_date(now, zone()))
    if found.enrolment.person_id != person_id:
        raise NotFound("This course does not exist.")
    if found.enrolment.status == EnrolmentStatus.CANCELLED:
        raise NotAllowed("This course was cancelled.")
    standing = next((s for s in found.steps if s.step.id == step_id), None)
    if standing is None:
        raise NotFound("This step does not exist.")
    if standing.lock is not None:
        raise Locked(standing.lock)
    return found, context_of(session, found.enrolment, standing, now)


def context_of(
    session: Session, enrolment: Enrolment, standing: StepStanding, now: datetime
) -> StepContext:
    """What a step type is told, without asking whether the step is open."""
    step, progress = standing.step, standing.progress
    return StepContext(
        person_id=enrolment.person_id,
        enrolment_id=enrolment.id,
        step_id=step.id,
        kind=step.kind,
        title=step.title,
        config=step_config(session, step.id),
        state=progress.state if progress else None,
        now=now,
        data=progress.data if progress else {},
    )


def held(session: Session, enrolment_id: int, step_id: int) -> tuple[Enrolment, Progress | None]:
    """An enrolment, held until the commit, and where its step is now: for what may be done once,
    however often and by however many it is sent."""
    enrolment = _locked_row(session, enrolment_id)
    row = session.execute(
        select(StepProgress.state, StepProgress.data).where(
            StepProgress.enrolment_id == enrolment_id, StepProgress.step_id == step_id
        )
    ).one_or_none()
    return enrolment, Progress(row.state, data=row.data) if row else None


def set_step_state(
    session: Session,
    enrolment_id: int,
    step_id: int,
    state: StepState,
    *,
    now: datetime,
    score: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Record how far a step is; `score` in hundredths of a percent, `data` replaces what was kept.

    Safe to repeat. A completed step stays completed, an ended enrolment stays as it is.
    Completing the last step completes the enrolment, and clears for duty if its version says so.
    """
    enrolment = _locked_row(session, enrolment_id)
    if enrolment.status != EnrolmentStatus.ACTIVE:
        return
    if not _belongs(session, enrolment, step_id):
        raise NotFound("This step does not exist.")
    progress = session.scalar(
        select(StepProgress).where(
            StepProgress.enrolment_id == enrolment_id, StepProgress.step_id == step_id
        )
    )
    if progress is None:
        progress = StepProgress(
            enrolment_id=enrolment_id,
            step_id=step_id,
            state=StepState.STARTED,
            failures=0,
            data={},
            started_at=now,
        )
        session.add(progress)
    elif progress.state == StepState.COMPLETED:
        return
    if state is StepState.FAILED and progress.state != StepState.FAILED:
        progress.failures += 1
    progress.state = state
    progress.score = score if score is not None else progress.score
    progress.data = data if data is not None else progress.data
    if state is StepState.COMPLETED:
        progress.completed_at = now
        session.flush()
        emit(events.StepCompleted(now, enrolment.person_id, enrolment_id, step_id))
        _complete_if_done(session, enrolment, now)
    session.flush()


def take_back_failure(session: Session, enrolment_id: int, step_id: int) -> None:
    """A failure under appeal counts as waiting until it is set again; other states stay."""
    if _locked_row(session, enrolment_id).status != EnrolmentStatus.ACTIVE:
        return
    progress = session.scalar(
        select(StepProgress).where(
            StepProgress.enrolment_id == enrolment_id, StepProgress.step_id == step_id
        )
    )
    if progress is not None and progress.state == StepState.FAILED:
        progress.state, progress.failures = StepState.SUBMITTED, progress.failures - 1


def _belongs(session: Session, enrolment: Enrolment, step_id: int) -> bool:
    return any(step.id == step_id for step in outline(session, enrolment.version_id).steps)


def _complete_if_done(session: Session, enrolment: Enrolment, now: datetime) -> None:
    shape = outline(session, enrolment.version_id)
    completed = set(
        session.scalars(
            select(StepProgress.step_id).where(
                StepProgress.enrolment_id == enrolment.id,
                StepProgress.state == StepState.COMPLETED,
            )
        )
    )
    if not all(module.is_done(completed) for module in shape.modules):
        return
    enrolment.status, enrolment.ended_at = EnrolmentStatus.COMPLETED, now
    audit.record(
        session,
        audit.SYSTEM,
        "enrolment.complete",
        ("person", enrolment.person_id),
        now=now,
        enrolment_id=enrolment.id,
        programme_id=enrolment.programme_id,
    )
    session.flush()
    emit(events.EnrolmentCompleted(now, enrolment.person_id, enrolment.id, enrolment.programme_id))
    if shape.kind == ProgrammeKind.DELTA:
        gates.delta_done(session, enrolment, now)
    if shape.grants_clearance:
        gates.went_through(session, enrolment, now)
        clearing.clear_or_record(session, enrolment, now)


def ask_for_clearance(session: Session, person_id: int, now: datetime) -> list[Localized]:
    """Ask once more after a refusal; returns the reasons that still stand, empty once cleared."""
    enrolment = clearing.waiting(session, person_id)
    if enrolment is None:
        raise DomainError("There is no completed onboarding that waits for clearance.")
    return clearing.clear_or_record(session, enrolment, now)


def programme_for_figure(session: Session, figure: str) -> Programme | None:
    """The retraining programme aimed at a figure (`frt`, `fcr`, …)."""
    return session.scalar(
        select(Programme)
        .where(Programme.kind == ProgrammeKind.RETRAINING, Programme.weak_figure == figure)
        .order_by(Programme.id)
        .limit(1)
    )
