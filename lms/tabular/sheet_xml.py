"""A workbook's rows and shared strings, read from their XML.

openpyxl goes through a parser in Python (defusedxml's) and makes objects of each string and cell:
half a minute for 100,000 rows. Here C reads, and openpyxl is asked about what has not been seen
yet. A file that declares entities of its own is left to the careful parser, which refuses them.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse as careful_iterparse
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from lms.tabular.sheets import BLANK, Cell

MAX_COLUMNS = 200
# Rows far below are looked for no longer: one cell in the last row makes a million empty ones.
LAST_ROW = 200_000

# Date formats that a Chinese Excel has built in and names by number only (27: 2026年10月); openpyxl
# does not know them and gives the day's number.
_CHINESE_DATES = {*range(27, 37), *range(50, 59)}

_ROW, _CELL, _VALUE, _INLINE, _TEXT, _STRING = (
    f"{{{SHEET_MAIN_NS}}}{name}" for name in ("row", "c", "v", "is", "t", "si")
)


class Reader(ExcelReader):
    """Of a workbook, all but its rows."""

    def read_strings(self) -> None:
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is not None:
            found = _elements(self.archive.read(part.PartName[1:]), _STRING)
            self.shared_strings = [_string(one).replace("x005F_", "") for one in found]


def rows(sheet: Any, xml: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of openpyxl's read-only sheet, each with its number; none twice, none backwards."""
    cells, number, last = _Cells(sheet), 0, 0
    for element in _elements(xml, _ROW):
        said = element.get("r")
        number = int(float(said)) if said else number + 1
        if number > LAST_ROW:
            return
        if number > last:
            last = number
            yield number, cells.of(element)


def _elements(xml: bytes, tag: str) -> Iterator[Element]:
    """The elements of a tag, each emptied once the next is asked for."""
    is_plain = b"<!DOCTYPE" not in xml and b"\0" not in xml[:4] and xml[:1] == b"<"
    iterparse = ElementTree.iterparse if is_plain else careful_iterparse
    for _, element in iterparse(BytesIO(xml)):
        if element.tag == tag:
            yield element
            element.clear()


def _string(element: Element) -> str:
    if len(element) == 1 and element[0].tag == _TEXT:
        return element[0].text or ""
    runs: Any = Text
    return str(runs.from_tree(element).content)


class _Cells:
    """What cells say, each spelling told once: the same few thousand figures fill a large file."""

    def __init__(self, sheet: Any) -> None:
        book = sheet.parent
        self._sheet = sheet
        self._parser = WorkSheetParser(
            BytesIO(), sheet._shared_strings, data_only=True, epoch=book.epoch,
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        self._columns: dict[str, int] = {}
        self._kept: dict[tuple[str, str, str], Cell] = {}

    def of(self, row: Element) -> list[Cell]:
        """The row's cells, without blank ones at its end."""
        cells: list[Cell] = []
        column = 0
        for element in row:
            if element.tag != _CELL:
                continue
            at = element.get("r")
            column = self._column(at.rstrip("0123456789")) if at else column + 1
            if column > MAX_COLUMNS:
                continue
            cell = self._cell(element)
            if cell is not BLANK:
                while len(cells) < column:
                    cells.append(BLANK)
                cells[column - 1] = cell
        return cells

    def _column(self, letters: str) -> int:
        if letters not in self._columns:
            self._columns[letters] = column_index_from_string(letters)
        return self._columns[letters]

    def _cell(self, element: Element) -> Cell:
        kind = element.get("t", "n")
        if kind == "inlineStr":
            inline = element.find(_INLINE)
            written = _string(inline) if inline is not None else ""
        else:
            written = element.findtext(_VALUE, "")
        if not written:
            return BLANK
        key = kind, element.get("s", ""), written
        if key not in self._kept:
            self._kept[key] = _told(written) if kind == "inlineStr" else self._read(element)
        return self._kept[key]

    def _read(self, element: Element) -> Cell:
        cell: Any = ReadOnlyCell(self._sheet, **self._parser.parse_cell(element))
        value = cell.value
        if value is None or isinstance(value, str):
            return _told(value or "")
        if isinstance(value, (int, float)) and cell.style_array.numFmtId in _CHINESE_DATES:
            return Cell(_date(value))
        return Cell(value, cell.number_format or "")


def _told(written: str) -> Cell:
    return Cell(written) if written.strip() else BLANK


def _date(serial: float) -> object:
    try:
        return from_excel(serial)
    except (ValueError, OverflowError):
        return serial
