"""Two spellings of one text, and the language a text of a file is in."""

import re
import unicodedata
from typing import Any

from lms.plugins.exams.importing.words import is_chinese
from lms.plugins.exams.models import QuestionType
from lms.plugins.exams.types import Wording

_PUNCTUATION = re.compile(r"[\s，。、；：？！,;:?!（）()“”\"'‘’【】\[\]《》_…]+|(?<!\d)\.|\.(?!\d)")


def in_its_language(text: str, like: str = "") -> dict[str, str]:
    """The text on the side of its language; a text without Chinese follows the stem's."""
    if not text:
        return {}
    return {"zh" if is_chinese(text + like) else "en": text}


def normalised(text: str) -> str:
    """What two spellings of the same text share: no punctuation, blanks, widths or capitals."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text).lower())


def named_by(kind: str, wording: Wording) -> list[Any]:
    """The texts that tell two questions of the same stem apart: options, and what they are matched
    with."""
    if kind == QuestionType.TRUE_FALSE:
        return []
    return [*wording.options, *(wording.parts if kind == QuestionType.MATCHING else ())]


def identity(stem: str, options: list[str]) -> str:
    """The same for the same question, whatever the order of its options and its key."""
    return "\n".join([normalised(stem), *sorted(normalised(option) for option in options)])
