"""Finding the header row, and telling columns by their names in Chinese and English."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.errors import DomainError
from lms.tabular.sheets import Row, Sheet
from lms.tabular.values import SECONDS_IN, text

LOOKED_AT = 40
_LONGEST = 200  # characters; what is longer heads no column
Synonyms = Mapping[str, Sequence[str]]
Told = Callable[[Sequence[str]], Mapping[str, str]]

_BRACKETS = re.compile(r"[(\[【〔<《]([^)\]】〕>》]*)[)\]】〕>》]?")
_PERCENT = re.compile("%|百分[比数]|percent|\\bpct\\b", re.I)
_NOISE = re.compile(r"[\s_\-–—·.:：/\\|*'\"“”‘’、,;#№&]+")


@dataclass(frozen=True)
class Column:
    """A column of a known meaning. `unit`: seconds in the unit its header names."""

    index: int
    header: str
    percent: bool
    unit: Fraction | None


@dataclass(frozen=True)
class Table:
    """The rows under a header. `columns` by code; `unknown`: headers that mean nothing to us;
    `own`: what headers mean unless told otherwise, code by name."""

    sheet: str
    columns: Mapping[str, Column]
    unknown: list[str]
    header: list[str]
    rows: list[Row]
    other_sheets: list[str]
    uncomputed: int
    own: Mapping[str, str]


def find_table(
    sheets: Sequence[Sheet],
    synonyms: Synonyms,
    required: Sequence[str],
    told: Told = lambda header: {},
) -> Table:
    """The first table, on a visible sheet if there is one, whose header names what is required.

    `told`: what people said of the columns of a header row, code by name; an empty code is a
    column to ignore.
    DomainError when there is no table, or when two columns mean the same.
    """
    known = {plain(name): code for code, names in synonyms.items() for name in (code, *names)}
    found: list[tuple[Sheet, Table]] = []
    ambiguous: DomainError | None = None
    for sheet in sorted(sheets, key=lambda s: s.is_hidden):
        try:
            table = _in(sheet, known, required, told)
        except DomainError as error:  # of no matter, if another sheet holds the figures
            ambiguous = ambiguous or error
            continue
        if table is not None:
            found.append((sheet, table))
    if not found:
        if ambiguous is not None:
            raise ambiguous
        names = [synonyms[code][0] for code in required]
        raise DomainError(
            "No row with the column headers %(names)s was found.", names="、".join(names)
        )
    # Of several the one that says most: a list of names and months is not the table of figures.
    _, best = max(found, key=lambda f: (bool(f[1].rows), not f[0].is_hidden, len(f[1].columns)))
    others = [table.sheet for _, table in found if table is not best and table.rows]
    best.other_sheets.extend(others)
    return best


def _in(
    sheet: Sheet, synonyms: Mapping[str, str], required: Sequence[str], told: Told
) -> Table | None:
    for position, row in enumerate(sheet.rows[:LOOKED_AT]):
        header, depth = [text(cell) for cell in row.cells], 1
        known = _with(synonyms, told(header))
        codes = {code for name in header if (code := _code(name, known))}
        if not codes.issuperset(required):
            continue
        below = sheet.rows[position + 1] if position + 1 < len(sheet.rows) else None
        keys = {i for i, name in enumerate(header) if _code(name, known) in required}
        if below is not None and _is_second_line(below, keys, known):
            lower = [text(cell) for cell in below.cells]
            width = max(len(header), len(lower))
            header = [
                (lower[i : i + 1] or [""])[0] or (header[i : i + 1] or [""])[0]
                for i in range(width)
            ]
            depth = 2
            known = _with(synonyms, told(header))
        own = {name: code for name in header if (code := _code(name, synonyms))}
        return _table(sheet, header, sheet.rows[position + depth :], known, keys, own)
    return None


def _with(synonyms: Mapping[str, str], told: Mapping[str, str]) -> Mapping[str, str]:
    return {**synonyms, **{plain(name): code for name, code in told.items()}}


def _is_second_line(row: Row, keys: set[int], known: Mapping[str, str]) -> bool:
    """A header of two lines: group names above, and the columns' names where no key stands."""
    blank_keys = all(not text(row.cell(i)) for i in keys)
    return blank_keys and any(_code(text(cell), known) for cell in row.cells)


def _table(
    sheet: Sheet,
    header: list[str],
    rows: list[Row],
    known: Mapping[str, str],
    keys: set[int],
    own: Mapping[str, str],
) -> Table:
    columns: dict[str, Column] = {}
    unknown: list[str] = []
    for index, name in enumerate(header):
        code = _code(name, known)
        if code is None:
            if name:
                unknown.append(name)
        elif code in columns:
            raise DomainError(
                "The columns “%(one)s” and “%(other)s” mean the same (%(code)s). Remove one.",
                one=columns[code].header,
                other=name,
                code=code,
            )
        else:
            columns[code] = Column(index, name, bool(_PERCENT.search(name)), _unit(name, known))
    sheet.fill_merged(keys)
    below = [row for row in rows if not _is_repeated(row, header)]
    return Table(sheet.name, columns, unknown, header, below, [], sheet.uncomputed, own)


def _is_repeated(row: Row, header: list[str]) -> bool:
    cells = zip(row.cells, header, strict=False)
    return len(row.cells) <= len(header) and all(text(cell) == name for cell, name in cells)


def plain(name: str) -> str:
    """A header as it is compared: without spaces, signs and capitals."""
    return _NOISE.sub("", name.lower()).replace("%", "")


def _parts(name: str) -> tuple[str, list[str]]:
    """The name outside brackets, and what stands inside them."""
    return plain(_BRACKETS.sub("", name)), [plain(note) for note in _BRACKETS.findall(name)]


def _code(name: str, known: Mapping[str, str]) -> str | None:
    if not name or len(name) > _LONGEST:
        return None
    base, notes = _parts(name)
    for candidate in (plain(name), base, base + "".join(notes), _without_unit(base)):
        if candidate in known:
            return known[candidate] or None
    for cut in range(1, len(base)):  # two names of one thing side by side: 首次响应时长FRT
        first = known.get(base[:cut])
        if first and first == known.get(_without_unit(base[cut:])):
            return first
    told = {known[note] for note in notes if note in known} if not base else set()
    return told.pop() if len(told) == 1 else None


def _without_unit(base: str) -> str:
    for unit in sorted(SECONDS_IN, key=len, reverse=True):
        if base.endswith(unit) and len(base) > len(unit):
            return base[: -len(unit)]
    return base


def _unit(name: str, known: Mapping[str, str]) -> Fraction | None:
    base = _parts(name)[0]
    notes = [_NOISE.split(note.lower()) for note in _BRACKETS.findall(name)]
    for word in (word for note in notes for word in note):
        if word.removeprefix("单位") in SECONDS_IN:
            return SECONDS_IN[word.removeprefix("单位")]
    stem = _without_unit(base)
    if stem != base and base not in known:
        return SECONDS_IN[base[len(stem) :]]
    return None
