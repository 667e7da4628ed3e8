"""The one font of what is printed: what it can write, and a small cut of it for some texts."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

FONT = Path(__file__).parent / "fonts" / "noto-serif-sc-0.4.3.ttf"
# The printers' own mark for a character that is not in the case.
MISSING = "〓"


@lru_cache(maxsize=1)
def coverage() -> frozenset[str]:
    """Every character the font can write."""
    from fontTools.ttLib import TTFont

    with TTFont(FONT, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def lacking(text: str) -> list[str]:
    """The characters of a text that the font cannot write, each once."""
    if text.replace(" ", "").isalnum():
        with suppress(UnicodeEncodeError):  # nearly every name; the font need not be opened
            text.encode("gb2312")
            return []
    return [c for c in dict.fromkeys(text) if c not in coverage()]


def writable(text: str) -> str:
    """The text with the mark in place of what the font cannot write."""
    return "".join(c if c in coverage() else MISSING for c in text)


@contextmanager
def cut_for(texts: Iterable[str]) -> Iterator[Path]:
    """A font file that holds the characters of these texts alone, as long as the block lasts.

    Reading the whole font takes a quarter of a second; for many sheets that is done once.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(layout_features=[], notdef_outline=True, hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=writable("".join(texts)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cut.ttf"
        with TTFont(FONT, lazy=True, recalcBBoxes=False) as font:
            cutter.subset(font)
            font.save(path)
        yield path
