"""Cases in a table: a row each, in one language; what a row lacks can be written in the editor."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lms.cases.content import CaseContent, Line, check_draft, check_sizes
from lms.db import Localized
from lms.errors import DomainError
from lms.tabular import read_sheets
from lms.tabular.headers import Column, find_table
from lms.tabular.sheets import Row
from lms.tabular.values import shown

MOST_ROWS = 2000
COLUMNS: Mapping[str, Sequence[str]] = {
    "title": ("标题", "案例标题", "案例名称", "title"),
    "stage": ("服务阶段", "阶段", "stage"),
    "channel": ("渠道", "服务渠道", "channel"),
    "complaint_level": ("投诉等级", "投诉级别", "complaint level", "level"),
    "outcome": ("成败", "结局", "案例类型", "outcome"),
    "category": ("产品或主题", "产品类别", "类别", "分类", "category", "product or topic"),
    "tags": ("标签", "tags"),
    "scenario": ("情景", "场景", "背景", "scenario"),
    "dialogue": ("对话", "对话内容", "dialogue"),
    "handling": ("处理过程", "处理", "处理步骤", "handling", "what was done"),
    "result": ("结果", "处理结果", "result", "how it ended"),
    "lessons": ("经验", "经验教训", "教训", "学习要点", "lessons", "what to take away"),
}
_REQUIRED = ("title", "stage", "channel")
_WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "stage": {
        "pre_sales": ("售前", "pre-sales", "presales"),
        "in_sales": ("售中", "in-sales"),
        "after_sales": ("售后", "after-sales", "aftersales"),
        "complaint": ("投诉", "complaint"),
    },
    "channel": {
        "online": ("在线", "在线聊天", "online", "online chat", "chat"),
        "phone": ("电话", "phone"),
        "email": ("邮件", "邮箱", "email", "e-mail"),
    },
    "outcome": {
        "success": ("成功", "成功案例", "处理得当", "success", "went well"),
        "failure": ("失败", "失败案例", "处理失当", "failure", "went wrong"),
    },
    "complaint_level": {
        "0": ("0", "无", "无投诉", "非投诉", "", "no complaint"),
        "1": ("1", "一级", "1级", "一级投诉", "level 1", "complaint level 1"),
        "2": ("2", "二级", "2级", "二级投诉", "level 2", "complaint level 2"),
        "3": ("3", "三级", "3级", "三级投诉", "level 3", "complaint level 3"),
    },
}
_SPEAKERS = {
    **dict.fromkeys(("客户", "顾客", "customer"), "customer"),
    **dict.fromkeys(("客服", "客服专员", "坐席", "agent"), "agent"),
    **dict.fromkeys(("系统", "system"), "system"),
}
_SPOKEN = re.compile(rf"(?:^|\n|\s/\s|^/)\s*({'|'.join(_SPEAKERS)})\s*[:：]", re.IGNORECASE)
_NUMBERED = re.compile(r"^\s*(?:\d+\s*[.、)）]|[-*•])\s*")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


class SheetRow(NamedTuple):
    """A row as a case, or why it is none; the same title is the same case, by its `key`."""

    row: int
    title: str
    key: str
    content: CaseContent | None
    reasons: Sequence[DomainError] = ()


@dataclass
class SheetFound:
    rows: list[SheetRow] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def read(body: bytes, filename: str) -> SheetFound:
    """Excel or CSV, the header in either language; DomainError if there is no such table."""
    table = find_table(read_sheets(body, filename), COLUMNS, _REQUIRED)
    found, seen = SheetFound(unknown=list(table.unknown)), dict[str, int]()
    for row in table.rows:
        cells = {code: _cell(row, column) for code, column in table.columns.items()}
        if any(cells.values()):
            read_row = _row(row.number, cells)
            found.rows.append(_once(read_row, seen))
    if not found.rows:
        raise DomainError("The table has no row.")
    if len(found.rows) > MOST_ROWS:
        raise DomainError("At most %(count)s rows at once.", count=MOST_ROWS)
    return found


def _once(row: SheetRow, seen: dict[str, int]) -> SheetRow:
    if row.content is not None and row.key in seen:
        twice = DomainError("The same title stands in row %(row)s.", row=seen[row.key])
        return SheetRow(row.row, row.title, row.key, None, (twice,))
    seen.setdefault(row.key, row.row)
    return row


def _cell(row: Row, column: Column) -> str:
    cell = row.cell(column.index)
    value = cell.value if isinstance(cell.value, str) else shown(cell)
    return value.replace("\r\n", "\n").replace("_x000D_", "").replace("\0", "").strip()


def _row(number: int, cells: Mapping[str, str]) -> SheetRow:
    title = " ".join(cells["title"].split())
    key = "sheet-" + hashlib.sha256(title.casefold().encode()).hexdigest()[:16]
    reasons: list[DomainError] = []

    def tried(read: Callable[[], Any], instead: Any) -> Any:
        try:
            return read()
        except DomainError as error:
            reasons.append(error)
            return instead

    words = {code: tried(lambda code=code: _word(code, cells), "") for code in _WORDS}  # type: ignore[misc]
    side = "zh" if _CHINESE.search(title + cells.get("scenario", "")) else "en"
    lines = tried(lambda: _dialogue(cells.get("dialogue", ""), side), [])
    if not title:
        reasons.append(DomainError("The title is missing."))
    if reasons:
        return SheetRow(number, title, key, None, reasons)

    def text(code: str) -> Localized:
        return Localized(**{side: cells.get(code, "")})

    content = CaseContent(
        stage=words["stage"],
        channel=words["channel"],
        outcome=words["outcome"],
        complaint_level=int(words["complaint_level"]),
        title=Localized(**{side: title}),
        **{code: text(code) for code in ("category", "scenario", "result", "lessons")},
        tags={"zh": [], "en": [], side: _list(cells.get("tags", ""))},
        dialogue=lines,
        handling=[Localized(**{side: step}) for step in _steps(cells.get("handling", ""))],
    )
    for check in (check_draft, check_sizes):
        tried(lambda check=check: check(content), None)  # type: ignore[misc]
    return SheetRow(number, title, key, None if reasons else content, reasons)


def _word(code: str, cells: Mapping[str, str]) -> str:
    written = cells.get(code, "").casefold()
    if code == "outcome" and not written:
        return "success"
    for value, names in _WORDS[code].items():
        if written in (value, *names):
            return value
    raise DomainError(
        "%(column)s: “%(written)s” is none of %(known)s.",
        column=COLUMNS[code][0],
        written=cells.get(code, ""),
        known="、".join(names[0] for names in _WORDS[code].values()),
    )


def _dialogue(written: str, side: str) -> list[Line]:
    """`客户: … / 客服: …`, or a line for each."""
    if not written:
        return []
    marks = list(_SPOKEN.finditer(written))
    if not marks or written[: marks[0].start()].strip():
        raise DomainError("The dialogue must say who speaks: 客户: … 客服: …")
    ends = [*(mark.start() for mark in marks[1:]), len(written)]
    said = [
        (_SPEAKERS[mark[1].casefold()], written[mark.end() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
    ]
    return [Line(who, **{side: text}) for who, text in said if text]


def _steps(written: str) -> list[str]:
    rows = written.splitlines()
    if len(rows) == 1:
        rows = re.split("[；;]", written)
    return [step for row in rows if (step := _NUMBERED.sub("", row).strip())]


def _list(written: str) -> list[str]:
    words = re.split("[,，、;；\n]", written)
    return list(dict.fromkeys(word.strip() for word in words if word.strip()))


def example(side: str) -> tuple[list[str], list[list[str]]]:
    """The header and one row of the template, in Chinese or English."""
    at = 0 if side == "zh" else 1
    header = [names[0] if at == 0 else code.replace("_", " ") for code, names in COLUMNS.items()]
    row = {
        "title": ("包裹三天没有更新", "No news of a parcel for three days"),
        "stage": ("售后", "after-sales"),
        "channel": ("在线", "online"),
        "complaint_level": ("1", "1"),
        "outcome": ("成功", "success"),
        "category": ("物流", "Logistics"),
        "tags": ("延误，大促", "delay, peak season"),
        "scenario": (
            "大促后第三天，客户的包裹停在分拨中心。",
            "Three days after the sale the parcel still sits in the sorting centre.",
        ),
        "dialogue": (
            "客户: 我的快递怎么三天没动？\n客服: 抱歉让您久等，我马上查。",
            "Customer: Why has my parcel not moved?\nAgent: Sorry to keep you waiting, I am on it.",
        ),
        "handling": (
            "1. 安抚客户\n2. 联系快递，2 小时内回电",
            "1. Calmed the customer\n2. Asked the courier, called back within 2 h",
        ),
        "result": ("次日送达。", "It arrived the next day."),
        "lessons": ("- 先处理心情，再处理事情", "- Feelings first, then the problem"),
    }
    return header, [[row[code][at] for code in COLUMNS]]
