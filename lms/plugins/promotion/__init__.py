"""Promotion along the ladder: streaks of good months, nomination, decision, probation."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import click
from flask import Blueprint

from lms.plugins.api import (
    Appealable,
    CriterionResult,
    Job,
    Localized,
    NavItem,
    NoticeKind,
    Panel,
    Permission,
    Policy,
    Viewer,
    db,
    hookimpl,
)

TITLE = Localized(
    "晋级：资格、提名、决定与试用期",
    "Promotion along the ladder: eligibility, nomination, decision, probation",
)
NOTICES = {
    "promotion.nominated": NoticeKind(Localized("晋升提名", "A nomination for promotion")),
    "promotion.decided": NoticeKind(Localized("晋升结果", "A decision on promotion")),
}
AUDIT = {
    "promotion.nominate": Localized("提名晋级", "Nominated for promotion"),
    "promotion.approve": Localized("批准晋级", "Approved a promotion"),
    "promotion.decline": Localized("不予晋级", "Declined a promotion"),
    "promotion.withdraw": Localized("撤回晋级提名", "Withdrew a nomination"),
    "promotion.not_carried_out": Localized("晋级未能生效", "A promotion could not take effect"),
    "promotion.confirm": Localized("试用期通过", "Confirmed a promotion after probation"),
    "promotion.return": Localized("试用期后退回原职级", "Returned to the former level"),
    "promotion.complaint": Localized("登记成立的投诉", "Recorded an upheld complaint"),
    "promotion.complaint_withdrawn": Localized("撤销投诉登记", "Withdrew a recorded complaint"),
    "promotion.recommend": Localized("推荐晋级", "Recommended for promotion"),
    "promotion.recommendation_withdrawn": Localized("撤回推荐", "Took back a recommendation"),
    "promotion.archive": Localized("归档年度晋级结论", "Froze a year's verdicts"),
    "archive": Localized("年度晋级归档", "A year's frozen verdicts"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.promotion.views import bp

    return [bp]


@hookimpl
def lms_commands() -> Sequence[click.Command]:
    from lms.plugins.promotion.cli import promotion

    return [promotion]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    from lms.plugins.promotion.access import PERMISSIONS

    return PERMISSIONS


@hookimpl
def lms_policies() -> Sequence[Policy]:
    from lms.plugins.promotion.policy import TRACKS

    return [track.policy for track in TRACKS.values()]


@hookimpl
def lms_jobs() -> Sequence[Job]:
    from lms.plugins.promotion import deciding, probation

    return [
        Job("promotion.take_effect", deciding.take_effect, every=timedelta(hours=1)),
        Job("promotion.probation", probation.remind, every=timedelta(hours=1)),
    ]


@hookimpl
def lms_appealables() -> Sequence[Appealable]:
    from lms.plugins.promotion.appealing import VERDICT

    return [VERDICT]


@hookimpl
def lms_criteria(
    person_ids: Sequence[int], target: str, year: int, now: datetime
) -> Mapping[int, Sequence[CriterionResult]]:
    from lms.plugins.promotion.requirements import results

    return results(db.session(), person_ids, target, year, now)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.promotion.personal import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms.plugins.promotion.personal import erase

    return erase(db.session(), person_id)


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    from lms.plugins.promotion.access import nav

    return nav(viewer)


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel] | None:
    from lms.plugins.promotion.panels import panels

    return panels(place, viewer)
