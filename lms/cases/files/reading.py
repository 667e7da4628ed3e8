"""A Markdown file as the mapping that a content file of a case holds, and where what stands."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from lms.cases.content import CaseContent
from lms.cases.files import beside, texts
from lms.cases.files.beside import Link
from lms.cases.files.words import SECTIONS, SIDES, SPEAKERS, code_of
from lms.cases.loading import read_case
from lms.courses.content_entry import Refused
from lms.errors import DomainError
from lms.i18n import N_

_ITEM = re.compile(r"[-*]\s+(中文|English|zh|en)\s*[:：]\s*(.*)", re.IGNORECASE)
_FENCE = "---"


class Misread(DomainError):
    """What is wrong in a file (`why`), in which `line` of it and, where known, in which field."""

    def __init__(self, file: str, line: int, place: str, why: DomainError) -> None:
        at = f" ({place})" if place else ""
        super().__init__(
            N_("%(file)s, line %(line)s%(place)s: %(why)s"),
            file=file, line=line, place=at, why=str(why),
        )  # fmt: skip
        self.line, self.place, self.why = line, place, why


@dataclass
class _File:
    """The lines of a file; `at` is the place (0-based) of the next one to read."""

    name: str
    lines: list[str]
    at: int = 0
    places: dict[str, int] = field(default_factory=dict)

    def refuse(self, why: str, place: str = "", at: int | None = None) -> NoReturn:
        line = (self.at if at is None else at) + 1
        raise Misread(self.name, line, place, DomainError(why))

    def until(self, starts: tuple[str, ...]) -> Iterator[str]:
        while self.at < len(self.lines) and not self.lines[self.at].startswith(starts):
            yield self.lines[self.at]
            self.at += 1


def read(name: str, body: bytes) -> tuple[str, CaseContent, list[Link] | None]:
    """The case's key and content, and what it says of pictures; Misread names file, line and
    section."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise Misread(name, line, "", DomainError("This is not UTF-8.")) from None
    raw, places = parse(name, text)
    try:
        key, content = read_case(Path(name), raw)
        return key, content, beside.links(name, raw)
    except Refused as error:
        raise Misread(name, _line_of(places, error.place), error.place, error.why) from None


def _line_of(places: Mapping[str, int], place: str) -> int:
    while place and place not in places:
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return places.get(place, 0) + 1


def parse(name: str, text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The mapping, and the line (0-based) at which each place of it stands."""
    file = _File(name, text.replace("\r\n", "\n").split("\n"))
    raw = _front(file)
    for line in file.until(("## ",)):
        if line.strip():
            file.refuse(N_("A section comes first: a line such as “## 情景 Scenario”."))
    while file.at < len(file.lines):
        written = file.lines[file.at][3:]
        section = code_of(written, SECTIONS)
        if section is None:
            file.refuse(N_("There is no such section."), written.strip())
        if section in raw:
            file.refuse(N_("This section stands here twice."), section)
        file.places[section] = file.at
        file.at += 1
        raw[section] = _READERS.get(section, _text)(file, section)
    return raw, file.places


def _front(file: _File) -> dict[str, Any]:
    if not file.lines or file.lines[0].rstrip() != _FENCE:
        file.refuse(N_("The file begins with --- and the key, stage, channel and so on."))
    end = next((n for n, row in enumerate(file.lines[1:], 1) if row.rstrip() == _FENCE), None)
    if end is None:
        file.refuse(N_("What is in front ends with a line ---."))
    import yaml

    safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        raw = yaml.load("\n".join(file.lines[1:end]) + "\n", Loader=safe)  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        file.refuse(N_("This is no YAML."), at=(mark.line if mark else 0) + 1)
    if not isinstance(raw, dict):
        file.refuse(N_("The file begins with --- and the key, stage, channel and so on."))
    for number, row in enumerate(file.lines[1:end], 1):
        file.places.setdefault(row.partition(":")[0], number)
    file.at = end + 1
    for section in SECTIONS:
        if section in raw:
            file.refuse(N_("This stands in a section below, not in front."), section, 0)
    return raw


def _text(file: _File, section: str) -> dict[str, str]:
    """A text under `### 中文`, one under `### English`, or one of them."""
    _nothing_before(file, section)
    found: dict[str, str] = {}
    for at, written in _headings(file):
        side = code_of(written, SIDES)
        if side is None or side in found:
            file.refuse(N_("Here stands ### 中文 or ### English, each once."), section, at)
        file.places[f"{section}.{side}"] = at
        found[side] = _read(file, section, at, list(file.until(("## ", "### "))))
    return found


def _dialogue(file: _File, section: str) -> list[dict[str, str]]:
    _nothing_before(file, section)
    found: list[dict[str, str]] = []
    for at, written in _headings(file):
        who = code_of(written, SPEAKERS)
        if who is None:
            file.refuse(N_("Here stands who speaks: ### 客户, ### 客服 or ### 系统."), section, at)
        found.append({"who": who, **_items(file, f"{section}[{len(found) + 1}]", at)})
    return found


def _handling(file: _File, section: str) -> list[dict[str, str]]:
    _nothing_before(file, section)
    found: list[dict[str, str]] = []
    for at, _written in _headings(file):
        found.append(_items(file, f"{section}[{len(found) + 1}]", at))
    return found


_READERS: Mapping[str, Callable[[_File, str], Any]] = {
    "dialogue": _dialogue,
    "handling": _handling,
}


def _nothing_before(file: _File, section: str) -> None:
    for row in file.until(("## ", "### ")):
        if row.strip():
            file.refuse(N_("A heading (###) comes before the text."), section)


def _headings(file: _File) -> Iterator[tuple[int, str]]:
    while file.at < len(file.lines) and file.lines[file.at].startswith("### "):
        at, written = file.at, file.lines[file.at][4:]
        file.at += 1
        yield at, written


def _items(file: _File, place: str, at: int) -> dict[str, str]:
    """`- 中文：…` and `- English: …`, further lines of each indented by two spaces."""
    file.places[place] = at
    rows: dict[str, list[str]] = {}
    side = None
    for row in file.until(("## ", "### ")):
        if item := _ITEM.fullmatch(row):
            side = code_of(item[1], SIDES)
            if side is None or side in rows:
                file.refuse(N_("Here stands ### 中文 or ### English, each once."), place)
            file.places[f"{place}.{side}"] = file.at
            rows[side] = [item[2]]
        elif side and (row.startswith("  ") or not row):
            rows[side].append(row[2:])
        elif row.strip():
            file.refuse(N_("A line begins with “- 中文：” or “- English: ”, or two spaces."), place)
    return {side: _unquoted(file, place, at, "\n".join(found)) for side, found in rows.items()}


def _read(file: _File, place: str, at: int, rows: list[str]) -> str:
    try:
        return texts.from_lines(rows)
    except ValueError:
        file.refuse(N_("The quotes hold no text."), place, at)


def _unquoted(file: _File, place: str, at: int, written: str) -> str:
    try:
        return texts.read(written.strip("\n"))
    except ValueError:
        file.refuse(N_("The quotes hold no text."), place, at)
