"""Two wordings of a text beside each other, word by word."""

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

# A Latin word is one piece, a Chinese character is one piece, and so is any other sign.
_PIECES = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)


# So many unchanged lines stand around what changed.
_AROUND = 1


def marked_lines(old: str, new: str) -> list[tuple[Markup, Markup]]:
    """The lines that changed, side by side, with those next to them; `…` stands for the rest."""
    before, after = old.split("\n"), new.split("\n")
    rows: list[tuple[Markup, Markup]] = []
    gap = (Markup("…"), Markup("…"))
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for tag, a1, a2, b1, b2 in blocks:
        if tag != "equal":
            for i in range(max(a2 - a1, b2 - b1)):
                was = before[a1 + i] if a1 + i < a2 else ""
                now = after[b1 + i] if b1 + i < b2 else ""
                rows.append(marked(was, now))
            continue
        first = 0 if not a1 else _AROUND
        last = 0 if a2 == len(before) and b2 == len(after) else _AROUND
        lines = before[a1:a2]
        if len(lines) > first + last + 1:
            kept: list[str | None] = [*lines[:first], None, *lines[len(lines) - last :]]
        else:
            kept = [*lines]
        rows += [gap if line is None else (escape(line), escape(line)) for line in kept]
    return rows


def marked(old: str, new: str) -> tuple[Markup, Markup]:
    """Both as safe HTML: what went is <del> in the first, what came is <ins> in the second."""
    if old == new:
        return escape(old), escape(new)
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    left, right = [], []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        removed, added = escape("".join(before[a1:a2])), escape("".join(after[b1:b2]))
        if tag == "equal":
            left.append(removed)
            right.append(added)
            continue
        if removed:
            left.append(Markup("<del>{}</del>").format(removed))
        if added:
            right.append(Markup("<ins>{}</ins>").format(added))
    return Markup("").join(left), Markup("").join(right)
