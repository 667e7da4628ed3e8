"""The weekly case review: a team votes on a published case before it sees how it was handled."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint

from lms.plugins.api import (
    CaseUsage,
    DemoMade,
    Event,
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

TITLE = Localized("每周案例研讨", "Weekly case review")
NOTICES = {
    "case_review": NoticeKind(Localized("每周案例研讨", "Weekly case review")),
    "case_review.opened": NoticeKind(
        Localized("本周研讨案例开放", "This week's case is open"), is_for_team=True
    ),
    "case_review.closed": NoticeKind(
        Localized("案例研讨小结", "Take-away of a case review"), is_for_team=True
    ),
}
AUDIT = {
    "casereviews.pick": Localized("选定研讨案例", "Picked a case for a team's week"),
    "casereviews.withdraw": Localized("撤回研讨案例", "Withdrew a picked case"),
    "casereviews.close": Localized("结束案例研讨", "Closed a case review"),
    "casereviews.draft": Localized("将研讨小结写入案例草稿", "Put a take-away into a case's draft"),
    "casereviews.remove": Localized("移除研讨发言", "Removed a comment of a case review"),
    "case_review": Localized("案例研讨", "Case review"),
    "case_review_comment": Localized("研讨发言", "Comment of a case review"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.casereviews.views import bp

    return [bp]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    from lms.plugins.casereviews.access import PERMISSIONS

    return PERMISSIONS


@hookimpl
def lms_policies() -> Sequence[Policy]:
    from lms.plugins.casereviews.policy import REVIEWS

    return [REVIEWS]


@hookimpl
def lms_jobs() -> Sequence[Job]:
    from lms.plugins.casereviews.telling import tell

    return [Job("casereviews.tell", tell, every=timedelta(minutes=10))]


@hookimpl
def lms_event(event: Event) -> None:
    if isinstance(event, DemoMade):
        from lms.plugins.casereviews.demo import make

        make(db.session(), event.at)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.casereviews.personal import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms.plugins.casereviews.personal import erase

    return erase(db.session(), person_id, now)


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    from lms.plugins.casereviews.access import nav

    return nav(viewer)


@hookimpl
def lms_case_usage() -> Sequence[CaseUsage]:
    from lms.plugins.casereviews.queries import usage

    return [usage()]


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel] | None:
    from lms.plugins.casereviews.panels import panels

    return panels(place, viewer)
