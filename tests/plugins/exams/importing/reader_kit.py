"""A file's questions on a line each, so that a test shows what was read at a glance."""

from typing import Any

from lms.plugins.exams.importing import reading
from lms.plugins.exams.importing.checking import entry_of
from lms.plugins.exams.importing.drafts import Draft

_KINDS = {"single": "单", "multiple": "多", "true_false": "判", "blank": "空", "matching": "连"}
_KINDS |= {"ordering": "序", "short_answer": "答", "case_analysis": "案"}


def read(text: str, name: str = "题.txt") -> list[str]:
    """`单 谁？ 甲|乙 = 2 # 解析`, or `line 3: why it is refused`.

    Of the other types `空 几？ = 10±1|甲/乙`, `连 谁管？ = 甲→一|→二`, `序 先后？ = 甲>乙>丙`,
    `答 说说。 = 参考答案`, `案 分析。 标题(40)：要点 = 参考答案`.
    """
    return [_shown(draft) for draft in reading.read(text.encode(), name).drafts]


def warnings(text: str, name: str = "题.txt") -> list[str]:
    found = reading.read(text.encode(), name)
    for draft in found.drafts:
        entry_of(draft)
    return [str(said) for _, said in found.said()]


def _shown(draft: Draft) -> str:
    entry = entry_of(draft)
    if draft.reasons:
        return f"{draft.place}: " + " ".join(map(str, draft.reasons))
    options, answer = _typed(entry)
    parts = [_KINDS[entry["type"]], _side(entry["stem"]), options, "=", answer]
    if "explanation" in entry:
        parts += ["#", _side(entry["explanation"])]
    return " ".join(part for part in parts if part).replace("\n", "/")


def _typed(entry: dict[str, Any]) -> tuple[str, str]:
    options = [_side(option) for option in entry.get("options", ())]
    criteria = [
        f"{_side(c['title'])}({c['points']})：{_side(c.get('expected', {}))}"
        for c in entry.get("criteria", ())
    ]
    pairs = [f"{_side(pair['left'])}→{_side(pair['right'])}" for pair in entry.get("pairs", ())]
    pairs += [f"→{_side(other)}" for other in entry.get("others", ())]
    if entry["type"] == "ordering":
        return "", ">".join(options)
    if "answer" in entry:
        return "|".join(options), ",".join(str(part) for part in entry["answer"])
    gaps = [_gap(gap) for gap in entry.get("gaps", ())]
    return "|".join(criteria), "|".join(gaps + pairs) or _side(entry.get("reference", {}))


def _gap(gap: dict[str, Any]) -> str:
    if "number" in gap:
        return str(gap["number"]) + (f"±{gap['tolerance']}" if "tolerance" in gap else "")
    return "/".join(f"“{text}”" if text.isascii() else text for text in gap["accept"])


def _side(text: dict[str, str]) -> str:
    return next(iter(text.values()), "")
