"""Who may see and decide what."""

from flask_babel import gettext as _

from lms.plugins.api import Localized, NavItem, Permission, Scope, Viewer, access

PERMISSIONS = (
    Permission(
        "retraining.view",
        Localized("查看补训", "See retraining"),
        {access.EMPLOYEE: Scope.OWN, access.SUPERVISOR: Scope.TEAM, access.HR: Scope.ALL},
    ),
    Permission(
        "retraining.decide",
        Localized("决定补训是否继续", "Decide whether retraining goes on"),
        {access.HR: Scope.ALL},
    ),
    # Numbers without names: those who make the courses may know whether they help.
    Permission(
        "retraining.effect",
        Localized("查看补训效果", "See the effect of retraining"),
        {
            access.HR: Scope.ALL,
            access.TRAINER: Scope.ALL,
            access.TRAINING_MANAGER: Scope.ALL,
        },
    ),
)


def nav(viewer: Viewer) -> list[NavItem]:
    if not viewer.may("retraining.view", Scope.TEAM):
        if not viewer.may("retraining.effect"):
            return []
        name = _("Effect of retraining")
        return [NavItem(name, "retraining.show_effect", "refresh", "results", 30)]
    return [NavItem(_("Retraining"), "retraining.index", "refresh", "results", 30)]
