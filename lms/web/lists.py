"""Lists keep their state in the address, and can be taken away as CSV or Excel."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from flask import Response, abort, request
from flask_babel import gettext as _
from werkzeug.http import dump_options_header

from lms.web.noting import note_reading
from lms.web.tools import url_for

T = TypeVar("T")
PER_PAGE = 25
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PLAIN_IN_QUERY = "!$'()*,/:;?@"  # as Werkzeug leaves them in an address
# A spreadsheet runs a cell that begins like this as a formula.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list that is in memory; the same words as Flask-SQLAlchemy's."""

    items: Sequence[T]
    page: int
    pages: int
    total: int


def page_of(rows: Sequence[T], per_page: int = PER_PAGE) -> Page[T]:
    """The page that the address asks for; the last one if there are not so many."""
    pages = max(1, -(-len(rows) // per_page))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    return Page(rows[(number - 1) * per_page : number * per_page], number, pages, len(rows))


def here(**changes: Any) -> str:
    """This page's address with other query values; an empty one is left out, and so is the page."""
    state = {k: v for k, v in request.args.items() if k not in {"page", "format"}} | changes
    kept = [_pair(name, str(value)) for name, value in state.items() if value not in (None, "")]
    # A list of filters asks for thirty of these: only the path is Flask's to make.
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{path}?{'&'.join(kept)}" if kept else path


@lru_cache(maxsize=256)
def _pair(name: str, value: str) -> str:
    return urlencode({name: value}, safe=_PLAIN_IN_QUERY)


def page_url(number: int) -> str:
    return here(page=number)


def download(
    name: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    kind: str,
    *,
    names_nobody: bool = False,
) -> Response:
    """The rows as a file; `kind` is `csv` or `xlsx`, `name` has no suffix.

    Who took it is written to the audit log, unless it `names_nobody` (a template, questions).
    """
    if kind not in {"csv", "xlsx"}:
        abort(404)
    rows = list(rows)
    if not names_nobody:
        note_reading(
            "export.take", ("export", None), file=f"{name}.{kind}", rows=len(rows),
            asked=request.full_path.rstrip("?"),
        )  # fmt: skip
    body = _workbook(headers, rows) if kind == "xlsx" else _csv(headers, rows)
    response = Response(body, mimetype=_XLSX if kind == "xlsx" else "text/csv")
    response.headers["Content-Disposition"] = attachment(f"{name}.{kind}")
    return response


def chart_file(name: str, charts: Mapping[str, Mapping[str, Any] | None]) -> Response | None:
    """The figures behind one of a page's charts, by its id, where the address asks for them, as the
    link below each chart does; None where it asks for the page."""
    asked = request.args.get("chart")
    if asked is None:
        return None
    data = charts.get(asked) or abort(404)
    series = data["series"]
    rows = [[label, *(s["data"][n] for s in series)] for n, label in enumerate(data["labels"])]
    head = [_("Entry"), *(s["name"] for s in series)]
    return download(f"{name}-{asked}", head, rows, request.args.get("format", "csv"))


def attachment(filename: str) -> str:
    """The header of a file to be kept. A header is Latin-1: servers fail on other names as such."""
    if filename.isascii():
        return dump_options_header("attachment", {"filename": filename})
    return f"attachment; filename*=UTF-8''{quote(filename)}"


def as_text(names: Sequence[str], rows: Iterable[Sequence[Any]], kind: str) -> str:
    """The rows for the command line, as `csv` or `json` (a list of objects)."""
    if kind == "json":
        objects = [dict(zip(names, row, strict=True)) for row in rows]
        return json.dumps(objects, ensure_ascii=False, indent=1) + "\n"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue()


def _csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")  # Excel takes UTF-8 for such only with the mark


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _workbook(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, headers, book.add_format({"bold": True}))
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, row)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return out.getvalue()
