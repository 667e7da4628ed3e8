"""Annual training plan: what is planned for each month, what was done, and what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from lms.plugins.api import (
    DemoMade,
    Event,
    Localized,
    NavItem,
    Panel,
    Permission,
    Scope,
    Viewer,
    access,
    db,
    hookimpl,
)

TITLE = Localized("年度培训计划", "Annual training plan")
AUDIT = {
    "planning.add": Localized("新增培训计划", "Planned a training"),
    "planning.change": Localized("修改培训计划", "Changed a planned training"),
    "plan_entry": Localized("培训计划项", "Planned training"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.planning.views import bp

    return [bp]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    writers = dict.fromkeys((access.TRAINER, access.TRAINING_MANAGER), Scope.ALL)
    readers = dict.fromkeys((access.HR, access.SUPERVISOR, access.QUALITY), Scope.ALL)
    return [
        Permission(
            "planning.view", Localized("查看培训计划", "See the training plan"), readers | writers
        ),
        Permission("planning.edit", Localized("编制培训计划", "Write the training plan"), writers),
    ]


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    if not viewer.may("planning.view"):
        return []
    return [NavItem(_("Training plan"), "planning.year", "calendar-event", "team", 35)]


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel]:
    if place != "home_more":
        return []
    from lms.plugins.planning.panels import of_this_month

    return of_this_month(viewer)


@hookimpl
def lms_event(event: Event) -> None:
    if isinstance(event, DemoMade):
        from lms.plugins.planning.demo import plan_the_year

        plan_the_year(db.session(), event.at)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.planning.personal import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    return 0  # entries refer to the person, who has no name any more
