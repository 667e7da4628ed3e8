"""Mentoring: who looks after a hire or somebody in retraining, and their check-ins."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint

from lms.plugins.api import (
    DemoMade,
    Event,
    Job,
    Localized,
    NavItem,
    NoticeKind,
    Panel,
    Permission,
    Policy,
    SignOffAsked,
    Viewer,
    db,
    hookimpl,
)

TITLE = Localized("导师：结对、跟进与签核", "Mentors: pairing, check-ins, sign-offs")
NOTICES = {"mentoring": NoticeKind(Localized("导师与跟进", "Mentoring and check-ins"))}
AUDIT = {
    "mentoring.pair": Localized("安排导师", "Chose a mentor"),
    "mentoring.end": Localized("结束导师结对", "Ended a mentoring"),
    "mentoring.check_in": Localized("记录导师跟进", "Recorded a check-in"),
    "mentoring.plan": Localized("调整跟进日期", "Planned a check-in"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.mentoring import pair_views, views

    return [views.bp, pair_views.bp]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    from lms.plugins.mentoring.access import PERMISSIONS

    return PERMISSIONS


@hookimpl
def lms_policies() -> Sequence[Policy]:
    from lms.plugins.mentoring.policy import CHECK_INS

    return [CHECK_INS]


@hookimpl
def lms_jobs() -> Sequence[Job]:
    from lms.plugins.mentoring.upkeep import upkeep

    return [Job("mentoring.upkeep", upkeep, every=timedelta(minutes=10))]


@hookimpl
def lms_event(event: Event) -> None:
    if isinstance(event, SignOffAsked):
        from lms.plugins.mentoring.telling import sign_off_asked

        sign_off_asked(db.session(), event)
    if isinstance(event, DemoMade):
        from lms.plugins.mentoring.demo import make_pairs

        make_pairs(db.session(), event.at)


@hookimpl
def lms_entrusted(person_id: int, permission: str) -> Sequence[int]:
    from lms.plugins.mentoring.access import entrusted

    return entrusted(db.session(), person_id, permission)


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    from lms.plugins.mentoring.access import nav

    return nav(viewer)


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel]:
    from lms.plugins.mentoring.panels import panels

    return panels(place, subject, viewer)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.mentoring.personal import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms.plugins.mentoring.personal import erase

    return erase(db.session(), person_id)
