"""What the core and the enabled plugins have registered, together."""

from collections.abc import Sequence
from typing import cast

from flask import current_app

from lms.jobs import Job
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import Rule, StepType
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
    every = (*core, *plugins().registered(hookspecs.lms_step_types))
    return next((found for found in every if found.kind == kind), None)
