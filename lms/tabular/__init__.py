"""Reading tables that people send: Excel workbooks and CSV files, with nothing trusted."""

from pathlib import PurePath

from lms.progress import Report, to_nobody
from lms.tabular.sheets import Sheet

MAX_BYTES = 20 * 1024 * 1024


def rows_about(content: bytes) -> int:
    """How many rows a file seems to have, told quickly; 0 for one that cannot be told."""
    if not content.startswith(b"PK\x03\x04"):
        return content.count(b"\n")
    from lms.tabular.xlsx import rows_about as of_workbook

    return of_workbook(content)


def read_sheets(content: bytes, filename: str, report: Report = to_nobody) -> list[Sheet]:
    """The sheets of a workbook or the one table of a CSV file, told apart by content.

    DomainError says in plain words why a file cannot be read; nothing else is raised.
    """
    from lms.errors import DomainError

    name = PurePath(filename).name
    if not content.strip():
        raise DomainError("%(file)s is empty.", file=name)
    if len(content) > MAX_BYTES:
        raise DomainError(
            "%(file)s is larger than %(limit)s MB.", file=name, limit=MAX_BYTES // 1024 // 1024
        )
    if content.startswith(b"PK\x03\x04"):
        from lms.tabular.xlsx import read_workbook

        return read_workbook(content, name, report)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise DomainError(
            "%(file)s is an old .xls workbook or protected by a password. Save it as .xlsx "
            "without a password.",
            file=name,
        )
    if name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        raise DomainError(
            "%(file)s is not an Excel workbook, although its name says so. Save it as .xlsx, "
            "or as .csv if it is text.",
            file=name,
        )
    from lms.tabular.delimited import read_delimited

    return [read_delimited(content, name)]
