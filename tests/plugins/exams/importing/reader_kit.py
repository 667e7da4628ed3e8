"""A file's questions on a line each, so that a test shows what was read at a glance."""

from lms.plugins.exams.importing import reading
from lms.plugins.exams.importing.checking import entry_of
from lms.plugins.exams.importing.drafts import Draft

_KINDS = {"single": "单", "multiple": "多", "true_false": "判"}


def read(text: str, name: str = "题.txt") -> list[str]:
    """`单 谁？ 甲|乙 = 2 # 解析`, or `line 3: why it is refused`."""
    return [_shown(draft) for draft in reading.read(text.encode(), name).drafts]


def warnings(text: str, name: str = "题.txt") -> list[str]:
    return [str(said) for _, said in reading.read(text.encode(), name).warnings]


def _shown(draft: Draft) -> str:
    entry = entry_of(draft)
    if draft.reasons:
        return f"{draft.place}: " + " ".join(map(str, draft.reasons))
    options = "|".join(_side(option) for option in entry.get("options", ()))
    answer = ",".join(str(part) for part in entry["answer"])
    parts = [_KINDS[entry["type"]], _side(entry["stem"]), options, "=", answer]
    if "explanation" in entry:
        parts += ["#", _side(entry["explanation"])]
    return " ".join(part for part in parts if part).replace("\n", "/")


def _side(text: dict[str, str]) -> str:
    return next(iter(text.values()))
