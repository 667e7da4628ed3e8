"""Files that are not what they say: a clear refusal, never anything else."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from lms.errors import DomainError
from lms.tabular import read_sheets
from tests.results.files import HEADER, line, workbook

GOOD = workbook([HEADER, line("A1")])


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    return out.getvalue()


def with_shared_strings() -> bytes:
    """As Excel writes them: the texts of all cells in a part of their own."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write_row(0, 0, HEADER)
    return out.getvalue()


def rebuilt(change: Callable[[str, bytes], bytes], of: bytes = GOOD) -> bytes:
    """The good workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(of)) as zipped:
        return archive(**{n: change(n, zipped.read(n)) for n in zipped.namelist()})


def bomb() -> bytes:
    return rebuilt(lambda name, xml: xml + b" " * 40_000_000 if "sheet1" in name else xml)


def with_size(content: bytes, part: bytes, size: int) -> bytes:
    """The central directory says another unpacked size of a part."""
    changed = bytearray(content)
    at = changed.rindex(part)
    changed[at - 46 + 24 : at - 46 + 28] = struct.pack("<I", size)
    return bytes(changed)


def one_gigabyte() -> bytes:
    return with_size(GOOD, b"xl/worksheets/sheet1.xml", 2**30)


def lying_size() -> bytes:
    content = rebuilt(lambda n, xml: xml + b" " * 900_000 if "sheet1" in n else xml)
    return with_size(content, b"xl/worksheets/sheet1.xml", 10)


def protected() -> bytes:
    content = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 1)
    return bytes(content)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


def entities(part: str, root: str, encoding: str = "utf-8") -> bytes:
    def change(name: str, xml: bytes) -> bytes:
        if part not in name:
            return xml
        return (LAUGHS + xml[xml.index(root.encode()) :].decode()).encode(encoding)

    return rebuilt(change, with_shared_strings())


BAD = {
    "empty": ("kpi.xlsx", lambda: b""),
    "only blanks": ("kpi.csv", lambda: b" \n \n"),
    "text called xlsx": ("kpi.xlsx", lambda: "工号,月份\nA1,2026-03\n".encode()),
    "html called xls": ("kpi.xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>"),
    "old xls": ("kpi.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "cut off": ("kpi.xlsx", lambda: GOOD[: len(GOOD) // 2]),
    "another zip": ("kpi.xlsx", lambda: archive(readme=b"hello")),
    "no sheet part": (
        "kpi.xlsx",
        lambda: archive(**{"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}),
    ),
    "broken xml": (
        "kpi.xlsx",
        lambda: rebuilt(lambda name, xml: xml[: len(xml) // 2] if "sheet1" in name else xml),
    ),
    "zip bomb": ("kpi.xlsx", bomb),
    "one gigabyte": ("kpi.xlsx", one_gigabyte),
    "lying size": ("kpi.xlsx", lying_size),
    "protected": ("kpi.xlsx", protected),
    "entities": ("kpi.xlsx", lambda: entities("sheet1", "<worksheet")),
    "entities among strings": ("kpi.xlsx", lambda: entities("sharedStrings", "<sst")),
    "entities in UTF-16": ("kpi.xlsx", lambda: entities("sharedStrings", "<sst", "utf-16")),
    "a picture": ("kpi.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
    "no such characters": ("kpi.csv", lambda: b"\xe5\xb7\xa5,\xff\xff\x80\n"),
    "an endless cell": ("kpi.csv", lambda: b'"' + b"x" * 200_000),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_in_words(case: str) -> None:
    name, make = BAD[case]
    with pytest.raises(DomainError) as refusal:
        read_sheets(make(), name)
    assert name in str(refusal.value)


def test_too_many_bytes_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(DomainError, match="larger than 20 MB"):
        read_sheets(bytes([65]) * (20 * 1024 * 1024 + 1), "kpi.csv")


def test_a_cell_in_the_farthest_corner_costs_nothing() -> None:
    far = workbook([HEADER, line("A1")], lambda sheet: sheet.cell(1_048_576, 16_384, "x"))
    (sheet,) = read_sheets(far, "kpi.xlsx")
    assert [row.number for row in sheet.rows] == [1, 2]


def test_a_row_that_stands_twice_counts_once_and_numbers_may_be_left_out() -> None:
    def change(name: str, xml: bytes) -> bytes:
        if "sheet1" not in name:
            return xml
        row = b'<row%s><c%s t="inlineStr"><is><r><t>%s</t></r><r><t>!</t></r></is></c></row>'
        more = row % (b' r="2"', b' r="A2"', b"again") + row % (b"", b"", b"next")
        return xml.replace(b"</sheetData>", more + b"</sheetData>")

    (sheet,) = read_sheets(rebuilt(change), "kpi.xlsx")
    assert [(row.number, row.cells[0].value) for row in sheet.rows][1:] == [(2, "A1"), (3, "next!")]
