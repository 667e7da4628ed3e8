"""Who sees supervisors' months, and who enters what they are made of."""

from lms.plugins.api import Localized, Permission, Scope, access

VIEW, ENTER, RESULTS = "scorecards.view", "scorecards.enter", "results.view"

PERMISSIONS = (
    Permission(
        VIEW,
        Localized("查看主管月度得分", "See supervisors' months"),
        {access.SUPERVISOR: Scope.OWN, access.HR: Scope.ALL},
    ),
    Permission(
        ENTER,
        Localized("登记主管数据与抽查", "Enter supervisors' figures and spot checks"),
        {access.HR: Scope.ALL},
    ),
)
