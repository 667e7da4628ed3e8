"""The hooks. One function per hook; its docstring says when, with what, and what failure does.

Modes (see `lms.plugins.manager`):
setup      called once at start; a plugin that fails is not loaded
collect    called for pages; a plugin that fails is left out, the page renders
decide     called for verdicts; a plugin that fails makes the verdict unknown or a refusal
notify     called after a fact, in a savepoint; a plugin that fails is rolled back alone
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click
import pluggy
from flask import Blueprint
from sqlalchemy import ColumnElement

from lms.access import Viewer
from lms.cases.models import CaseVersion
from lms.clock import Month
from lms.events import Event
from lms.plugins.channels import NoticeChannel
from lms.plugins.types import (
    Action,
    Appealable,
    CaseUsage,
    Check,
    ContentLoader,
    CriterionResult,
    Job,
    MonthColumn,
    NavItem,
    Panel,
    Permission,
    Policy,
    Refusal,
    Rule,
    Setting,
    SkillGap,
    StepType,
    TrainingFigure,
    WeighedScore,
)

hookspec = pluggy.HookspecMarker("lms")
hookimpl = pluggy.HookimplMarker("lms")


# setup and registries


@hookspec
def lms_blueprints() -> Sequence[Blueprint] | None:
    """setup. Blueprints to mount; a route that says nothing needs a signed-in person."""


@hookspec
def lms_commands() -> Sequence[click.Command] | None:
    """setup. Commands for the `lms` command line, gone while the plugin is disabled."""


@hookspec
def lms_permissions() -> Sequence[Permission] | None:
    """setup. Permissions, named `<plugin>.<verb>`, with the roles that hold them."""


@hookspec
def lms_policies() -> Sequence[Policy] | None:
    """setup. Policies with their defaults; HR edits them on the policy page."""


@hookspec
def lms_settings() -> Sequence[Setting] | None:
    """setup. What an admin sets on the plugins page; read it with `plugin_settings`."""


@hookspec
def lms_jobs() -> Sequence[Job] | None:
    """setup. Background jobs, by name or periodic."""


@hookspec
def lms_step_types() -> Sequence[StepType] | None:
    """setup. Kinds of step that programmes can hold."""


@hookspec
def lms_rules() -> Sequence[Rule] | None:
    """setup. Rules over a closed month; the core previews, applies and records them."""


@hookspec
def lms_content_loaders() -> Sequence[ContentLoader] | None:
    """setup. Readers of folders of content files, run by `lms content load`, and their writers, run
    by `lms content export`."""


@hookspec
def lms_appealables() -> Sequence[Appealable] | None:
    """setup. Kinds of outcome that the person concerned can appeal against. The core takes the
    appeal and its decision; link to `url_for("appeals.new", kind=…, subject_id=…)`."""


@hookspec
def lms_channels() -> Sequence[NoticeChannel] | None:
    """setup. Ways to send people their notices, beside the bell in the application. People choose
    among them by kind of notice; the plugin `messaging` keeps, sends and tries again."""


# decide


@hookspec
def lms_training_figures(month: Month, now: datetime) -> Sequence[TrainingFigure] | None:
    """decide. Training figures taken in the month; a failure refuses the month close."""


@hookspec
def lms_weighed_scores(
    first: Month, last: Month, person_ids: Sequence[int] | None
) -> Sequence[WeighedScore] | None:
    """decide. Scores beside the monthly ones in these months, both included, of these people or of
    everybody; they enter quarters, years and the annual award. A failure refuses those figures."""


@hookspec
def lms_criteria(
    person_ids: Sequence[int], target: str, year: int, now: datetime
) -> Mapping[int, Sequence[CriterionResult]] | None:
    """decide. Criteria of a promotion to level `target`, for many people in a bounded number of
    queries; a failure makes an unknown criterion, which is not met, for everybody asked about."""


@hookspec
def lms_refusals(
    person_id: int, action: str, subject_id: int | None, now: datetime
) -> Sequence[Refusal] | None:
    """decide. Reasons against an action (`clear`, `promote`, `start_step`); a failure refuses."""


@hookspec
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]] | None:
    """decide. What is stored about a person, as rows by table; a failure refuses the export."""


@hookspec
def lms_erase(person_id: int, now: datetime) -> int | None:
    """decide. Remove what identifies a person who is being erased, and return how many rows that
    changed. Facts may stay, the person they refer to has no name any more; a failure refuses."""


# notify


@hookspec
def lms_event(event: Event) -> None:
    """notify. Something happened, in the transaction in which it did."""


# collect


@hookspec
def lms_entrusted(person_id: int, permission: str) -> Sequence[int] | None:
    """collect. The ids of people for whom this person may use a permission though no role of theirs
    grants it. Asked only for permissions that can be entrusted (`steps.signoff`), and only when the
    roles do not settle the matter."""


@hookspec
def lms_nav(viewer: Viewer) -> Sequence[NavItem] | None:
    """collect. Links in the sidebar for this person."""


@hookspec
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel] | None:
    """collect. Pieces of a page. Places and their subjects: `home` (what asks something of the
    viewer today; their courses under way, as standings), `home_more` (what is good to know, below
    it and fetched after it; None), `person` (a Person), `month` (a MonthClose), `my_month` (a
    MyMonth)."""


@hookspec
def lms_actions(subject: Any, viewer: Viewer) -> Sequence[Action] | None:
    """collect. Buttons on a subject's page (a person, a month close, a case)."""


@hookspec
def lms_case_makers(version: CaseVersion, viewer: Viewer) -> Sequence[Action] | None:
    """collect. What this person can make from a published case, as links beside the core's lesson,
    drill and rubric. Tell the core of what was made with `record_case_use`: the case then lists it,
    and says so when a major new version has put it out of date."""


@hookspec
def lms_case_usage() -> Sequence[CaseUsage] | None:
    """collect. How cases are used beside drills and lessons: the case's page counts it, and what is
    used much comes first in the library."""


@hookspec
def lms_skill_gaps(scope: ColumnElement[bool], since: datetime) -> Sequence[SkillGap] | None:
    """collect. What people got wrong since then, for the trainer board; `scope` is a condition on
    `Person` that limits whom it may speak of."""


@hookspec
def lms_month_columns(
    close_id: int, person_ids: Sequence[int] | None
) -> Sequence[MonthColumn] | None:
    """collect. Columns of the month's list and of `lms month show`. `person_ids`: who stands on the
    page, whose values alone are looked at; None for everybody."""


@hookspec
def lms_checks() -> Sequence[Check] | None:
    """collect. Findings for `lms doctor`."""
