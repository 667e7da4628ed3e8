"""Figures and misses in words, in both languages."""

from lms.plugins.api import Localized, Metric, Month
from lms.plugins.promotion.evidence import Figure, MonthEvidence

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_UNITS = {
    "seconds": Localized(" 秒", " s"),
    "minutes": Localized(" 分钟", " min"),
    "ratio": Localized("%", "%"),
}
_NOT_RANKED = {
    "level": Localized("职级不参加排名", "not ranked: the level"),
    "not_cleared": Localized("未参加排名：月初尚未上岗", "not ranked: not cleared by day one"),
    "leave": Localized("未参加排名：休假达半月", "not ranked: on leave half of the month"),
    "tenure": Localized("未参加排名：在职时间不足", "not ranked: not long enough in service"),
    "no_score": Localized("未参加排名：没有得分", "not ranked: no score"),
}


def month_name(month: Month) -> Localized:
    number = month.first_day.month
    return Localized(f"{month.year} 年 {number} 月", f"{_MONTHS[number - 1]} {month.year}")


def amount(metric: Metric, value: float | None) -> Localized:
    """41 秒 / 41 s, 92.3%, 4.52; a dash for no data."""
    if value is None:
        return Localized("–", "–")
    unit = _UNITS.get(metric.unit, Localized())
    shown = f"{value * 100 if metric.unit == 'ratio' else value:.6g}"
    return Localized(shown + unit.zh, shown + unit.en)


def missed(figure: Figure) -> Localized:
    name = figure.metric.label
    if figure.value is None:
        return Localized(f"{name.zh}没有数据", f"{name.en}: no data")
    value = amount(figure.metric, figure.value)
    target = amount(figure.metric, figure.target)
    return Localized(
        f"{name.zh} {value.zh}（目标 {target.zh}）",
        f"{name.en} {value.en} (target {target.en})",
    )


def rank_missed(month: MonthEvidence) -> Localized:
    closed = month.closed
    if month.csat_rank is None:
        return Localized("没有满意度排名", "no satisfaction rank")
    enough = (
        Localized(f"，{closed.csat_needed:.6g} 即可入围", f", {closed.csat_needed:.6g} was enough")
        if closed.csat_needed is not None
        else Localized()
    )
    return Localized(
        f"满意度排名 {month.csat_rank}/{closed.n}（须在前 {closed.limit} 名{enough.zh}）",
        f"satisfaction rank {month.csat_rank} of {closed.n} (limit {closed.limit}{enough.en})",
    )


def not_ranked(reason: str) -> Localized:
    return _NOT_RANKED.get(reason, Localized("未参加排名", "not ranked"))
