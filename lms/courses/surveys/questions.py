"""The questions of a survey: what a content file may ask, and what counts as an answer."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lms.courses.content_entry import is_bilingual
from lms.db import Localized
from lms.errors import DomainError
from lms.plugins.types import FieldKind, StepField

SCALE = range(1, 6)
LONGEST_TEXT = 2000
_TYPES = ("scale", "choice", "text")
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FIELDS = {
    "scale": {"key", "type", "text", "low", "high", "satisfaction"},
    "choice": {"key", "type", "text", "options"},
    "text": {"key", "type", "text"},
}

FIELDS = (
    StepField("intro", Localized("开头的话", "Introduction"), FieldKind.TEXT, is_rare=True),
    StepField(
        "questions",
        Localized("问题", "Questions"),
        FieldKind.ROWS,
        most=20,
        initial=[
            {
                "key": "satisfaction",
                "type": "scale",
                "satisfaction": True,
                "text": {
                    "zh": "总的来说，您对这门课满意吗？",
                    "en": "All in all, how satisfied are you with this course?",
                },
                "low": {"zh": "不满意", "en": "not at all"},
                "high": {"zh": "很满意", "en": "very"},
            },
            {"type": "text"},
        ],
        fields=(
            StepField("key", Localized("编号", "Key"), FieldKind.KEY),
            StepField("text", Localized("问题", "Question")),
            StepField(
                "type",
                Localized("怎么回答", "How it is answered"),
                FieldKind.CHOICE,
                initial="scale",
                choices={
                    "scale": Localized("1 到 5 分", "From 1 to 5"),
                    "choice": Localized("选一项", "One of several"),
                    "text": Localized("写几句话", "In words"),
                },
            ),
            StepField(
                "options",
                Localized("选项（选一项时填写）", "Options, for “one of several”"),
                FieldKind.LINES,
                is_rare=True,
                most=10,
            ),
            StepField("low", Localized("1 分表示", "What 1 means"), is_rare=True),
            StepField("high", Localized("5 分表示", "What 5 means"), is_rare=True),
            StepField(
                "satisfaction",
                Localized("算作课程满意度", "Counts as the course’s satisfaction"),
                FieldKind.FLAG,
                is_rare=True,
            ),
        ),
    ),
)


def check(config: Mapping[str, Any]) -> None:
    """DomainError naming the field that is wrong."""
    for name in config:
        if name not in {"intro", "questions"}:
            raise DomainError("There is no such field.", field=str(name))
    if "intro" in config and not is_bilingual(config["intro"]):
        raise DomainError("This needs a text in zh and one in en.", field="intro")
    questions = config.get("questions")
    if not isinstance(questions, list) or not 1 <= len(questions) <= 20:
        raise DomainError("Ask one to twenty questions.", field="questions")
    for number, question in enumerate(questions, 1):
        _check_question(question, f"questions[{number}]")
    keys = [question["key"] for question in questions]
    if len(set(keys)) < len(keys):
        raise DomainError("A key is used twice.", field="questions")
    if sum(question.get("satisfaction", False) for question in questions) > 1:
        raise DomainError("Only one question can be the satisfaction.", field="questions")
    if all(question["type"] == "text" for question in questions):
        raise DomainError("Ask at least one scale or choice.", field="questions")


def _check_question(question: Any, where: str) -> None:
    kind = question.get("type") if isinstance(question, Mapping) else None
    if kind not in _TYPES:
        raise DomainError("This must be one of scale, choice, text.", field=f"{where}.type")
    for name in question:
        if name not in _FIELDS[kind]:
            raise DomainError("There is no such field.", field=f"{where}.{name}")
    key = question.get("key")
    if not isinstance(key, str) or len(key) > 64 or not _KEY.fullmatch(key):
        raise DomainError("A key is lower-case words joined by -.", field=f"{where}.key")
    texts = ["text", *(name for name in ("low", "high") if name in question)]
    for name in texts:
        if not is_bilingual(question.get(name)):
            raise DomainError("This needs a text in zh and one in en.", field=f"{where}.{name}")
    if not isinstance(question.get("satisfaction", False), bool):
        raise DomainError("This must be true or false.", field=f"{where}.satisfaction")
    if kind == "choice":
        options = question.get("options")
        if not isinstance(options, list) or not 2 <= len(options) <= 10:
            raise DomainError("Give two to ten options.", field=f"{where}.options")
        if not all(map(is_bilingual, options)):
            raise DomainError("This needs a text in zh and one in en.", field=f"{where}.options")


def values(question: Mapping[str, Any]) -> Sequence[int]:
    """What can be chosen."""
    return SCALE if question["type"] == "scale" else range(1, len(question["options"]) + 1)


def read(
    questions: Sequence[Mapping[str, Any]], form: Mapping[str, str]
) -> tuple[dict[str, int], dict[str, str]]:
    """What was chosen and what was written, by the question's key; texts may be left out.

    DomainError, with the question's key as its field, for a choice that is missing or is none.
    """
    chosen, written = {}, {}
    for question in questions:
        key, raw = question["key"], form.get(question["key"], "").strip()
        if question["type"] == "text":
            if len(raw) > LONGEST_TEXT:
                raise DomainError(
                    "Write at most %(most)s characters.", field=key, most=LONGEST_TEXT
                )
            if raw:
                written[key] = raw
            continue
        allowed = {str(value): value for value in values(question)}
        if raw not in allowed:
            raise DomainError("Choose one of the answers.", field=key)
        chosen[key] = allowed[raw]
    return chosen, written
