"""Fill in the gaps: a word among those accepted, or a number within a tolerance."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lms.plugins.api import Localized
from lms.plugins.exams.types.base import (
    Sent,
    Shape,
    Wording,
    Wrong,
    exact,
    part_of_all,
    written,
)

MAX_GAPS, MAX_ACCEPTED, MAX_LENGTH = 10, 20, 200
# How a gap stands in a stem; one without any has its gaps below it.
GAP = re.compile(r"_{3,}")
_END = ".。,，;；!！"


class Blank:
    """A part is `{"number": bool}`; the key of a gap is `{"accept": [text, …]}` or
    `{"number": n, "tolerance": t}`; a response has a text for each gap."""

    code = "blank"
    label = Localized("填空题", "Fill in")
    needs_marker = False

    def wording(self, entry: Mapping[str, Any]) -> Wording:
        gaps = entry.get("gaps")
        if not isinstance(gaps, list) or not 1 <= len(gaps) <= MAX_GAPS:
            raise Wrong("gaps")
        stem = Localized.of(entry.get("stem"))
        for side in (stem.zh, stem.en):
            if len(GAP.findall(side)) not in (0, len(gaps)):
                raise Wrong("gaps")
        key = [_key(gap) for gap in gaps]
        return Wording(parts=[{"number": "number" in gap} for gap in key], answer=key)

    def entry(self, wording: Wording) -> dict[str, Any]:
        return {"gaps": wording.answer}

    def read(self, sent: Sent, shape: Shape) -> list[Any] | None:
        given = [written(sent.pieces.get(n, ""))[:MAX_LENGTH] for n in range(len(shape.parts))]
        return given if any(given) else None

    def share(self, answer: list[Any] | None, wording: Wording) -> int | None:
        right = self.right(answer, wording)
        return part_of_all(sum(right), len(right))

    def right(self, answer: list[Any] | None, wording: Wording) -> list[bool]:
        """By gap."""
        given = [*(answer or ()), *[""] * len(wording.answer)]
        return [_fits(str(text), key) for text, key in zip(given, wording.answer, strict=False)]


def _key(gap: Any) -> dict[str, Any]:
    if isinstance(gap, dict) and set(gap) <= {"number", "tolerance"} and _is_number(gap, "number"):
        if "tolerance" in gap and not (_is_number(gap, "tolerance") and gap["tolerance"] >= 0):
            raise Wrong("gaps")
        return {name: gap[name] for name in ("number", "tolerance") if gap.get(name) is not None}
    accepted = gap.get("accept") if isinstance(gap, dict) else None
    if not isinstance(accepted, list) or not 1 <= len(accepted) <= MAX_ACCEPTED:
        raise Wrong("gaps")
    said = [str(text).strip() for text in accepted if not isinstance(text, (dict, list, bool))]
    if len(said) < len(accepted) or not all(spelling(t) and len(t) <= MAX_LENGTH for t in said):
        raise Wrong("gaps")
    return {"accept": said}


def _is_number(gap: Mapping[str, Any], name: str) -> bool:
    value = gap.get(name)
    return type(value) in (int, float) and exact(value).is_finite()  # type: ignore[arg-type]


def _fits(text: str, key: Mapping[str, Any]) -> bool:
    if "number" in key:
        said = as_number(text)
        tolerance = exact(key.get("tolerance", 0))
        return said is not None and abs(said - exact(key["number"])) <= tolerance
    return spelling(text) in {spelling(accepted) for accepted in key["accept"]}


def spelling(text: str) -> str:
    """What spellings of the same word share: width, capitals, blanks and a full stop aside."""
    narrowed = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", "", narrowed).rstrip(_END) or narrowed.strip()


def is_code(text: str) -> bool:
    """An area code, a number of staff: digits whose first zero is part of them."""
    return re.fullmatch(r"0\d+", unicodedata.normalize("NFKC", text).strip()) is not None


def as_number(text: str) -> Decimal | None:
    """`１，０００`, `4.50`, `+3`; None for anything else."""
    narrowed = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("−", "-")
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", narrowed):
        narrowed = narrowed.replace(",", "")
    if len(narrowed) > MAX_LENGTH or not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", narrowed):
        return None
    try:
        return Decimal(narrowed)
    except InvalidOperation:
        return None


BLANK = Blank()
