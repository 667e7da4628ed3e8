"""What HR may set."""

from collections.abc import Mapping

from lms.plugins.api import Localized, Parameter, Policy

COMPANY, TEAM, CHANNEL = "company", "team", "channel"
EACH: Mapping[str, Localized] = {
    COMPANY: Localized("全公司一位", "One in the company"),
    TEAM: Localized("每个团队一位", "One in each team"),
    CHANNEL: Localized("每个渠道一位", "One in each channel"),
}

STARS = Policy(
    name="recognition.stars",
    title=Localized("月度服务之星", "Service star of the month"),
    parameters=(
        Parameter(
            "each",
            Localized(
                "服务之星的范围（满意度最高，相同时一次性解决率最高；仍相同则并列）",
                "Stars (best satisfaction, then best first-contact resolution; ties share)",
            ),
            COMPANY,
            choices=tuple(EACH),
            choice_names=EACH,
        ),
        Parameter(
            "least",
            Localized(
                "范围内至少有多少人有满意度数据才评选",
                "People with a satisfaction figure from which on a star is named",
            ),
            3,
            low=1,
            high=1000,
        ),
    ),
    by_month=True,
)
AWARDS = Policy(
    name="recognition.awards",
    title=Localized("年度最佳与团队积分", "Best of the year and team points"),
    parameters=(
        Parameter(
            "least_months",
            Localized(
                "参评年度最佳至少需要的排名月数",
                "Months ranked from which on somebody can be the best of the year",
            ),
            6,
            low=1,
            high=12,
        ),
        Parameter(
            "praise_points",
            Localized("一次客户表扬的团队积分", "Team points for praise from a customer"),
            5,
            low=0,
            high=1000,
        ),
        Parameter(
            "qualification_points",
            Localized(
                "一项外部资格证书的团队积分", "Team points for an approved outside qualification"
            ),
            10,
            low=0,
            high=1000,
        ),
    ),
)
