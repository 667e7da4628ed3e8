"""How the domain's codes and figures are said."""

from collections.abc import Mapping
from typing import Any

from lms.db import Localized
from lms.people.words import CHANNELS
from lms.results.metrics import COUNT, MINUTES, POINTS, RATIO, SECONDS, SIGNED, STARS, Metric
from lms.results.models import ImportState, NotRanked

REASONS: Mapping[str, Localized] = {
    NotRanked.LEVEL: Localized("职级不参与排名", "Level is not ranked"),
    NotRanked.NOT_CLEARED: Localized(
        "月初尚未取得本渠道上岗资格", "Not cleared for their channel on the first day"
    ),
    NotRanked.LEAVE: Localized("休假达半月", "On leave for half the month"),
    NotRanked.TENURE: Localized("在职时间不足", "Not long enough in service"),
    NotRanked.NO_SCORE: Localized("没有可评分的数据", "No figures to score"),
}
KINDS: Mapping[str, Localized] = {
    "kpi": Localized("KPI 数据", "KPI figures"),
    "roster": Localized("花名册", "Roster"),
    "leave": Localized("休假", "Leave"),
}
STATES: Mapping[str, Localized] = {
    ImportState.READING: Localized("正在读取", "Being read"),
    ImportState.FAILED: Localized("无法读取", "Cannot be read"),
    ImportState.PREVIEW: Localized("待确认", "To be confirmed"),
    ImportState.TAKING: Localized("正在导入", "Being imported"),
    ImportState.APPLIED: Localized("已导入", "Imported"),
    ImportState.DISCARDED: Localized("已放弃", "Discarded"),
}
COMPONENTS: Mapping[str, Localized] = {
    "service": Localized("服务指标", "Service"),
    "feedback": Localized("客户反馈", "Feedback"),
    "training": Localized("培训成绩", "Training"),
}
# Columns of files that are no metrics.
COLUMNS: Mapping[str, Localized] = {
    "staff_no": Localized("工号", "Staff number"),
    "name": Localized("姓名", "Name"),
    "month": Localized("月份", "Month"),
    "channel": Localized("渠道", "Channel"),
    "team": Localized("团队", "Team"),
    "level": Localized("职级", "Level"),
    "employment": Localized("用工类型", "Employment"),
    "hired_on": Localized("入职日期", "Hire date"),
    "cleared_on": Localized("上岗日期", "Clearance date"),
    "email": Localized("邮箱", "E-mail"),
    "first_day": Localized("开始日期", "First day"),
    "last_day": Localized("结束日期", "Last day"),
    "reason": Localized("原因", "Reason"),
}
UNITS: Mapping[str, Localized] = {
    RATIO: Localized("比例（0–100%）", "ratio (0–100%)"),
    SECONDS: Localized("时长（秒）", "duration (seconds)"),
    MINUTES: Localized("时长（分钟）", "duration (minutes)"),
    STARS: Localized("评分（1–5）", "rating (1–5)"),
    POINTS: Localized("分数（0–100）", "points (0–100)"),
    COUNT: Localized("数量", "count"),
    SIGNED: Localized("净值（-100–100）", "net value (-100–100)"),
}
BETTER: Mapping[str, Localized] = {
    "higher": Localized("越高越好", "higher is better"),
    "lower": Localized("越低越好", "lower is better"),
}
_UNITS = {SECONDS: Localized("秒", "s"), MINUTES: Localized("分钟", "min")}


def amount(value: float | None, metric: Metric) -> Localized:
    """A figure with its unit, as many decimals as it has: 92.45%, 18.5 s, 4.6."""
    if value is None:
        return Localized("–", "–")
    if metric.unit == RATIO:
        written = f"{round(value * 100, 6):g}%"
        return Localized(written, written)
    written, unit = f"{round(value, 6):.10g}", _UNITS.get(metric.unit)
    return Localized(*(f"{written} {word}".strip() for word in _said(unit)))


def _said(unit: Localized | None) -> tuple[str, str]:
    return (unit.zh, unit.en) if unit else ("", "")


def of(words: Mapping[str, Localized], code: Any) -> Localized:
    """The word for a code, or the code itself."""
    return words.get(code) or Localized(str(code), str(code))


def direction(metric: Metric) -> Localized:
    """Which way is better; a figure without a target for information has no direction."""
    return (
        BETTER["higher" if metric.higher else "lower"] if metric.targets else amount(None, metric)
    )


def targets(metric: Metric) -> Localized:
    """The target, or one for each channel where they differ: 在线 30 秒，电话 15 秒."""
    if len(set(metric.targets.values())) == 1 and len(metric.targets) == len(CHANNELS):
        return amount(next(iter(metric.targets.values())), metric)
    if not metric.targets:
        return amount(None, metric)
    each = [(CHANNELS[c], amount(target, metric)) for c, target in metric.targets.items()]
    return Localized(
        "，".join(f"{channel.zh} {said.zh}" for channel, said in each),
        ", ".join(f"{channel.en} {said.en}" for channel, said in each),
    )
