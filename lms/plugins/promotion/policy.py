"""What HR may set: a track for each step of the ladder, whose rules are a policy of its own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from lms.plugins.api import Level, Localized, Parameter, Policy, PolicyInForce

LONGEST_RUN = 12

_STREAK = (
    Parameter(
        "streak",
        Localized(
            "要求连续达标月份（KPI 达标且满意度排名靠前）",
            "Ask for good months in a row (KPI met, satisfaction rank in the top)",
        ),
        True,
    ),
    Parameter(
        "top_share",
        Localized(
            "满意度排名须进入参加排名者的前多少（人数向下取整）",
            "The satisfaction rank must be within this share of the ranked people (rounded down)",
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
        Localized("临时员工可以晋级", "A temporary agent can be promoted"),
        True,
    ),
    Parameter(
        "cross_year",
        Localized("连续月份可以跨年", "The months in a row may begin in the year before"),
        False,
    ),
)
# Beside "no open retraining", which the policy of the retraining plugin switches on.
_OPTIONAL = (
    Parameter(
        "courses",
        Localized(
            "须完成的课程（编号，用空格隔开；空：不要求）",
            "Courses that must be completed (their keys, separated by spaces; empty: none)",
        ),
        "",
    ),
    Parameter(
        "skills",
        Localized("须完成能力路径并全部签核", "The track of skills must be completed, signed off"),
        False,
    ),
    Parameter(
        "skills_track",
        Localized(
            "能力路径的编号；晋级后未完成者自动开课",
            "Key of that track; whoever is promoted without it is enrolled in it",
        ),
        "",
    ),
    Parameter(
        "tenure",
        Localized("须任现职满多少个月（0：不要求）", "Months at the present level (0: any)"),
        0,
        low=0,
        high=240,
    ),
    Parameter(
        "complaint_free",
        Localized(
            "最近多少个月内没有成立的三级投诉（0：不要求）",
            "Months without an upheld level-3 complaint (0: not asked)",
        ),
        0,
        low=0,
        high=120,
    ),
    Parameter(
        "recommendation",
        Localized("须有主管推荐", "A supervisor must recommend the person"),
        False,
    ),
    Parameter(
        "probation",
        Localized("晋级后的试用天数（0：没有）", "Days of probation after a promotion (0: none)"),
        0,
        low=0,
        high=366,
    ),
)


class Track(NamedTuple):
    """A step of the ladder, from one level to the next, and the policy that holds for it."""

    source: Level
    target: Level
    policy: Policy
    name: Localized

    @property
    def key(self) -> str:
        return self.target.value


def _policy(target: Level, title: Localized, **other_defaults: float | bool | str) -> Policy:
    parameters = (*_STREAK, *_OPTIONAL)
    return Policy(
        name=f"promotion.{target.value}",
        title=title,
        parameters=tuple(
            replace(p, default=other_defaults[p.name]) if p.name in other_defaults else p
            for p in parameters
        ),
    )


SENIOR_AGENT = _policy(
    Level.SENIOR_AGENT,
    Localized("晋级资深客服", "Promotion to senior agent"),
    skills_track="senior-agent-track",
)
SUPERVISOR = _policy(
    Level.SUPERVISOR,
    Localized("晋级客服主管", "Promotion to supervisor"),
    tenure=12,
    skills_track="senior-agent-track",
    skills=True,
    probation=90,
)
MANAGER = _policy(
    Level.MANAGER,
    Localized("晋级客服经理", "Promotion to manager"),
    streak=False,
    tenure=24,
    recommendation=True,
    probation=180,
)
TRACKS: Mapping[str, Track] = {
    track.key: track
    for track in (
        Track(Level.AGENT, Level.SENIOR_AGENT, SENIOR_AGENT, Localized("资深客服", "senior agent")),
        Track(
            Level.SENIOR_AGENT, Level.SUPERVISOR, SUPERVISOR, Localized("客服主管", "supervisor")
        ),
        Track(Level.SUPERVISOR, Level.MANAGER, MANAGER, Localized("客服经理", "manager")),
    )
}
FIRST = TRACKS[Level.SENIOR_AGENT.value]


def track_named(key: str | None) -> Track:
    """The first step of the ladder where the name is not that of a track."""
    return TRACKS.get(key or "", FIRST)


def track_from(level: str) -> Track | None:
    """The step up from a level; none from the topmost."""
    return next((track for track in TRACKS.values() if track.source == level), None)


def asks_for_streak(policy: PolicyInForce) -> bool:
    return bool(policy["streak"])
