"""Certificates: issued when a course is completed, printable, checked by anybody by their code."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from lms.plugins.api import (
    EnrolmentCompleted,
    Event,
    Localized,
    NavItem,
    NoticeKind,
    Panel,
    Viewer,
    db,
    hookimpl,
)

TITLE = Localized("证书：颁发、打印与验证", "Certificates: issued, printed, verified")
NOTICES = {
    "certificate": NoticeKind(Localized("收到证书", "A certificate for you")),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.certificates.views import bp

    return [bp]


@hookimpl
def lms_event(event: Event) -> None:
    if isinstance(event, EnrolmentCompleted):
        from lms.plugins.certificates.services import earns_one, issue

        if earns_one(db.session(), event.programme_id):
            issue(db.session(), event.enrolment_id, event.at)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.certificates.services import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms.plugins.certificates.services import erase

    return erase(db.session(), person_id)


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    return [NavItem(_("Certificates"), "certificates.mine", "certificate", "learn", 60)]


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel]:
    from lms.plugins.certificates.panels import panels

    return panels(place, subject, viewer)
