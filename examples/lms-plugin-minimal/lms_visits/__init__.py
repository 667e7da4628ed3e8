"""Mystery customer visits: scored, on the person's page, in a report and in promotions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from lms.plugins.api import (
    CriterionResult,
    Localized,
    NavItem,
    Panel,
    Permission,
    Person,
    Scope,
    Setting,
    SettingKind,
    Viewer,
    access,
    db,
    hookimpl,
)

TITLE = Localized("神秘顾客", "Mystery customer visits")
LMS_API = 1


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms_visits.views import bp

    return [bp]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    return [
        Permission(
            "visits.record",
            Localized("记录神秘顾客评分", "Record mystery customer visits"),
            {access.QUALITY: Scope.ALL},
        ),
        Permission(
            "visits.view",
            Localized("查看神秘顾客评分", "See mystery customer visits"),
            {
                access.EMPLOYEE: Scope.OWN,
                access.SUPERVISOR: Scope.TEAM,
                access.QUALITY: Scope.ALL,
                access.HR: Scope.ALL,
            },
        ),
    ]


@hookimpl
def lms_settings() -> Sequence[Setting]:
    return [
        Setting(
            "mark",
            Localized("晋升要求的平均分", "Mean score that a promotion asks for"),
            SettingKind.NUMBER,
            80,
            low=0,
            high=100,
        ),
        Setting(
            "visits",
            Localized("一年内至少评几次", "Visits needed within the year"),
            SettingKind.NUMBER,
            2,
            low=1,
            high=50,
        ),
    ]


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    if not viewer.may("visits.view", Scope.TEAM):
        return []
    return [NavItem(_("Visits"), "visits.index", "users", "results", 60)]


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel] | None:
    if place != "person" or not isinstance(subject, Person):
        return None
    if not viewer.covers("visits.view", subject):
        return None
    from lms_visits.views import panel

    return panel(subject)


@hookimpl
def lms_criteria(
    person_ids: Sequence[int], target: str, year: int, now: datetime
) -> Mapping[int, Sequence[CriterionResult]]:
    from lms_visits.queries import criteria

    return criteria(db.session(), person_ids, year)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms_visits.services import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms_visits.services import erase

    return erase(db.session(), person_id)
