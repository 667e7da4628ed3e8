"""Which format a file is in, told by its content, and its questions."""

from pathlib import PurePath

from lms.plugins.api import N_, DomainError, Sheet, decoded, read_sheets
from lms.plugins.exams.importing import aiken, gift, papers, tables
from lms.plugins.exams.importing.drafts import Found
from lms.plugins.exams.importing.moodle_xml import read_moodle_xml
from lms.plugins.exams.importing.words import share_of_right

MAX_QUESTIONS = 5000
_WEB_PAGE = (b"<html", b"<!doctype", b"<table", b"<meta")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")


def read(content: bytes, filename: str, kind: str = "auto") -> Found:
    """DomainError if the file cannot be read, holds no question, or is not of the format said."""
    name = PurePath(filename).name
    kind = recognise(content, name) if kind == "auto" else kind
    if kind in ("xlsx", "csv"):
        _check_is_table(content, name, kind)
        found = tables.read_tables(_sheets(content, name))
    elif kind == "moodle-xml":
        found = read_moodle_xml(content, name)
    else:
        text = decoded(content, name).replace("\ufeff", "")
        readers = {"gift": gift.read_gift, "aiken": aiken.read_aiken, "text": papers.read_paper}
        found = readers[kind](text)
    if not found.drafts:
        raise DomainError("%(file)s holds no question.", file=name)
    if len(found.drafts) > MAX_QUESTIONS:
        raise DomainError(
            "%(file)s holds more than %(most)s questions.", file=name, most=MAX_QUESTIONS
        )
    if any(share_of_right(draft.difficulty) for draft in found.drafts):
        found.warn(
            None,
            N_("A difficulty between 0 and 1 is read as the share of right answers: 0.9 is easy."),
        )
    return found


def recognise(content: bytes, name: str) -> str:
    """One of `FORMATS` (of this package); DomainError if the content is none of them."""
    start = content.lstrip()[:200]
    if not start:
        raise DomainError("%(file)s is empty.", file=name)
    if b"word/document.xml" in content and content.startswith(b"PK"):
        raise DomainError(
            "%(file)s is a Word document. Copy all of it and paste it as text instead.", file=name
        )
    if _is_workbook(content) or start.lower().startswith(_WEB_PAGE):
        return "xlsx"  # refused there, in words that say what to do
    if start.startswith(b"%PDF"):
        raise DomainError(
            "%(file)s is a PDF. Copy its text into a text file, or ask for the table it came from.",
            file=name,
        )
    text = decoded(content, name).replace("\ufeff", "")
    if "\0" in text:
        raise DomainError("%(file)s is no file of questions.", file=name)
    if text.lstrip().startswith(("<?xml", "<quiz")):
        return "moodle-xml"
    if aiken.is_aiken(text):
        return "aiken"
    if _is_table(content, name):
        return "csv"
    if gift.is_gift(text):
        return "gift"
    if papers.is_paper(text):
        return "text"
    if aiken.may_be_aiken(text):
        return "aiken"
    raise DomainError(
        "%(file)s is in no format that is known here: an Excel or CSV table with a column 题干 and "
        "one for the answer, a numbered paper, GIFT, Aiken or Moodle XML.",
        file=name,
    )


def _is_table(content: bytes, name: str) -> bool:
    try:
        return bool(tables.find_tables(_sheets(content, name)))
    except DomainError:
        return False


def _sheets(content: bytes, name: str) -> list[Sheet]:
    """What is no workbook is text, whatever its name says."""
    is_named_rightly = _is_workbook(content) or PurePath(name).suffix.lower() not in _WORKBOOKS
    return read_sheets(content, name if is_named_rightly else f"{name}.csv")


def _is_workbook(content: bytes) -> bool:
    return content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def _check_is_table(content: bytes, name: str, kind: str) -> None:
    is_workbook = _is_workbook(content)
    if is_workbook and kind == "csv":
        raise DomainError("%(file)s is an Excel workbook, not CSV.", file=name)
    if not is_workbook and kind == "xlsx":
        if content.lstrip()[:200].lower().startswith(_WEB_PAGE):
            raise DomainError(
                "%(file)s is a web page by another name. Open it in Excel and save it as .xlsx.",
                file=name,
            )
        raise DomainError("%(file)s is not an Excel workbook.", file=name)
