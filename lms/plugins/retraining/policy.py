"""What HR may set."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP

from lms.plugins.api import Localized, Parameter, Policy

# How share × people becomes a whole number.
ROUNDINGS = {"floor": ROUND_FLOOR, "half_up": ROUND_HALF_UP, "ceiling": ROUND_CEILING}
TOGETHER, LEFT_OUT = "together", "left_out"

SELECTION = Policy(
    name="retraining.selection",
    title=Localized("末位补训", "Retraining of the lowest scores"),
    parameters=(
        Parameter(
            "share",
            Localized(
                "参加排名者中进入补训的比例",
                "Share of the ranked people who are sent to retraining",
            ),
            0.10,
            low=0.0,
            high=0.5,
        ),
        Parameter(
            "rounding",
            Localized(
                "按比例算出的人数如何取整", "How that share is rounded to a number of people"
            ),
            "floor",
            choices=tuple(ROUNDINGS),
            choice_names={
                "floor": Localized("向下取整", "Down"),
                "half_up": Localized("四舍五入", "To the nearest, a half up"),
                "ceiling": Localized("向上取整", "Up"),
            },
        ),
        Parameter(
            "ties",
            Localized(
                "与最后一名入选者同分的人",
                "People whose score equals that of the last one selected",
            ),
            TOGETHER,
            choices=(TOGETHER, LEFT_OUT),
            choice_names={
                TOGETHER: Localized("一并入选", "All of them are selected too"),
                LEFT_OUT: Localized(
                    "超出人数时，同分者全部不入选",
                    "If they make it more than the share, none of them is selected",
                ),
            },
        ),
        Parameter(
            "minimum",
            Localized(
                "参加排名者少于多少人时无人入选（0：不限）",
                "With fewer ranked people than this, nobody is selected (0: any number)",
            ),
            0,
            low=0,
            high=100_000,
        ),
        Parameter(
            "use_threshold",
            Localized("低于固定分数线者也进入补训", "Also select everyone below a fixed score"),
            False,
        ),
        Parameter(
            "threshold",
            Localized("固定分数线（0-100，不含）", "The fixed score (0-100, exclusive)"),
            60.0,
            low=0.0,
            high=100.0,
        ),
        Parameter(
            "due_days",
            Localized("结账后多少天内完成", "Days after the close until it is due"),
            14,
            low=1,
            high=90,
        ),
        Parameter(
            "blocks_promotion",
            Localized("有未完成的补训不能晋级", "Open retraining stands against a promotion"),
            False,
        ),
    ),
    by_month=True,
)
