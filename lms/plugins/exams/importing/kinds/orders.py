"""Orders: `CABD`, `C,A,B,D`, `3>1>2`, `②①③`, the texts themselves with arrows between them."""

import re
import unicodedata
from typing import Any

from lms.plugins.api import DomainError
from lms.plugins.exams.importing.drafts import Draft
from lms.plugins.exams.importing.kinds.choices import NO_ANSWER, check_options
from lms.plugins.exams.importing.kinds.items import numbered, take_items
from lms.plugins.exams.importing.lettered import lettered
from lms.plugins.exams.importing.spelling import in_its_language, normalised
from lms.plugins.exams.models import LETTERS

_FEWEST = 3
_FIRST = re.compile(r"(?<![A-Za-z])[AＡ][.．、]")
_BETWEEN = re.compile(r"[\s,、;|>=/~→⇒⟶–—\-]+")
_ARROWS = re.compile(r"\s*(?:→|⇒|⟶|-+>|=>|>|＞|\n|；|;|\|)\s*")


def read_order(draft: Draft) -> dict[str, Any]:
    options = [option.strip() for option in draft.options]
    written = draft.answer.strip() if isinstance(draft.answer, str) else ""
    if not options:
        draft.stem, options = take_items(draft.stem)
        options = options or _take_lettered(draft)
    if isinstance(draft.answer, list):
        order = draft.answer
    elif not written:
        draft.reasons.append(DomainError(NO_ANSWER))
        order = []
    elif options:
        order = _order(written, options)
    else:
        options = _texts(written)
        order = list(range(len(options)))
    if len(options) < _FEWEST:
        draft.reasons.append(DomainError("An order needs three things at least."))
    else:
        check_options(draft, options)
    if not draft.reasons and sorted(order) != list(range(len(options))):
        draft.reasons.append(
            DomainError("The order “%(text)s” does not name each of the %(count)s things once.",
                        text=written[:60], count=len(options))
        )  # fmt: skip
    if draft.reasons:
        return {}
    return {"options": [in_its_language(options[number], like=draft.stem) for number in order]}


def _take_lettered(draft: Draft) -> list[str]:
    """`… A. 核实 B. 安抚 C. 回访` within the text."""
    first = _FIRST.search(draft.stem)
    pairs = lettered(draft.stem[first.start() :]) if first else []
    if first is None or "".join(letter for letter, _ in pairs) != LETTERS[: len(pairs)]:
        return []
    draft.stem = draft.stem[: first.start()].strip() or draft.stem
    return [text for _, text in pairs]


def _order(written: str, options: list[str]) -> list[int]:
    """The numbers of the options, from 0; not each once where that cannot be told."""
    narrowed = unicodedata.normalize("NFKC", written).strip(" ()[]{}.。").upper()
    parts = [part.strip(" ()") for part in _BETWEEN.split(narrowed) if part.strip(" ()")]
    close = "".join(parts)
    if re.fullmatch("[A-Z]+", close):
        return [LETTERS.find(letter) for letter in close]
    if close.isascii() and close.isdecimal():
        is_close = len(parts) == 1 and len(options) < len(LETTERS)
        return [int(number) - 1 for number in (close if is_close else parts)]
    known = [normalised(option) for option in options]
    said = [normalised(text) for text in _texts(written)]
    return [known.index(text) if text in known else -1 for text in said]


def _texts(written: str) -> list[str]:
    return numbered(written) or [part.strip() for part in _ARROWS.split(written) if part.strip()]
