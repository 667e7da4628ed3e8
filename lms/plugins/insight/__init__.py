"""Insight: trends of people, teams and the company, cohorts of new hires, effect of training."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint

from lms.plugins.api import (
    Localized,
    NavItem,
    Permission,
    Policy,
    Scope,
    Viewer,
    access,
    hookimpl,
)
from lms.plugins.api import gettext as _

TITLE = Localized("洞察：趋势、新人批次、培训效果", "Insight: trends, cohorts, effect of training")


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.insight.views import bp

    return [bp]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    see = Localized("查看趋势", "See trends")
    training = Localized("查看新人批次与培训效果", "See cohorts and the effect of training")
    wide = dict.fromkeys((access.TRAINER, access.TRAINING_MANAGER, access.HR), Scope.ALL)
    own = {access.EMPLOYEE: Scope.OWN, access.SUPERVISOR: Scope.TEAM, access.HR: Scope.ALL}
    return [
        Permission("insight.view", see, own),
        Permission("insight.training", training, wide),
    ]


@hookimpl
def lms_policies() -> Sequence[Policy]:
    from lms.plugins.insight.policy import ENOUGH

    return [ENOUGH]


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    return [NavItem(_("Trends"), "insight.index", "chart-line", "results", 50)]


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return {}  # it stores nothing


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    return 0
