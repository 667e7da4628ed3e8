"""Who sees supervisors' months, and who enters what they are made of."""

from lms.plugins.api import Localized, Permission, Scope, Viewer, access

VIEW, ENTER, RESULTS = "scorecards.view", "scorecards.enter", "results.view"

PERMISSIONS = (
    Permission(
        VIEW,
        Localized("查看主管月度得分", "See supervisors' months"),
        # Who supervises by level alone has no role.
        {access.EMPLOYEE: Scope.OWN, access.HR: Scope.ALL},
    ),
    Permission(
        ENTER,
        Localized("登记主管数据与抽查", "Enter supervisors' figures and spot checks"),
        {access.HR: Scope.ALL},
    ),
)


def in_menu(viewer: Viewer) -> bool:
    """Supervisors' months are of interest to supervisors and those who see all of them."""
    return access.SUPERVISOR in viewer.roles or viewer.may(VIEW, Scope.ALL)
