"""Who enters points, approves qualifications and names the best of the year."""

from lms.plugins.api import Localized, Permission, Scope, access

PRAISE, POINTS = "recognition.praise", "recognition.points"
APPROVE, AWARD = "recognition.approve", "recognition.award"

PERMISSIONS = (
    Permission(
        PRAISE,
        Localized("登记客户表扬", "Enter praise from customers"),
        {access.SUPERVISOR: Scope.TEAM, access.QUALITY: Scope.ALL, access.HR: Scope.ALL},
    ),
    Permission(
        POINTS,
        Localized("登记与冲销团队积分", "Enter and counter team points"),
        {access.HR: Scope.ALL},
    ),
    Permission(
        APPROVE,
        Localized("审核外部资格证书", "Approve outside qualifications"),
        {access.HR: Scope.ALL, access.TRAINING_MANAGER: Scope.ALL},
    ),
    Permission(
        AWARD, Localized("评定年度最佳", "Name the best of the year"), {access.HR: Scope.ALL}
    ),
)
