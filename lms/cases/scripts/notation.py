"""Key points, choices and triggers as trainers write them, one a line:

道歉 / Apologises = 抱歉, 对不起, sorry ; +1 ; > calm
我马上查 / I will look at once ; +1 ; > end
"""

import re
from collections.abc import Sequence
from typing import Any

from lms.cases.scripts.nodes import Cue
from lms.db import Localized
from lms.errors import DomainError

_MOOD = re.compile(r"[+-]?[0-4]")
_SPLIT = re.compile(r"[,，、]")
MAX_WORDS, MAX_TEXT = 80, 500


def read(text: str, *, field: str, with_words: bool) -> list[dict[str, Any]]:
    """One row for each line; DomainError names the line that cannot be read."""
    lines = [line.strip() for line in text.splitlines()]
    return [_cue(line, field, with_words).row() for line in lines if line]


def write(rows: Sequence[dict[str, Any]]) -> str:
    """`read` backwards."""
    return "\n".join(_line(Cue.of(row)) for row in rows)


def _cue(line: str, field: str, with_words: bool) -> Cue:
    rest, mood, to = line, 0, ""
    while ";" in rest or "；" in rest:
        at = max(rest.rfind(";"), rest.rfind("；"))
        head, last = rest[:at], rest[at + 1 :].strip()
        if last.startswith(">"):
            to = last[1:].strip()
        elif _MOOD.fullmatch(last):
            mood = int(last)
        elif not last:
            pass
        else:
            break  # a semicolon of the text itself
        rest = head.rstrip()
    words: tuple[str, ...] = ()
    if with_words and "=" in rest:
        rest, _, listed = rest.partition("=")
        words = tuple(word.strip()[:60] for word in _SPLIT.split(listed) if word.strip())
    zh, slash, en = rest.strip().partition(" / ")
    text = Localized(zh.strip(), en.strip()) if slash else Localized(zh, zh)
    if not text or max(len(text.zh), len(text.en)) > MAX_TEXT or len(words) > MAX_WORDS:
        raise DomainError("This line cannot be read: %(line)s", field=field, line=line[:80])
    return Cue(text, words, mood, to)


def _line(cue: Cue) -> str:
    both = cue.text.zh and cue.text.en and cue.text.zh != cue.text.en
    text = f"{cue.text.zh} / {cue.text.en}" if both else cue.text.zh or cue.text.en
    words = f" = {', '.join(cue.words)}" if cue.words else ""
    mood = f" ; {cue.mood:+d}" if cue.mood else ""
    return text + words + mood + (f" ; > {cue.to}" if cue.to else "")
