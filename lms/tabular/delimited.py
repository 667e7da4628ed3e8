"""CSV and tab-separated text in the encodings that Chinese and Western Excel write."""

import csv
from io import StringIO

from lms.errors import DomainError
from lms.tabular.sheets import BLANK, Cell, Row, Sheet

MAX_ROWS = 120_000


def read_delimited(content: bytes, name: str) -> Sheet:
    text = decoded(content, name)
    if "\0" in text:
        raise DomainError("%(file)s is neither an Excel workbook nor a CSV file.", file=name)
    rows: list[Row] = []
    kept: dict[str, Cell] = {}  # the same few thousand figures fill a large file
    try:
        lines = csv.reader(StringIO(text, None), delimiter=_delimiter(text))
        for number, values in enumerate(lines, 1):
            cells = [kept.get(value) or kept.setdefault(value, _cell(value)) for value in values]
            while cells and cells[-1] is BLANK:
                cells.pop()
            if cells:
                rows.append(Row(number, cells))
            if len(rows) > MAX_ROWS:
                raise DomainError(
                    "%(file)s has more than %(count)s rows.", file=name, count=MAX_ROWS
                )
    except csv.Error:
        raise DomainError(
            "%(file)s is neither an Excel workbook nor a CSV file.", file=name
        ) from None
    return Sheet(name, rows)


def decoded(content: bytes, name: str) -> str:
    """The text of a file, told by its first bytes; DomainError if no encoding fits."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:4096]:
        # UTF-16 without a mark: the zero bytes of its ASCII characters stand on one side.
        after, before = content[1:4096:2].count(0), content[0:4096:2].count(0)
        encodings = ["utf-16-le" if after >= before else "utf-16-be"]
    else:
        # UTF-8 is strict enough that GB18030 text does not pass for it; the reverse is not true.
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DomainError("The characters of %(file)s cannot be read. Save it as CSV UTF-8.", file=name)


def _delimiter(text: str) -> str:
    """The mark that splits the most lines of the beginning into several cells."""
    lines = text.splitlines()[:30]
    return max(",\t;", key=lambda mark: sum(line.count(mark) for line in lines))


def _cell(value: str) -> Cell:
    value = value.strip()
    if value.startswith('="') and value.endswith('"'):
        value = value[2:-1]  # how exports keep Excel from eating leading zeros
    return Cell(value) if value else BLANK
