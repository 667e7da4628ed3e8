"""Texts in a field that gives some signs a meaning: `km\\/h` where `/` separates two words.

A backslash makes such a sign, or another backslash, part of the text; before anything else it is
itself. A line break within a text is shown as `⏎`.
"""

import re

ESCAPE, BREAK = "\\", "⏎"


def written(text: str, signs: str = "") -> str:
    """As it stands in the field; `said` and `parts` with the same signs read it back."""
    return re.sub(rf"[\\{BREAK}{signs}]", r"\\\g<0>", text).replace("\n", BREAK)


def said(line: str, signs: str = "") -> str:
    return re.sub(rf"\\([\\{BREAK}{signs}])|{BREAK}", lambda found: found[1] or "\n", line)


def parts(line: str, signs: str, most: int = 0) -> list[str]:
    """What stands between the signs, without the blanks around it; with `most` signs left in the
    last one."""
    return [said(piece, signs) for piece in pieces(line, signs, most)]


def pieces(line: str, signs: str, most: int = 0) -> list[str]:
    """The same as they stand in the field."""
    ends = [m.start() for m in re.finditer(rf"\\.|[{signs}]", line) if m[0] in signs]
    ends = [*(ends[: most - 1] if most else ends), len(line)]
    starts = [0, *(end + 1 for end in ends)]
    return [line[a:b].strip() for a, b in zip(starts, ends, strict=False)]
