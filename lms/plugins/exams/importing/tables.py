"""Tables of questions: a row for each question, a row for each option, or all options in a cell."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from lms.plugins.api import N_, Cell, Column, DomainError, Row, Sheet, Table, find_table, shown
from lms.plugins.exams.importing.drafts import Draft, Found, Place
from lms.plugins.exams.importing.words import RIGHT, plain, question_type, split_tags
from lms.plugins.exams.models import LETTERS

_NO_POINTS = N_("Points are not taken over: every question of an exam counts the same.")
COLUMNS = {
    "stem": ("题干", "题目", "试题", "问题", "题目内容", "试题内容", "试题题干", "题目名称", "考题",
             "question", "stem", "question text", "questiontext"),
    "type": ("题型", "试题类型", "题目类型", "类型", "question type", "type", "qtype"),
    "answer": ("答案", "正确答案", "标准答案", "参考答案", "正确选项", "answer", "correct answer",
               "key", "right answer", "answers"),
    "explanation": ("解析", "试题解析", "答案解析", "题目解析", "说明", "explanation", "analysis",
                    "feedback", "rationale"),
    "difficulty": ("难度", "难易度", "难度系数", "难易程度", "difficulty", "level"),
    "points": ("分值", "分数", "本题得分", "题目分数", "score", "points", "marks"),
    "tags": ("标签", "知识点", "章节", "分类", "考点", "所属分类", "题库分类", "tags", "tag",
             "topic", "category", "knowledge point"),
    "number": ("序号", "题号", "编号", "no", "number", "id", "question no"),
    "options": ("选项", "备选项", "选项内容", "备选答案", "候选项", "全部选项", "options", "option",
                "choices", "choice", "option text"),
    "is_right": ("是否正确", "是否答案", "是否正确答案", "正确与否", "是否为正确答案", "is correct",
                 "correct", "iscorrect", "right"),
    **{
        f"option_{letter}": (
            f"选项{letter}", f"{letter}选项", letter, f"备选{letter}", f"答案{letter}",
            f"备选答案{letter}", f"选项{place}", f"option {letter}", f"option{place}",
            f"choice {letter}", f"answer {letter}",
        )
        for place, letter in enumerate(LETTERS, 1)
    },
}  # fmt: skip
_MARK = re.compile(r"(?:^|(?<=[\s|;；,，。]))[（(]?([A-Ja-j])(?:[)）]\s*[.．、:：]?|[.．、:：])\s*")


def read_tables(sheets: Sequence[Sheet]) -> Found:
    """Every sheet that has a column for the question; a sheet may be named after a type."""
    tables = find_tables(sheets)
    found = Found()
    for sheet, table in tables:
        _read(sheet, table, found, is_alone=len(tables) == 1)
    return found


def find_tables(sheets: Sequence[Sheet]) -> list[tuple[Sheet, Table]]:
    """Hidden sheets only where no other is; DomainError where none has a column for questions."""
    tables: list[tuple[Sheet, Table]] = []
    refusal: DomainError | None = None
    for sheet in [s for s in sheets if not s.is_hidden] or sheets:
        try:
            tables.append((sheet, find_table([sheet], COLUMNS, ("stem",))))
        except DomainError as error:
            refusal = refusal or error
    if not tables:
        raise refusal or DomainError("The file has no sheet.")
    return tables


def _read(sheet: Sheet, table: Table, found: Found, *, is_alone: bool) -> None:
    columns = table.columns
    letters = [letter for letter in LETTERS if f"option_{letter}" in columns]
    if "answer" not in columns and "is_right" not in columns:
        raise DomainError("The sheet “%(sheet)s” has no column for the answer.", sheet=sheet.name)
    found.unknown += [name for name in table.unknown if name not in found.unknown]
    if "points" in columns:
        found.warn(
            None, N_("Points are not taken over: every question of an exam counts the same.")
        )
    reader = _Reader(found, columns, "" if is_alone else sheet.name)
    default = question_type(sheet.name) or ""
    groups = _by_question(table, reader) if "is_right" in columns else [[r] for r in table.rows]
    for rows in groups:
        draft = reader.draft(rows[0], default)
        if "is_right" in columns:
            draft.options = [reader.text(row, "options") for row in rows]
            draft.answer = [
                place
                for place, row in enumerate(rows)
                if plain(reader.text(row, "is_right")) in RIGHT | {"1"}
            ]
        elif letters:
            draft.options = _without_end([reader.text(rows[0], f"option_{x}") for x in letters])
        elif "options" in columns:
            draft.options = split_options(reader.text(rows[0], "options"))
        if draft.stem or draft.options or draft.answer:
            found.drafts.append(draft)


class _Reader:
    """The cells of a row by what their column means, as they were typed."""

    def __init__(self, found: Found, columns: object, sheet: str) -> None:
        self._found, self._sheet = found, sheet
        self._columns: dict[str, Column] = dict(columns)  # type: ignore[call-overload]

    def place(self, row: Row) -> Place:
        return Place("row", row.number, self._sheet)

    def text(self, row: Row, code: str) -> str:
        column = self._columns.get(code)
        if column is None:
            return ""
        text, is_mangled = as_typed(row.cell(column.index))
        if is_mangled and code not in ("number", "points"):
            self._found.warn(
                self.place(row),
                N_("Excel has made a date or time of “%(column)s”; it is taken as “%(text)s”."),
                column=column.header,
                text=text,
            )
        return text

    def draft(self, row: Row, default_type: str) -> Draft:
        return Draft(
            place=self.place(row),
            stem=self.text(row, "stem"),
            type=self.text(row, "type") or default_type,
            answer=self.text(row, "answer"),
            explanation=self.text(row, "explanation"),
            difficulty=self.text(row, "difficulty"),
            tags=split_tags(self.text(row, "tags")),
        )


def as_typed(cell: Cell) -> tuple[str, bool]:
    """What a person typed, as far as Excel kept it; and whether it is a date or a time now."""
    value = cell.value
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("_x000D_", "").strip(), False
    if isinstance(value, datetime) and value.time() == time(0):
        return value.date().isoformat(), True
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes"), True
    if isinstance(value, date):
        return value.isoformat(), True
    if isinstance(value, time):
        return value.isoformat("minutes"), True
    return shown(cell), False


def _by_question(table: Table, reader: _Reader) -> Iterator[list[Row]]:
    """Rows that belong together: the question stands in the first, or in each of them."""
    group: list[Row] = []
    for row in table.rows:
        stem, number = reader.text(row, "stem"), reader.text(row, "number")
        is_new = bool(group) and (
            (stem and stem != reader.text(group[0], "stem"))
            or (number and number != reader.text(group[0], "number"))
        )
        if is_new:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _without_end(options: list[str]) -> list[str]:
    while options and not options[-1]:
        options.pop()
    return options


def split_options(text: str) -> list[str]:
    """Options written into one cell, with letters before them or a mark between them."""
    marks = list(_MARK.finditer(text))
    if len(marks) > 1 and [m[1].upper() for m in marks] == list(LETTERS[: len(marks)]):
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        found = [text[m.end() : end] for m, end in zip(marks, ends, strict=True)]
        return [option.strip().rstrip("|;；").strip() for option in found]
    for between in ("\n", "$$", "|", "；", ";", "#"):
        if between in text:
            return [part.strip() for part in text.split(between) if part.strip()]
    return [text] if text else []
