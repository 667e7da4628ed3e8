"""Scorecards: supervisors' months, quarters and years with spot checks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from lms.plugins.api import (
    DemoMade,
    Event,
    Localized,
    Month,
    MonthClosed,
    NavItem,
    Panel,
    Permission,
    Policy,
    Scope,
    Viewer,
    WeighedScore,
    db,
    hookimpl,
)

TITLE = Localized(
    "计分卡：主管月度、季度与年度得分", "Scorecards: supervisors' months, quarters, years"
)
AUDIT = {
    "scorecards.enter": Localized("登记主管数据", "Entered a supervisor's figure"),
    "scorecards.withdraw": Localized("撤销主管数据", "Withdrew a supervisor's figure"),
    "scorecards.work_out": Localized("计算主管月度得分", "Worked out supervisors' months"),
    "scorecards.spot_check": Localized("登记抽查", "Entered a spot check"),
    "scorecards.correct_check": Localized("更正抽查", "Corrected a spot check"),
    "scorecards.withdraw_check": Localized("撤销抽查", "Withdrew a spot check"),
    "scorecards_entry": Localized("主管数据", "Supervisor's figure"),
    "scorecards_spot_check": Localized("抽查", "Spot check"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.scorecards.views import bp

    return [bp]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    from lms.plugins.scorecards.access import PERMISSIONS

    return PERMISSIONS


@hookimpl
def lms_policies() -> Sequence[Policy]:
    from lms.plugins.scorecards.policy import SPOT_CHECKS, SUPERVISOR

    return [SUPERVISOR, SPOT_CHECKS]


@hookimpl
def lms_event(event: Event) -> None:
    if isinstance(event, MonthClosed):
        from lms.plugins.scorecards.supervisors.months import work_out

        work_out(db.session(), event.month, event.at)
    elif isinstance(event, DemoMade):
        from lms.plugins.scorecards.demo import make

        make(db.session(), event.at)


@hookimpl
def lms_weighed_scores(
    first: Month, last: Month, person_ids: Sequence[int] | None
) -> Sequence[WeighedScore]:
    from lms.plugins.scorecards.periods.spot_checks import weighed

    return weighed(db.session(), first, last, person_ids)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.scorecards.personal import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms.plugins.scorecards.personal import erase

    return erase(db.session(), person_id)


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    from lms.plugins.scorecards.access import in_menu

    page = "people" if viewer.may("results.view", Scope.TEAM) else "mine"
    items = [NavItem(_("Quarter and year"), f"scorecards.{page}", "chart-line", "results", 15)]
    if in_menu(viewer):
        items.append(
            NavItem(_("Supervisors' months"), "scorecards.supervisors", "scale", "results", 16)
        )
    return items


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel] | None:
    if place != "my_month":
        return None
    from lms.plugins.scorecards.panels import my_month

    return my_month(viewer.person_id, subject)
