"""Certificates: issued when a course is completed, as PDF, checked by anybody, until they end."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint

from lms.plugins.api import (
    AwardGranted,
    AwardWithdrawn,
    Check,
    DemoMade,
    EnrolmentCompleted,
    Event,
    Job,
    Localized,
    NavItem,
    NoticeKind,
    Panel,
    Permission,
    Policy,
    Scope,
    Viewer,
    db,
    hookimpl,
)
from lms.plugins.api import gettext as _

TITLE = Localized("证书：颁发、打印与验证", "Certificates: issued, printed, verified")
NOTICES = {
    "certificate": NoticeKind(Localized("收到证书", "A certificate for you")),
    "certificate.expiring": NoticeKind(Localized("证书即将到期", "A certificate is about to end")),
    "certificate.revoked": NoticeKind(Localized("证书被撤销", "A certificate was revoked")),
}
AUDIT = {
    "certificates.revoke": Localized("撤销证书", "Revoked a certificate"),
    "certificates.reissue": Localized("换发证书", "Issued a certificate anew"),
    "certificates.sign": Localized("更改证书签名", "Changed who signs certificates"),
    "certificates.terms": Localized("更改课程的证书规则", "Changed what a course earns"),
    "certificate": Localized("证书", "Certificate"),
    "certificate_signature": Localized("证书签名", "Signature of certificates"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.certificates.views import bp

    return [bp]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    view = Localized("查看他人证书", "See others' certificates")
    manage = Localized("撤销、换发证书，设置签名", "Revoke and reissue certificates, sign them")
    everybody = {"hr": Scope.ALL, "training_manager": Scope.ALL}
    return [
        Permission("certificates.view", view, {"supervisor": Scope.TEAM, **everybody}),
        Permission("certificates.manage", manage, {"hr": Scope.ALL}),
    ]


@hookimpl
def lms_policies() -> Sequence[Policy]:
    from lms.plugins.certificates.policy import ISSUING

    return [ISSUING]


@hookimpl
def lms_jobs() -> Sequence[Job]:
    from lms.plugins.certificates.reminders import remind

    return [Job("certificates.remind", remind, every=timedelta(hours=1))]


@hookimpl
def lms_event(event: Event) -> None:
    if isinstance(event, EnrolmentCompleted):
        from lms.plugins.certificates import issuing, terms

        if terms.of(db.session(), event.programme_id).grants:
            issuing.issue(db.session(), event.enrolment_id, event.at)
    if isinstance(event, AwardGranted):
        from lms.plugins.certificates import issuing

        issuing.issue_award(db.session(), event.person_id, event.key, event.title, event.at)
    if isinstance(event, AwardWithdrawn):
        from lms.plugins.certificates import issuing

        issuing.revoke_award(db.session(), event.key, event.reason, now=event.at)
    if isinstance(event, DemoMade):
        from lms.plugins.certificates.demo import sign_certificates

        sign_certificates(db.session(), event.at)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.certificates.personal import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms.plugins.certificates.personal import erase

    return erase(db.session(), person_id)


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    own = NavItem(_("Certificates"), "certificates.mine", "certificate", "learn", 60)
    if not viewer.may("certificates.view"):
        return [own]
    every = _("Certificate register")
    return [own, NavItem(every, "certificates.register", "certificate", "team", 60)]


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel]:
    from lms.plugins.certificates.panels import panels

    return panels(place, subject, viewer)


@hookimpl
def lms_checks() -> Sequence[Check]:
    from lms.plugins.certificates.checks import checks

    return list(checks(db.session()))
