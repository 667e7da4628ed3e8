"""Answers in words that a person marks: short answers, and analyses of a case by criteria."""

from collections.abc import Mapping
from typing import Any

from lms.plugins.api import Localized
from lms.plugins.exams.types.base import Sent, Shape, Wording, Wrong, written

MAX_CRITERIA = 8


class ShortAnswer:
    """The key is the reference answer that markers see, or nothing; a response one text."""

    code = "short_answer"
    label = Localized("简答题", "Short answer")
    needs_marker = True

    def wording(self, entry: Mapping[str, Any]) -> Wording:
        return Wording(answer=_reference(entry))

    def entry(self, wording: Wording) -> dict[str, Any]:
        return {"reference": wording.answer[0]} if wording.answer else {}

    def read(self, sent: Sent, shape: Shape) -> list[Any] | None:
        text = written(sent.whole[0] if sent.whole else "")
        return [text] if text else None

    def share(self, answer: list[Any] | None, wording: Wording) -> int | None:
        """Nothing written earns nothing; anything else waits for a marker."""
        return None if answer else 0


class CaseAnalysis(ShortAnswer):
    """Parts are the criteria, `{"title": text, "points": n}`, for everybody to see; the key has
    what is expected of each, and behind them the reference answer, if there is one."""

    code = "case_analysis"
    label = Localized("案例分析题", "Case analysis")

    def wording(self, entry: Mapping[str, Any]) -> Wording:
        criteria = entry.get("criteria")
        if not isinstance(criteria, list) or not 1 <= len(criteria) <= MAX_CRITERIA:
            raise Wrong("criteria")
        for criterion in criteria:
            if not isinstance(criterion, dict) or not Localized.of(criterion.get("title")):
                raise Wrong("criteria")
            if type(criterion.get("points")) is not int or not 1 <= criterion["points"] <= 100:
                raise Wrong("criteria")
        return Wording(
            parts=[{"title": c["title"], "points": c["points"]} for c in criteria],
            answer=[*(c.get("expected") or {} for c in criteria), *_reference(entry)],
        )

    def entry(self, wording: Wording) -> dict[str, Any]:
        count = len(wording.parts)
        criteria = [
            {**part, **({"expected": expected} if expected else {})}
            for part, expected in zip(wording.parts, wording.answer[:count], strict=True)
        ]
        reference = wording.answer[count:]
        return {"criteria": criteria, **({"reference": reference[0]} if reference else {})}


def _reference(entry: Mapping[str, Any]) -> list[Any]:
    found = entry.get("reference")
    if found is not None and not isinstance(found, (dict, str)):
        raise Wrong("reference")
    return [found] if Localized.of(found) else []


SHORT_ANSWER, CASE_ANALYSIS = ShortAnswer(), CaseAnalysis()
