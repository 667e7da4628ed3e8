"""Who may see, nominate and decide."""

from flask_babel import gettext as _

from lms.plugins.api import Localized, NavItem, Permission, Scope, Viewer, access

PERMISSIONS = (
    Permission(
        "promotion.view",
        Localized("查看晋级资格", "See promotion eligibility"),
        {access.EMPLOYEE: Scope.OWN, access.SUPERVISOR: Scope.TEAM, access.HR: Scope.ALL},
    ),
    Permission(
        "promotion.nominate",
        Localized("提名晋级", "Nominate for promotion"),
        {access.SUPERVISOR: Scope.TEAM, access.HR: Scope.ALL},
    ),
    Permission(
        "promotion.decide",
        Localized("决定晋级", "Decide on promotions"),
        {access.HR: Scope.ALL},
    ),
    Permission(
        "promotion.recommend",
        Localized("推荐晋级", "Recommend for promotion"),
        {access.SUPERVISOR: Scope.TEAM},
    ),
    Permission(
        "promotion.record",
        Localized("登记成立的投诉", "Record upheld complaints"),
        {access.HR: Scope.ALL},
    ),
)


def nav(viewer: Viewer) -> list[NavItem]:
    if not viewer.may("promotion.view", Scope.TEAM):
        return []
    return [NavItem(_("Promotion"), "promotion.board", "award", "results", 40)]
