"""Recognition: service stars, best of the year, team points, outside qualifications."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint

from lms.plugins.api import (
    DemoMade,
    Event,
    Localized,
    NavItem,
    NoticeKind,
    Panel,
    Permission,
    Policy,
    Rule,
    Viewer,
    db,
    hookimpl,
)
from lms.plugins.api import gettext as _

TITLE = Localized("表彰：服务之星、年度最佳、团队积分", "Recognition: stars, awards, team points")
NOTICES = {
    "recognition.star": NoticeKind(Localized("服务之星", "Service star of the month")),
    "recognition.award": NoticeKind(Localized("年度最佳", "Best of the year")),
    "recognition.praise": NoticeKind(Localized("客户表扬", "Praise from a customer")),
    "recognition.qualification": NoticeKind(
        Localized("外部资格证书审核", "Outside qualifications")
    ),
}
AUDIT = {
    "recognition.award": Localized("评定年度最佳", "Named the best of the year"),
    "recognition.withdraw_award": Localized("撤销年度最佳", "Withdrew a best of the year"),
    "recognition.points": Localized("登记团队积分", "Entered team points"),
    "recognition.counter": Localized("冲销团队积分", "Countered an entry of team points"),
    "recognition.submit": Localized("提交外部资格证书", "Sent in an outside qualification"),
    "recognition.approve": Localized("通过外部资格证书", "Approved an outside qualification"),
    "recognition.decline": Localized("退回外部资格证书", "Declined an outside qualification"),
    "recognition.proof": Localized("查看资格证明", "Looked at the proof of a qualification"),
    "recognition_award": Localized("年度最佳", "Best of the year"),
    "recognition_entry": Localized("团队积分记录", "Entry of team points"),
    "recognition_qualification": Localized("外部资格证书", "Outside qualification"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.recognition.views import bp

    return [bp]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    from lms.plugins.recognition.access import PERMISSIONS

    return PERMISSIONS


@hookimpl
def lms_policies() -> Sequence[Policy]:
    from lms.plugins.recognition.policy import AWARDS, STARS

    return [STARS, AWARDS]


@hookimpl
def lms_rules() -> Sequence[Rule]:
    from lms.plugins.recognition.stars import StarOfTheMonth

    return [StarOfTheMonth()]


@hookimpl
def lms_event(event: Event) -> None:
    if isinstance(event, DemoMade):
        from lms.plugins.recognition.demo import make

        make(db.session(), event.at)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.recognition.personal import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms.plugins.recognition.personal import erase

    return erase(db.session(), person_id)


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    return [NavItem(_("Recognition"), "recognition.index", "trophy", "results", 60)]


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel] | None:
    if place != "home_more":
        return None
    from lms.plugins.recognition.panels import latest_stars

    return latest_stars(db.session())
