"""What the core and the enabled plugins have registered, together."""

from collections.abc import Sequence
from typing import cast

from flask import current_app

from lms.db import Session
from lms.jobs import Job
from lms.plugins import hookspecs
from lms.plugins.channels import NoticeChannel
from lms.plugins.health import note_failure
from lms.plugins.loading import last_line
from lms.plugins.manager import plugins
from lms.plugins.steps import GuardedStepType
from lms.plugins.types import Rule, StepField, StepType
from lms.policies import Policy


def all_policies() -> list[Policy]:
    core = cast(Sequence[Policy], current_app.extensions["lms_core_policies"])
    return [*core, *plugins().registered(hookspecs.lms_policies)]


def all_jobs() -> list[Job]:
    core = cast(Sequence[Job], current_app.extensions["lms_core_jobs"])
    return [*core, *plugins().registered(hookspecs.lms_jobs)]


def all_rules() -> list[Rule]:
    return plugins().registered(hookspecs.lms_rules)


def step_type(kind: str) -> StepType | None:
    """None while the plugin that owns the kind is disabled or gone."""
    core = cast(Sequence[StepType], current_app.extensions["lms_core_step_types"])
    found = next((step for step in core if step.kind == kind), None)
    if found is not None:
        return found
    manager = plugins()
    theirs = manager.registered(hookspecs.lms_step_types)
    found = next((step for step in theirs if step.kind == kind), None)
    if found is None:
        return None
    return GuardedStepType(found, manager.owner_of(hookspecs.lms_step_types, found) or kind)


def step_types() -> list[StepType]:
    """Every kind of step there is now, the core's first."""
    core = cast(Sequence[StepType], current_app.extensions["lms_core_step_types"])
    theirs = plugins().registered(hookspecs.lms_step_types)
    return [*core, *(found for step in theirs if (found := step_type(step.kind)) is not None)]


def step_fields(session: Session, kind: str) -> Sequence[StepField] | None:
    """The settings of a kind of step; None where nobody has named them."""
    make = getattr(step_type(kind), "fields", None)
    return None if make is None else cast("Sequence[StepField] | None", make(session))


def notice_channels() -> list[tuple[str, NoticeChannel]]:
    """Each with the plugin that brings it."""
    manager = plugins()
    found = manager.registered(hookspecs.lms_channels)
    return [(manager.owner_of(hookspecs.lms_channels, channel) or "", channel) for channel in found]


def blame_job(job: Job, error: Exception) -> None:
    """A failed job of a plugin shows on the admin's page, as its hooks do."""
    owner = plugins().owner_of(hookspecs.lms_jobs, job)
    if owner is not None:
        note_failure(owner, f"job {job.name}", last_line(error))
