"""The nearest miss: the window of months that needs the fewest changes, and which they are."""

from collections.abc import Sequence
from typing import NamedTuple

from lms.plugins.api import Localized, Month
from lms.plugins.promotion import words
from lms.plugins.promotion.evidence import MonthEvidence


class Change(NamedTuple):
    """One thing that would have to be otherwise in a month."""

    month: Month
    code: str
    text: Localized


class Window(NamedTuple):
    first: Month
    last: Month
    changes: Sequence[Change]

    @property
    def text(self) -> Localized:
        """The lines in one."""
        lines = self.lines
        return Localized("；".join(x.zh for x in lines), "; ".join(x.en for x in lines))

    @property
    def lines(self) -> list[Localized]:
        """One for each month: March 2026: Satisfaction 4.31 (target 4.5), satisfaction rank …"""
        found = []
        for month in sorted({change.month for change in self.changes}):
            here = [change.text for change in self.changes if change.month == month]
            name = words.month_name(month)
            zh, en = "，".join(text.zh for text in here), ", ".join(text.en for text in here)
            found.append(Localized(f"{name.zh}：{zh}", f"{name.en}: {en}"))
        return found


def nearest(months: Sequence[MonthEvidence], length: int) -> Window | None:
    """Of windows equally near the latest; None before `length` months in a row are closed."""
    best: Window | None = None
    for start in range(len(months) - length + 1):
        window = months[start : start + length]
        first, last = window[0].closed.month, window[-1].closed.month
        if last.index - first.index != length - 1:
            continue
        changes = [change for month in window for change in changes_of(month)]
        if best is None or len(changes) <= len(best.changes):
            best = Window(first, last, changes)
    return best


def changes_of(month: MonthEvidence) -> list[Change]:
    """What keeps a month from qualifying; empty if it does."""
    at = month.closed.month
    if not month.has_result:
        return [Change(at, "no_result", Localized("没有月度结果", "no result that month"))]
    found = [
        Change(at, figure.metric.code, words.missed(figure))
        for figure in month.figures
        if not figure.is_met
    ]
    if month.not_ranked:
        found.append(Change(at, "not_ranked", words.not_ranked(month.not_ranked)))
    elif not month.in_top:
        found.append(Change(at, "csat_rank", words.rank_missed(month)))
    return found
