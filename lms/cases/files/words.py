"""The headings of a case as a Markdown file: written in both languages, read in either."""

from collections.abc import Mapping

SECTIONS: Mapping[str, tuple[str, str]] = {
    "scenario": ("情景", "Scenario"),
    "dialogue": ("对话", "Dialogue"),
    "handling": ("处理过程", "What was done"),
    "result": ("结果", "How it ended"),
    "lessons": ("经验", "Lessons"),
}
SPEAKERS: Mapping[str, tuple[str, str]] = {
    "customer": ("客户", "Customer"),
    "agent": ("客服", "Agent"),
    "system": ("系统", "System"),
}
SIDES: Mapping[str, tuple[str, str]] = {"zh": ("中文", "zh"), "en": ("English", "en")}


def heading(pair: tuple[str, str]) -> str:
    return " ".join(pair)


def code_of(written: str, known: Mapping[str, tuple[str, str]]) -> str | None:
    """Which of them is meant by one of its words, or both; None for any other."""
    plain = " ".join(written.casefold().split())
    for code, (one, other) in known.items():
        names = (one, other, f"{one} {other}", f"{other} {one}", f"{one} / {other}")
        if plain in {name.casefold() for name in names}:
            return code
    return None
