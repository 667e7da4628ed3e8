"""What a format holds of a bank: a file is written, read back, and compared with the questions."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.plugins.api import Cell, DomainError, Row, Sheet
from lms.plugins.exams.exporting import Plain, aiken, gift, moodle_xml, papers, plain_of, tables
from lms.plugins.exams.importing import reading
from lms.plugins.exams.importing.checking import entry_of
from lms.plugins.exams.importing.drafts import Found
from lms.plugins.exams.importing.merging import only_side
from lms.plugins.exams.importing.tables import read_tables
from lms.plugins.exams.types.base import exact
from lms.plugins.exams.types.blank import GAP

# What a file may lack of a question that it holds all the same.
SIDE_ISSUES = ("reference", "explanation", "difficulty", "tags", "media")


@dataclass(frozen=True)
class Held:
    """`questions` stand in the file, `left_out` do not; `lost`: by name of what is missing, the
    questions of the file that lose it."""

    questions: list[Plain]
    left_out: list[Plain]
    lost: dict[str, list[Plain]] = field(default_factory=dict)


@dataclass(frozen=True)
class Format:
    """`write` gives the content of a file, nothing for tables: those are `tables.rows`."""

    name: str
    suffix: str
    mimetype: str
    importer: str
    write: Callable[[Sequence[Plain]], str | bytes] | None = None
    can_hold: Callable[[Plain], bool] = lambda _question: True


FORMATS = {
    "xlsx": Format("Excel", "xlsx", "", "xlsx"),
    "csv": Format("CSV", "csv", "", "csv"),
    "gift": Format("GIFT", "gift.txt", "text/plain", "gift", gift.as_gift, gift.can_hold),
    "xml": Format("Moodle XML", "xml", "application/xml", "moodle-xml", moodle_xml.as_moodle_xml),
    "txt": Format("", "txt", "text/plain", "text", papers.as_paper),
    "aiken": Format("Aiken", "aiken.txt", "text/plain", "aiken", aiken.as_aiken, aiken.can_hold),
}  # fmt: skip


def held(kind: str, questions: Sequence[Plain]) -> Held:
    """`kind`: a key of `FORMATS`."""
    kept = [question for question in questions if FORMATS[kind].can_hold(question)]
    while True:
        back = {_core(question): question for question in _read_back(kind, kept)}
        good = [q for q in kept if (read := back.get(_core(q))) and not _is_torn(q, read)]
        if len(good) == len(kept):
            break
        kept = good
    lost = {
        name: [q for q in kept if _issue(q, name) != _issue(back[_core(q)], name)]
        for name in SIDE_ISSUES
    }
    ids = {id(question) for question in kept}
    return Held(
        questions=kept,
        left_out=[question for question in questions if id(question) not in ids],
        lost={name: found for name, found in lost.items() if found},
    )


def _read_back(kind: str, questions: Sequence[Plain]) -> list[Plain]:
    if not questions:
        return []
    try:
        found = _found(FORMATS[kind], questions)
    except DomainError:
        return []
    entries = [(draft, entry_of(draft)) for draft in found.drafts]
    return [plain_of(entry, only_side) for draft, entry in entries if not draft.reasons]


def _found(form: Format, questions: Sequence[Plain]) -> Found:
    if form.write is not None:
        content = form.write(questions)
        as_bytes = content.encode() if isinstance(content, str) else content
        return reading.read(as_bytes, form.suffix, form.importer)
    letters = tables.widest(questions)
    lines: list[list[object]] = [
        [*tables.header(letters)],
        *tables.rows(questions, letters),
    ]
    rows = [Row(number, [Cell(value) for value in line]) for number, line in enumerate(lines, 1)]
    return read_tables([Sheet("", rows)])


def _core(question: Plain) -> tuple[Any, ...]:
    """What makes it this question and its key; blanks and lengths of gaps aside."""
    gaps = [
        (exact(gap["number"]), exact(gap.get("tolerance", 0)))
        if "number" in gap
        else tuple(gap["accept"])
        for gap in question.gaps
    ]
    criteria = [(_plain(c.title), c.points, _plain(c.expected)) for c in question.criteria]
    return (
        question.type, _plain(question.stem), tuple(_plain(option) for option in question.options),
        tuple(question.right), question.is_true, tuple(gaps),
        tuple((_plain(left), _plain(right)) for left, right in question.pairs), tuple(criteria),
    )  # fmt: skip


def _is_torn(question: Plain, read: Plain) -> bool:
    """A text of it would come back as another one, not only be missing."""
    texts = [(_issue(read, name), _issue(question, name)) for name in ("reference", "explanation")]
    return any(said and said != own for said, own in texts)


def _issue(question: Plain, name: str) -> Any:
    value = getattr(question, name)
    return sorted(value) if isinstance(value, list) else _plain(str(value))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", GAP.sub("___", text)).strip()
