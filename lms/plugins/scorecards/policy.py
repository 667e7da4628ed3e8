"""What HR may set: the parts of a supervisor's month, and what a spot check weighs."""

from lms.plugins.api import Localized, Parameter, Policy

SUPERVISOR = Policy(
    name="scorecards.supervisor",
    title=Localized("主管月度得分", "Supervisor's month"),
    parameters=(
        Parameter(
            "weight_met",
            Localized("权重：团队 KPI 达标率", "Weight: the team's KPI met"),
            50.0, low=0, high=100,
        ),
        Parameter(
            "weight_sampling",
            Localized("权重：抽检合格率", "Weight: sampling pass rate"),
            30.0, low=0, high=100,
        ),
        Parameter(
            "weight_actions",
            Localized("权重：改进项完成率", "Weight: improvement actions done"),
            20.0, low=0, high=100,
        ),
    ),
    by_month=True,
)  # fmt: skip
SPOT_CHECKS = Policy(
    name="scorecards.spot_checks",
    title=Localized("抽查的权重", "Weight of spot checks"),
    parameters=(
        Parameter(
            "weight",
            Localized(
                "一次抽查的权重（一个月度得分为 1），登记时可改",
                "A spot check weighs (a monthly score weighs 1); can be changed when entering it",
            ),
            0.5, low=0.01, high=12,
        ),
    ),
)  # fmt: skip
