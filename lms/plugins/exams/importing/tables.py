"""Tables of questions: a row for each question, a row for each option, or all options in a cell."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date, datetime, time

from lms.plugins.api import N_, Cell, Column, DomainError, Row, Sheet, Table, find_table, shown
from lms.plugins.exams.importing.columns import COLUMNS
from lms.plugins.exams.importing.drafts import Draft, Found, Place
from lms.plugins.exams.importing.lettered import crowded, lettered
from lms.plugins.exams.importing.paper_lines import take_kind
from lms.plugins.exams.importing.words import RIGHT, plain, question_type, split_tags
from lms.plugins.exams.models import LETTERS

_NO_POINTS = N_("Points are not taken over: every question of an exam counts the same.")
# Before what a spreadsheet would take for a formula.
_QUOTED = re.compile(r"^'(?=[=+\-@＝＋－＠])")
_SHORTENED = re.compile(r"\d(?:\.\d+)?E\+\d{1,2}")
_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}
# Where one of these stands beside the options, each option has a row.
_OF_AN_OPTION = {"is_right", "letter", "option", "place", "partner"}


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
    columns = dict(table.columns)
    if "options" not in columns and "option" in columns:
        columns["options"] = columns.pop("option")
    if not columns.keys() & {"answer", "is_right", "place", "partner"}:
        raise DomainError("The sheet “%(sheet)s” has no column for the answer.", sheet=sheet.name)
    found.unknown += [name for name in table.unknown if name not in found.unknown]
    if "points" in columns:
        found.warn(None, _NO_POINTS)
    reader = _Reader(found, columns, "" if is_alone else sheet.name)
    default = question_type(sheet.name) or ""
    is_by_option = "options" in columns and not columns.keys().isdisjoint(_OF_AN_OPTION)
    for rows in _by_question(table, reader) if is_by_option else [[row] for row in table.rows]:
        draft = reader.draft(rows[0], default)
        _fill_options(draft, reader, rows, columns)
        if draft.stem or draft.options or draft.answer:
            found.drafts.append(draft)


def _fill_options(
    draft: Draft, reader: "_Reader", rows: list[Row], columns: Container[str]
) -> None:
    if all(reader.letter(row) for row in rows):
        rows = sorted(rows, key=reader.letter)
    letters = [letter for letter in LETTERS if f"option_{letter}" in columns]
    if len(rows) > 1 or "is_right" in columns:
        draft.options = [reader.text(row, "options") for row in rows]
    elif letters:
        draft.options = _without_end([reader.text(rows[0], f"option_{x}") for x in letters])
    elif "options" in columns:
        draft.options = split_options(reader.text(rows[0], "options"))
    if "is_right" in columns:
        draft.answer = [
            place
            for place, row in enumerate(rows)
            if plain(reader.text(row, "is_right")) in RIGHT | {"1"}
        ]
    _fill_by_option(draft, reader, rows)


def _fill_by_option(draft: Draft, reader: "_Reader", rows: list[Row]) -> None:
    """Pairs and orders of which each thing has a row."""
    partners = [reader.text(row, "partner") for row in rows]
    if any(partners):
        draft.pairs = list(zip(draft.options, partners, strict=True))
    places = [plain(reader.text(row, "place")).removesuffix(".0") for row in rows]
    if any(places):
        wanted = [str(number) for number in range(1, len(rows) + 1)]
        if sorted(places) == sorted(wanted):
            draft.answer = [places.index(number) for number in wanted]
        else:
            draft.answer = " ".join(places)


class _Reader:
    """The cells of a row by what their column means, as they were typed."""

    def __init__(self, found: Found, columns: Mapping[str, Column], sheet: str) -> None:
        self._found, self._columns, self._sheet = found, columns, sheet

    def place(self, row: Row) -> Place:
        return Place("row", row.number, self._sheet)

    def text(self, row: Row, code: str) -> str:
        column = self._columns.get(code)
        if column is None:
            return ""
        text, is_mangled = as_typed(row.cell(column.index))
        if code.startswith("option") and _SHORTENED.fullmatch(text):
            self._found.warn(
                self.place(row),
                N_("“%(text)s” in “%(column)s” looks as if Excel had shortened a number."),
                column=column.header,
                text=text,
            )
        if text in _ERRORS:
            self._found.warn(
                self.place(row),
                N_("“%(text)s” in “%(column)s” is an error of Excel."),
                column=column.header,
                text=text,
            )
        if is_mangled and code not in ("number", "points"):
            self._found.warn(
                self.place(row),
                N_("Excel has made a date or time of “%(column)s”; it is taken as “%(text)s”."),
                column=column.header,
                text=text,
            )
        return text

    def letter(self, row: Row) -> str:
        """The capital letter of an option that has a row; empty if none is written."""
        written = plain(self.text(row, "letter") or self.text(row, "option")).upper().strip(".、)(")
        return written if len(written) == 1 and written in LETTERS else ""

    def draft(self, row: Row, default_type: str) -> Draft:
        stem, kind = self.text(row, "stem"), self.text(row, "type")
        if not kind:
            kind, stem = take_kind(stem)
        if stem and (background := self.text(row, "background")):
            stem = f"{background}\n{stem}"
        answer, tolerance = self.text(row, "answer"), self.text(row, "tolerance")
        if answer and tolerance:
            answer = f"{answer}±{tolerance}"
        return Draft(
            place=self.place(row),
            stem=stem,
            type=kind or default_type,
            answer=answer,
            explanation=self.text(row, "explanation"),
            difficulty=self.text(row, "difficulty"),
            tags=split_tags(self.text(row, "tags")),
            criteria=self.text(row, "criteria"),
        )


def as_typed(cell: Cell) -> tuple[str, bool]:
    """What a person typed, as far as Excel kept it; and whether it is a date or a time now."""
    value = cell.value
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("_x000D_", "").strip()
        return _QUOTED.sub("", text), False
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
            or (reader.letter(row) == "A" and any(reader.letter(r) == "A" for r in group))
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
    pairs = lettered(text)
    if "".join(letter for letter, _ in pairs) == LETTERS[: len(pairs)] and len(pairs) > 1:
        return [option for _, option in pairs]
    for between in ("\n", "$$", "|", "；", ";", "#"):
        if between in text:
            return [part.strip() for part in text.split(between) if part.strip()]
    pairs = crowded(text)
    if len(pairs) > 1:
        return [option for _, option in pairs]
    return [text] if text else []
