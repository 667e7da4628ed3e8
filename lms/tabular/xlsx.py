"""Excel workbooks, looked at from outside (sizes, entries) before anything is unpacked."""

import re
import warnings
import zipfile
from io import BytesIO
from typing import Any

from lms.errors import DomainError
from lms.progress import Report, to_nobody, watched
from lms.tabular.sheets import Area, Row, Sheet

MAX_UNPACKED = 80 * 1024 * 1024
MAX_RATIO = 150
MAX_ENTRIES = 2000
MAX_ROWS = 120_000
MAX_SHEETS = 50

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')
# A formula with no value behind it. Text results may be empty rightly, so t="str" is passed over.
_UNCOMPUTED = re.compile(
    rb'<c (?![^>]*t="str")[^>]*>\s*(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)


# What a row of a few cells takes in a sheet's XML, about.
_ROW_BYTES = 300


def rows_about(content: bytes) -> int:
    """By the size of the sheets, without unpacking them."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            sheets = (e for e in archive.infolist() if e.filename.startswith("xl/worksheets/"))
            return sum(entry.file_size for entry in sheets) // _ROW_BYTES
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return 0


def read_workbook(content: bytes, name: str, report: Report = to_nobody) -> list[Sheet]:
    """Every sheet, hidden ones too; formulas give the value that was stored with them."""
    _inspect(content, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's remarks on styles and extensions
            return _sheets(content, name, report)
    except DomainError:
        raise
    except Exception as error:  # a damaged workbook breaks openpyxl in a hundred ways
        raise DomainError(
            "%(file)s is damaged and cannot be read. Open it in Excel and save it again.",
            file=name,
        ) from error


def _inspect(content: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise DomainError(
            "%(file)s is incomplete or damaged. Export or download it again.", file=name
        ) from None
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise DomainError("%(file)s is a zip archive, but no Excel workbook.", file=name)
    swollen = any(
        entry.file_size > 1024 * 1024 and entry.file_size > MAX_RATIO * entry.compress_size
        for entry in entries
    )
    unpacked = sum(entry.file_size for entry in entries)
    if swollen or unpacked > MAX_UNPACKED or len(entries) > MAX_ENTRIES:
        raise DomainError(
            "%(file)s would unpack to an enormous size and was not opened.", file=name
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise DomainError("%(file)s is protected by a password.", file=name)


def _sheets(content: bytes, name: str, report: Report) -> list[Sheet]:
    from lms.tabular.sheet_xml import Reader

    reader = Reader(BytesIO(content), read_only=True, data_only=True)
    reader.read()
    book = reader.wb
    try:
        return [_sheet(content, sheet, name, report) for sheet in book.worksheets[:MAX_SHEETS]]
    finally:
        book.close()


def _sheet(content: bytes, sheet: Any, name: str, report: Report) -> Sheet:
    from lms.tabular import sheet_xml

    with zipfile.ZipFile(BytesIO(content)) as archive:
        xml = archive.read(sheet._worksheet_path)
    rows: list[Row] = []
    every = watched(sheet_xml.rows(sheet, xml), sheet.max_row or 0, "open", report)
    for number, cells in every:
        if cells:
            rows.append(Row(number, cells))
        if len(rows) > MAX_ROWS:
            raise DomainError("%(file)s has more than %(count)s rows.", file=name, count=MAX_ROWS)
    return Sheet(
        name=sheet.title,
        rows=rows,
        is_hidden=sheet.sheet_state != "visible",
        merged=[_area(found) for found in _MERGED.findall(xml)],
        uncomputed=len(_UNCOMPUTED.findall(xml)) if b"<f" in xml else 0,
    )


def _area(found: tuple[bytes, bytes, bytes, bytes]) -> Area:
    left, top, right, bottom = found
    return Area(int(top), _column(left), int(bottom), _column(right))


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1
