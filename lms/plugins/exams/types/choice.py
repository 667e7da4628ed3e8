"""Single and multiple choice, true or false: all of the right options and no other."""

from collections.abc import Mapping
from typing import Any

from lms.plugins.api import Localized
from lms.plugins.exams.models import LETTERS
from lms.plugins.exams.types.base import FULL, Sent, Shape, Wording, Wrong, number, texts

TRUE_FALSE_OPTIONS = [{"zh": "正确", "en": "True"}, {"zh": "错误", "en": "False"}]


class Choice:
    """`answer`: the right options, ascending; a response has those chosen, in the same form."""

    needs_marker = False

    def __init__(self, code: str, label: Localized, most: int | None = None) -> None:
        self.code, self.label, self._most = code, label, most

    def wording(self, entry: Mapping[str, Any]) -> Wording:
        options = texts(entry, "options", 2, len(LETTERS))
        right = entry.get("answer")
        if not isinstance(right, list) or not right:
            raise Wrong("answer")
        if not all(type(n) is int and 1 <= n <= len(options) for n in right):
            raise Wrong("answer")
        if len(set(right)) != len(right) or (self._most and len(right) > self._most):
            raise Wrong("answer")
        return Wording(options, answer=sorted(n - 1 for n in right))

    def entry(self, wording: Wording) -> dict[str, Any]:
        return {"options": wording.options, "answer": [n + 1 for n in wording.answer]}

    def read(self, sent: Sent, shape: Shape) -> list[Any] | None:
        shown = [number(text, len(shape.order)) for text in sent.whole]
        return sorted({shape.order[n] for n in shown}) or None

    def share(self, answer: list[Any] | None, wording: Wording) -> int | None:
        return FULL if answer is not None and sorted(answer) == wording.answer else 0


class TrueFalse(Choice):
    """Its two options are "true" (0) and "false" (1), shown in that order."""

    def wording(self, entry: Mapping[str, Any]) -> Wording:
        if entry.get("answer") not in ([True], [False]):
            raise Wrong("answer")
        return Wording(TRUE_FALSE_OPTIONS, answer=[0 if entry["answer"] == [True] else 1])

    def entry(self, wording: Wording) -> dict[str, Any]:
        return {"answer": [wording.answer == [0]]}


SINGLE = Choice("single", Localized("单选题", "One answer"), most=1)
MULTIPLE = Choice("multiple", Localized("多选题", "Several answers"))
TRUE_FALSE = TrueFalse("true_false", Localized("判断题", "True or false"), most=1)
