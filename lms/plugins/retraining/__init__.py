"""Retraining: the lowest tenth of a month's ranking, each aimed at their weakest figure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click
from flask import Blueprint

from lms.plugins.api import (
    CriterionResult,
    EnrolmentCompleted,
    Event,
    Localized,
    MonthColumn,
    NavItem,
    NoticeKind,
    Panel,
    Permission,
    Policy,
    ResultAppealed,
    ResultAppealSettled,
    Rule,
    Viewer,
    db,
    hookimpl,
)

TITLE = Localized(
    "末位补训：针对最弱项",
    "Retraining of the lowest scores, aimed at the weakest figure",
)
NOTICES = {
    "retraining.assigned": NoticeKind(Localized("安排了补训", "Retraining was assigned")),
    "retraining.review": NoticeKind(Localized("补训需要复核", "A retraining to look at again")),
}
AUDIT = {
    "retraining.cancel": Localized("取消补训", "Cancelled a retraining"),
    "retraining.keep": Localized("保留补训", "Kept a retraining"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.retraining.views import bp

    return [bp]


@hookimpl
def lms_commands() -> Sequence[click.Command]:
    from lms.plugins.retraining.cli import retraining

    return [retraining]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    from lms.plugins.retraining.access import PERMISSIONS

    return PERMISSIONS


@hookimpl
def lms_policies() -> Sequence[Policy]:
    from lms.plugins.retraining.effect.policy import EFFECT
    from lms.plugins.retraining.policy import SELECTION

    return [SELECTION, EFFECT]


@hookimpl
def lms_rules() -> Sequence[Rule]:
    from lms.plugins.retraining.rule import BottomShare

    return [BottomShare()]


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.retraining.personal import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    return 0


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    from lms.plugins.retraining.access import nav

    return nav(viewer)


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel] | None:
    from lms.plugins.retraining.panels import panels

    return panels(place, subject, viewer)


@hookimpl
def lms_month_columns(close_id: int, person_ids: Sequence[int] | None) -> Sequence[MonthColumn]:
    from lms.plugins.retraining.queries import month_columns

    return month_columns(db.session(), close_id, person_ids)


@hookimpl
def lms_criteria(
    person_ids: Sequence[int], target: str, year: int, now: datetime
) -> Mapping[int, Sequence[CriterionResult]]:
    from lms.plugins.retraining.queries import promotion_criteria

    return promotion_criteria(db.session(), person_ids)


@hookimpl
def lms_event(event: Event) -> None:
    from lms.plugins.retraining import holding, services

    if isinstance(event, EnrolmentCompleted):
        services.complete(db.session(), event.enrolment_id, event.at)
    elif isinstance(event, ResultAppealed):
        holding.hold(db.session(), event.person_id, event.month, event.at)
    elif isinstance(event, ResultAppealSettled):
        holding.settle(
            db.session(), event.person_id, event.month, event.at, is_upheld=event.is_upheld
        )
