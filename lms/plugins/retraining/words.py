"""The reason in words, in both languages; figures as the handbook writes them."""

from collections.abc import Mapping
from typing import Any

from lms.plugins.api import Localized, Month

NAMES = {
    "frt": Localized("首次响应时长", "first response"),
    "fcr": Localized("一次性解决率", "first-contact resolution"),
    "csat": Localized("服务满意度", "satisfaction"),
    "feedback": Localized("客户反馈", "customer feedback"),
    "exam": Localized("考试", "exams"),
    "case_analysis": Localized("案例分析", "case analysis"),
}
_SHARES = {"fcr"}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def figure_name(figure: str) -> Localized:
    return NAMES.get(figure, Localized(figure, figure))


def amount(figure: str, value: float | None) -> Localized:
    """41 秒 / 41 s, 92.3 %, 4.52."""
    if value is None:
        return Localized("–", "–")
    if figure == "frt":
        return Localized(f"{value:g} 秒", f"{value:g} s")
    text = f"{value * 100:.4g} %" if figure in _SHARES else f"{value:.4g}"
    return Localized(text, text)


def month_name(month: Month) -> Localized:
    number = month.first_day.month
    return Localized(f"{month.year} 年 {number} 月", f"{_MONTHS[number - 1]} {month.year}")


def ordinal(number: int) -> str:
    special = number % 100 in (11, 12, 13)
    return f"{number}{'th' if special else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def reason(month: Month, evidence: Mapping[str, Any], course: Localized | None = None) -> Localized:
    """March 2026: score 71.20, cut-off 72.05, 5th from the bottom of 143; weakest: …; practice
    plan: …"""
    weakest = evidence["weakest"]
    name, when = figure_name(weakest["figure"]), month_name(month)
    value = amount(weakest["figure"], weakest["value"])
    aim = Localized()
    if weakest["target"] is not None:
        target = amount(weakest["figure"], weakest["target"])
        aim = Localized(f"（目标 {target.zh}）", f" against {target.en}")
    score, limit, plan = f"{evidence['score'] / 100:.2f}", _limit(evidence), _plan(course)
    place, ranked = evidence["position"], evidence["ranked"]
    return Localized(
        f"{when.zh}：得分 {score}，{limit.zh}，{ranked} 人中倒数第 {place}；"
        f"最弱项：{name.zh} {value.zh}{aim.zh}{plan.zh}",
        f"{when.en}: score {score}, {limit.en}, {ordinal(place)} from the bottom of {ranked};"
        f" weakest: {name.en} {value.en}{aim.en}{plan.en}",
    )


def _plan(course: Localized | None) -> Localized:
    if course is None:
        return Localized()
    return Localized(f"；练习计划：《{course.zh}》", f"; practice plan: “{course.en}”")


def _limit(evidence: Mapping[str, Any]) -> Localized:
    cut_off, threshold = evidence["cut_off"], evidence["threshold"]
    if cut_off is not None and evidence["score"] <= cut_off:
        return Localized(f"界线 {cut_off / 100:.2f}", f"cut-off {cut_off / 100:.2f}")
    fixed = f"{threshold / 100:.2f}"
    return Localized(f"低于固定分数线 {fixed}", f"below the fixed score {fixed}")
