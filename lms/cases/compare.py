"""What differs between two versions of a case, field by field and word by word."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from markupsafe import Markup, escape

from lms.cases.models import CaseVersion
from lms.db import Localized
from lms.wording import marked


class Row(NamedTuple):
    """One line of the comparison; both sides are safe HTML with <del> and <ins>."""

    old: Markup
    new: Markup
    is_changed: bool
    who: str = ""


class Section(NamedTuple):
    name: str
    rows: Sequence[Row]

    @property
    def is_changed(self) -> bool:
        return any(row.is_changed for row in self.rows)


def compare(old: CaseVersion, new: CaseVersion, locale: str) -> list[Section]:
    """The sections of a case, in the order of its page; `name` is the column's."""

    def text(name: str) -> Section:
        before, after = (getattr(version, name).pick(locale) for version in (old, new))
        return Section(name, [_row(before, after)])

    def lines(name: str) -> Section:
        before, after = (
            [(line.get("who", ""), Localized.of(line).pick(locale)) for line in getattr(v, name)]
            for v in (old, new)
        )
        return Section(name, _aligned(before, after))

    tags = [", ".join(version.tags.get(locale[:2], ())) for version in (old, new)]
    return [
        text("title"),
        text("category"),
        Section("tags", [_row(*tags)]),
        text("scenario"),
        lines("dialogue"),
        lines("handling"),
        text("result"),
        text("lessons"),
    ]


def _aligned(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> list[Row]:
    rows: list[Row] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [Row(escape(t), escape(t), False, who) for who, t in old[a1:a2]]
            continue
        for i in range(max(a2 - a1, b2 - b1)):
            before = old[a1 + i] if a1 + i < a2 else ("", "")
            after = new[b1 + i] if b1 + i < b2 else ("", "")
            row = _row(before[1], after[1])
            rows.append(Row(row.old, row.new, True, after[0] or before[0]))
    return rows


def _row(old: str, new: str) -> Row:
    return Row(*marked(old, new), old != new)
