"""Single and multiple choice, true or false: the options, and which of them are right."""

from typing import Any

from lms.plugins.api import N_, DomainError
from lms.plugins.exams.importing.answers import chosen, truth
from lms.plugins.exams.importing.drafts import Draft
from lms.plugins.exams.importing.spelling import in_its_language, normalised
from lms.plugins.exams.models import LETTERS, QuestionType

MAX_OPTION = 1000
NO_ANSWER = N_("The answer is missing.")


def read_choice(draft: Draft, kind: str) -> dict[str, Any]:
    """With the type, where `kind` is empty."""
    options = [option.strip() for option in draft.options]
    if kind == QuestionType.TRUE_FALSE or (not kind and _is_true_false(draft, options)):
        return {"type": str(QuestionType.TRUE_FALSE), "answer": _true_or_false(draft, options)}
    check_options(draft, options)
    answer = _right_options(draft, options, kind) if not draft.reasons else []
    kind = kind or (QuestionType.SINGLE if len(answer) == 1 else QuestionType.MULTIPLE)
    return {
        "type": str(kind),
        "options": [in_its_language(option, like=draft.stem) for option in options],
        "answer": answer,
    }


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


def check_options(draft: Draft, options: list[str]) -> None:
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
        draft.reasons.append(_no_answer(draft) if is_written else DomainError(NO_ANSWER))
        return []
    if kind == QuestionType.SINGLE and len(found) > 1:
        draft.reasons.append(DomainError("A single choice has one right option, not several."))
    return [number + 1 for number in found]


def _no_answer(draft: Draft) -> DomainError:
    if not str(draft.answer).strip():
        return DomainError(NO_ANSWER)
    return DomainError(
        "The answer “%(text)s” does not say which option is right.", text=str(draft.answer)[:60]
    )
