"""A draft as the bank's own entry (see docs/content-format.md), or what speaks against it."""

import re
import unicodedata
from typing import Any

from lms.plugins.api import N_, DomainError
from lms.plugins.exams.importing.answers import chosen, truth
from lms.plugins.exams.importing.drafts import Draft
from lms.plugins.exams.importing.words import difficulty, is_chinese, question_type
from lms.plugins.exams.models import LETTERS, QuestionType

MAX_STEM, MAX_OPTION = 4000, 1000
_PUNCTUATION = re.compile(r"[\s，。、；：？！,;:?!（）()“”\"'‘’【】\[\]《》_…]+|(?<!\d)\.|\.(?!\d)")


def entry_of(draft: Draft) -> dict[str, Any]:
    """The entry, without a key; adds to `draft.reasons` what is wrong and is then of no use."""
    stem = draft.stem.strip()
    options = [option.strip() for option in draft.options]
    if not stem:
        draft.reasons.append(DomainError("The question has no text."))
    if len(stem) > MAX_STEM:
        draft.reasons.append(DomainError("The text is longer than %(most)s.", most=MAX_STEM))
    level = difficulty(draft.difficulty)
    if level is None:
        draft.reasons.append(
            DomainError("“%(text)s” is no level of difficulty (1-5, 易, 中, 难).",
                        text=draft.difficulty[:30])
        )  # fmt: skip
    kind = question_type(draft.type)
    if kind is None:
        draft.reasons.append(
            DomainError("Questions of the type “%(type)s” cannot be asked here yet.",
                        type=draft.type[:30])
        )  # fmt: skip
        return {}
    is_binary = kind == QuestionType.TRUE_FALSE or (not kind and _is_true_false(draft, options))
    answer: list[bool] | list[int]
    if is_binary:
        kind, answer = QuestionType.TRUE_FALSE, _true_or_false(draft, options)
        options = []
    else:
        _check_options(draft, options)
        answer = _right_options(draft, options, kind) if not draft.reasons else []
        kind = kind or (QuestionType.SINGLE if len(answer) == 1 else QuestionType.MULTIPLE)
    entry = {
        "type": str(kind),
        "difficulty": level,
        "tags": draft.tags,
        "stem": in_its_language(stem),
        "options": [in_its_language(option, like=stem) for option in options],
        "answer": answer,
        "explanation": in_its_language(draft.explanation.strip(), like=stem),
    }
    return {name: value for name, value in entry.items() if value}


def _is_true_false(draft: Draft, options: list[str]) -> bool:
    if options:
        return len(options) == 2 and {truth(option) for option in options} == {True, False}
    return isinstance(draft.answer, str) and truth(draft.answer) is not None


def _true_or_false(draft: Draft, options: list[str]) -> list[bool]:
    if isinstance(draft.answer, str):
        said = False if draft.answer == "0" and not options else truth(draft.answer)
        if said is None:  # a letter: of the options given, else A is true as everywhere
            found = chosen(draft.answer, options or ["对", "错"])
            said = truth((options or ["对", "错"])[found[0]]) if found else None
    else:
        said = truth(options[draft.answer[0]]) if len(draft.answer) == 1 else None
    if said is None:
        draft.reasons.append(_no_answer(draft))
    return [bool(said)]


def _check_options(draft: Draft, options: list[str]) -> None:
    if len(options) < 2:
        draft.reasons.append(DomainError("A choice needs two options at least."))
    if len(options) > len(LETTERS):
        draft.reasons.append(DomainError("More than %(most)s options.", most=len(LETTERS)))
    if any(not option for option in options):
        letter = chr(ord("A") + options.index(""))
        draft.reasons.append(DomainError("Option %(letter)s is blank.", letter=letter))
    if any(len(option) > MAX_OPTION for option in options):
        draft.reasons.append(
            DomainError("An option is longer than %(most)s characters.", most=MAX_OPTION)
        )
    if len({normalised(option) or option for option in options}) < len(options):
        draft.reasons.append(DomainError("Two options say the same."))


def _right_options(draft: Draft, options: list[str], kind: str) -> list[int]:
    """Counted from 1, as entries have it."""
    is_written = isinstance(draft.answer, str)
    found = chosen(draft.answer, options) if isinstance(draft.answer, str) else draft.answer
    if not found:
        draft.reasons.append(_no_answer(draft) if is_written else DomainError(_NO_ANSWER))
        return []
    if kind == QuestionType.SINGLE and len(found) > 1:
        draft.reasons.append(DomainError("A single choice has one right option, not several."))
    return [number + 1 for number in found]


_NO_ANSWER = N_("The answer is missing.")


def _no_answer(draft: Draft) -> DomainError:
    if not str(draft.answer).strip():
        return DomainError(_NO_ANSWER)
    return DomainError(
        "The answer “%(text)s” does not say which option is right.", text=str(draft.answer)[:60]
    )


def in_its_language(text: str, like: str = "") -> dict[str, str]:
    """The text on the side of its language; a text without Chinese follows the stem's."""
    if not text:
        return {}
    return {"zh" if is_chinese(text + like) else "en": text}


def normalised(text: str) -> str:
    """What two spellings of the same text share: no punctuation, blanks, widths or capitals."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text).lower())


def identity(stem: str, options: list[str]) -> str:
    """The same for the same question, whatever the order of its options and its key."""
    return "\n".join([normalised(stem), *sorted(normalised(option) for option in options)])
