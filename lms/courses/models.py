"""Programmes and their versions, modules, steps; enrolments and step progress."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import relationship

from lms.courses.audience import models as audience_models  # noqa: F401  tables of this domain too
from lms.courses.authoring import models as draft_models  # noqa: F401  tables of this domain too
from lms.courses.deadlines import models as deadline_models  # noqa: F401  tables of this domain too
from lms.db import Code, Localized, Mapped, Model, PartialIndex, PersonId, Pk, mapped_column


class ProgrammeKind(StrEnum):
    ONBOARDING = "onboarding"
    TEMPORARY = "temporary"
    TOPIC = "topic"
    RETRAINING = "retraining"
    TRACK = "track"
    DELTA = "delta"  # what a major version asks of those cleared by an older one; from no file


class Programme(Model):
    __tablename__ = "programme"
    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Code] = mapped_column(index=True)
    weak_figure: Mapped[str | None]
    versions: Mapped[list["ProgrammeVersion"]] = relationship(
        back_populates="programme", order_by="ProgrammeVersion.number"
    )


class ProgrammeVersion(Model):
    """What people are enrolled in; they keep the version they began."""

    __tablename__ = "programme_version"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)
    id: Mapped[Pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    number: Mapped[int]
    title: Mapped[Localized]
    summary: Mapped[Localized]
    # Counted in `due_in`: `working_days`, or calendar days where it is empty.
    due_days: Mapped[int]
    due_in: Mapped[str | None]
    # Days of leave inside an enrolment move its due date on.
    pause_on_leave: Mapped[bool] = mapped_column(default=False, server_default=false())
    grants_clearance: Mapped[bool]
    # The channels it clears for, in the order of the file: `phone,online`; none: all.
    clears_for: Mapped[str | None]
    # Rises when those cleared before must do the `delta`: {steps: [key, …], due_days: 7}.
    major: Mapped[int] = mapped_column(default=1, server_default="1")
    delta: Mapped[dict[str, Any] | None]
    # Months after which those who completed it are enrolled again.
    recertify_every: Mapped[int | None]
    # Keys of programmes to complete first.
    requires: Mapped[list[str] | None]
    content_hash: Mapped[str]
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship(back_populates="versions")
    modules: Mapped[list["Module"]] = relationship(
        back_populates="version", order_by="Module.position"
    )


class Module(Model):
    """A day or unit. `opens_on_day` counts calendar days of the enrolment, its start being 1.

    `needs`: any so many of its steps finish it, in any order; none: all of them, in order.
    """

    __tablename__ = "module"
    id: Mapped[Pk]
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), index=True)
    key: Mapped[Code]
    position: Mapped[int]
    title: Mapped[Localized]
    opens_on_day: Mapped[int | None]
    needs: Mapped[int | None]

    version: Mapped[ProgrammeVersion] = relationship(back_populates="modules")
    steps: Mapped[list["Step"]] = relationship(back_populates="module", order_by="Step.position")


class Step(Model):
    """An activity of a step type; what it needs beyond this row is the step type's `config`.

    `after`: keys of the steps that open it, in place of the plain order.
    """

    __tablename__ = "step"
    id: Mapped[Pk]
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), index=True)
    key: Mapped[Code]
    position: Mapped[int]
    kind: Mapped[Code]
    title: Mapped[Localized]
    minutes: Mapped[int]
    config: Mapped[dict[str, Any]]
    after: Mapped[list[str] | None]

    module: Mapped[Module] = relationship(back_populates="steps")


class EnrolmentStatus(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Enrolment(Model):
    """One go of a person at a programme; a second go is a second row, history stays.

    `assignment_id`: the order by rule that it came from, if one did. `left_audience`: that order
    cancelled it before it began, because the person no longer fitted.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        # One active enrolment per person and programme, however often a button is pressed.
        PartialIndex(
            "uq_enrolment_active",
            "person_id",
            "programme_id",
            unique=True,
            where="status = 'active'",
        ),
        Index("ix_enrolment_status_due_on", "status", "due_on"),
    )
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    starts_on: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[Code] = mapped_column(default=EnrolmentStatus.ACTIVE)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    assignment_id: Mapped[int | None] = mapped_column(
        ForeignKey("programme_assignment.id"), index=True
    )
    left_audience: Mapped[bool] = mapped_column(default=False, server_default=false())

    version: Mapped[ProgrammeVersion] = relationship()
    programme: Mapped[Programme] = relationship()


class StepState(StrEnum):
    STARTED = "started"
    SUBMITTED = "submitted"  # waits for somebody else: a rating, a sign-off, a marking
    FAILED = "failed"
    COMPLETED = "completed"


class StepProgress(Model):
    """No row: not begun. `score` is a percentage in hundredths (0-10000) where the step has one."""

    __tablename__ = "step_progress"
    __table_args__ = (UniqueConstraint("enrolment_id", "step_id"),)
    id: Mapped[Pk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("step.id"), index=True)
    state: Mapped[Code]
    score: Mapped[int | None]
    # How often it was not passed.
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class MomentSeen(Model):
    """A moment (welcome, a day done, cleared) whose screen a person has left: it is shown once."""

    __tablename__ = "moment_seen"
    __table_args__ = (UniqueConstraint("person_id", "moment"),)
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    moment: Mapped[Code]
    seen_at: Mapped[datetime]
