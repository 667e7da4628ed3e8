"""Two wordings of a text beside each other, word by word."""

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

# A Latin word is one piece, a Chinese character is one piece, and so is any other sign.
_PIECES = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)


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
