"""A rule in words, and what the kinds of programme are called."""

from collections.abc import Iterable, Mapping

from lms.access import ROLES
from lms.courses.audience.rule import Audience
from lms.courses.models import ProgrammeKind
from lms.db import Localized
from lms.people.words import CHANNELS, EMPLOYMENTS, LEVELS, named

KINDS: Mapping[str, Localized] = {
    ProgrammeKind.ONBOARDING: Localized("上岗培养", "Onboarding"),
    ProgrammeKind.TEMPORARY: Localized("临时客服培养", "Temporary track"),
    ProgrammeKind.TOPIC: Localized("专题课", "Topic course"),
    ProgrammeKind.RETRAINING: Localized("补训", "Retraining"),
    ProgrammeKind.TRACK: Localized("发展计划", "Development track"),
    ProgrammeKind.DELTA: Localized("更新学习", "Update"),
}


def says(rule: Audience, teams: Mapping[int, str]) -> list[Localized]:
    """One phrase for each condition, or one that says everybody; `teams`: names by id."""
    phrases = []
    if rule.teams:
        names = [Localized.of(teams.get(number, f"#{number}")) for number in rule.teams]
        phrases.append(_phrase("团队", "Team", names))
    for zh, en, codes, words in (
        ("职级", "Level", rule.levels, LEVELS),
        ("渠道", "Channel", rule.channels, CHANNELS),
        ("用工类型", "Employment", rule.employments, EMPLOYMENTS),
        ("角色", "Role", rule.roles, ROLES),
    ):
        if codes:
            phrases.append(_phrase(zh, en, (named(words, code) for code in codes)))
    if rule.cleared:
        phrases.append(Localized("已上岗", "Cleared for duty"))
    if rule.hired_from:
        day = rule.hired_from
        phrases.append(Localized(f"{day} 起入职", f"Hired on {day:%d %b %Y} or later"))
    if rule.hired_until:
        day = rule.hired_until
        phrases.append(Localized(f"{day} 前（含当天）入职", f"Hired on {day:%d %b %Y} or earlier"))
    if rule.hired_within:
        days = rule.hired_within
        phrases.append(Localized(f"近 {days} 天入职", f"Hired in the last {days} days"))
    return phrases or [Localized("全体在册人员", "Everybody on the roster")]


def _phrase(zh: str, en: str, values: Iterable[Localized]) -> Localized:
    found = list(values)
    return Localized(
        f"{zh}：{'、'.join(v.pick('zh') for v in found)}",
        f"{en}: {', '.join(v.pick('en') for v in found)}",
    )
