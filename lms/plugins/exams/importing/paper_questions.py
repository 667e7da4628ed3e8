"""A question of a paper, gathered line by line, as a draft with one key."""

import re
from dataclasses import dataclass, field

from lms.plugins.api import DomainError
from lms.plugins.exams.importing.answers import chosen, truth
from lms.plugins.exams.importing.drafts import Draft, Place
from lms.plugins.exams.importing.kinds import OWN
from lms.plugins.exams.importing.lettered import Lettered, crowded
from lms.plugins.exams.importing.paper_lines import (
    MARKED_RIGHT,
    NAMED_RIGHT,
    ends_with_kind,
    take_kind,
)
from lms.plugins.exams.importing.words import question_type
from lms.plugins.exams.models import LETTERS

_BRACKETED = re.compile(
    r"[（(【\[]\s*([A-Ja-jＡ-Ｊａ-ｊ][A-Ja-jＡ-Ｊａ-ｊ、,，\s]*|[对错√×✓✗✔✘TＴtｔ]|正确|错误)\s*[】\])）]"
)


@dataclass
class PaperQuestion:
    """`keys`: every line that gives the answer; `listed`: what the list at the end says."""

    place: Place
    number: int
    section: str
    stem: list[str] = field(default_factory=list)
    options: Lettered = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    type: str = ""
    criteria: list[str] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    difficulty: str = ""
    tags: list[str] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        """It has options or a key: its text is over."""
        said = _BRACKETED.finditer("\n".join(self.stem))
        return bool(self.options or self.keys) or any(truth(mark[1]) is not None for mark in said)

    @property
    def has_key(self) -> bool:
        said = _BRACKETED.search("\n".join(self.stem))
        return bool(self.keys or self.listed or said) or any(
            MARKED_RIGHT.search(text) for _, text in self.options
        )

    @property
    def is_open(self) -> bool:
        """Its answer is no choice: it may take several lines."""
        named, _ = take_kind("\n".join(self.stem).strip())
        return question_type(named or self.type or self.section) in OWN

    def draft(self) -> Draft:
        draft = Draft(self.place, difficulty=self.difficulty, tags=self.tags)
        if self.is_open:
            return _open_draft(self, draft)
        options = _options(self, draft)
        kind, draft.stem = _take_kind(self)
        draft.type = kind or self.type or self.section
        draft.explanation = "\n".join(self.explanation).strip()
        right = [place for place, text in enumerate(options) if MARKED_RIGHT.search(text)]
        draft.options = [MARKED_RIGHT.sub("", text) for text in options]
        keys: list[str | list[int]] = [*self.keys, *self.listed, *([right] if right else [])]
        in_stem = _keys_in_stem(draft, keys)
        keys += in_stem
        draft.answer = keys[0] if keys else ""
        # Two of a kind are two questions run together, even if they agree.
        for alike in (self.keys, in_stem if not options else []):
            if len(alike) > 1:
                draft.reasons.append(_twice(alike[0], alike[1]))
        if not draft.reasons:
            _check_agreement(draft, keys)
        return draft


def _take_kind(question: PaperQuestion) -> tuple[str, str]:
    """A word at the end, （多选）, stays in a text of a section that says so already."""
    written = "\n".join(question.stem).strip()
    kind, stem = take_kind(written)
    if kind and written.endswith(("）", ")")) and written.startswith(stem):
        is_said = question_type(kind) == question_type(question.section)
        stem = written if is_said and question.section else stem
    return kind, stem


def _open_draft(question: PaperQuestion, draft: Draft) -> Draft:
    draft.options = _options(question, draft) if question.options else []
    kind, draft.stem = _take_kind(question)
    draft.type = kind or question.type or question.section
    draft.explanation = "\n".join(question.explanation).strip()
    draft.criteria = "\n".join(question.criteria).strip()
    keys = [*question.keys, *question.listed]
    if not keys and draft.options:  # （CABD）
        marks = [mark for mark in _BRACKETED.finditer(draft.stem) if len(mark[1]) > 1]
        for mark in marks[-1:]:
            draft.stem = f"{draft.stem[: mark.start()]}（ ）{draft.stem[mark.end() :]}"
            keys.append(mark[1])
    draft.answer = keys[0] if keys else ""
    if len(keys) > 1:
        draft.reasons.append(_twice(keys[0], keys[1]))
    return draft


def _options(question: PaperQuestion, draft: Draft) -> list[str]:
    """In the order of their letters; taken from the text where they have none."""
    pairs = question.options
    if len(pairs) == 1 and len(close := crowded(f"{pairs[0][0]}.{pairs[0][1]}")) > 1:
        pairs = close
    if not pairs:
        return _without_letters(question.stem)
    pairs = sorted(pairs, key=lambda pair: pair[0])
    letters = "".join(letter for letter, _ in pairs)
    if letters != LETTERS[: len(letters)]:
        draft.reasons.append(
            DomainError(
                "The letters of the options are %(letters)s; from A on, each is needed once.",
                letters=" ".join(letters),
            )
        )
    return [text for _, text in pairs]


def _without_letters(stem: list[str]) -> list[str]:
    """Lines below the question, one of them marked as right, or 对 and 错; taken off the stem."""
    first = next((n for n, line in enumerate(stem, 1) if ends_with_kind(line)), 1)
    if not any(NAMED_RIGHT.search(line) for line in stem[first:]):
        first = len(stem) - 2
        if first < 1 or {truth(line) for line in stem[first:]} != {True, False}:
            return []
    options = stem[first:]
    del stem[first:]
    return options


def _keys_in_stem(draft: Draft, others: list[str | list[int]]) -> list[str]:
    """The key in brackets, `（B）`; an empty pair stays where the answer goes.

    Beside another key, brackets within the text are text unless they say the same.
    """
    marks = [
        mark
        for mark in _BRACKETED.finditer(draft.stem)
        if draft.options or truth(mark[1]) is not None
    ]
    if others:
        own = _meaning(others[0], draft.options)
        marks = [
            mark
            for mark in marks
            if _meaning(mark[1], draft.options) == own or _is_last(draft.stem, mark)
        ]
    for mark in reversed(marks):
        gap = "" if _is_last(draft.stem, mark) and not draft.options else "（ ）"
        draft.stem = (draft.stem[: mark.start()] + gap + draft.stem[mark.end() :]).strip()
    return [mark[1] for mark in marks]


def _is_last(stem: str, mark: re.Match[str]) -> bool:
    return not stem[mark.end() :].strip("。.？? \n")


def _check_agreement(draft: Draft, keys: list[str | list[int]]) -> None:
    for key in keys[1:]:
        if _meaning(key, draft.options) != _meaning(keys[0], draft.options):
            draft.reasons.append(_twice(keys[0], key))
            return


def _meaning(key: str | list[int], options: list[str]) -> object:
    """Equal for keys that say the same."""
    numbers = chosen(key, options) if isinstance(key, str) else key
    said = truth(key) if isinstance(key, str) and not numbers else None
    if numbers and len(numbers) == 1:
        said = truth(options[numbers[0]])
    return (numbers or key) if said is None else said


def _twice(one: str | list[int], other: str | list[int]) -> DomainError:
    said = [
        key if isinstance(key, str) else "".join(LETTERS[n] for n in key if n < len(LETTERS))
        for key in (one, other)
    ]
    return DomainError(
        "The answer is given twice: “%(one)s” and “%(other)s”.",
        one=said[0][:30],
        other=said[1][:30],
    )
