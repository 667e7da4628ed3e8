"""What HR may set."""

from lms.plugins.api import Level, Localized, Parameter, Policy

TARGET = Level.SENIOR_AGENT
FROM = Level.AGENT
LONGEST_RUN = 12

SENIOR_AGENT = Policy(
    name="promotion.senior_agent",
    title=Localized("晋级资深客服", "Promotion to senior agent"),
    parameters=(
        Parameter(
            "top_share",
            Localized(
                "满意度排名须进入参加排名者的前多少（人数向下取整）",
                "The satisfaction rank must be within this share of the ranked people"
                " (rounded down)",
            ),
            0.20,
            low=0.01,
            high=1.0,
        ),
        Parameter(
            "months",
            Localized("须连续多少个已结账月份达标", "Closed months in a row that must qualify"),
            3,
            low=1,
            high=LONGEST_RUN,
        ),
        Parameter(
            "temporary",
            Localized("临时客服可以晋级", "A temporary agent can be promoted"),
            True,
        ),
        Parameter(
            "cross_year",
            Localized("连续月份可以跨年", "The months in a row may begin in the year before"),
            False,
        ),
    ),
)
