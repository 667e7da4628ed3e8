"""Aiken: a question, its options by letter, and a line `ANSWER: B`."""

import re

from lms.plugins.api import N_, DomainError
from lms.plugins.exams.importing.answers import truth
from lms.plugins.exams.importing.drafts import Draft, Found, Place
from lms.plugins.exams.importing.paper_lines import fields
from lms.plugins.exams.models import QuestionType

_SURE = re.compile(r"^\s*ANSWER\s*[:：]\s*[A-Za-z]\s*$", re.MULTILINE)
_KEY = re.compile(r"\s*(?:ANSWER|答案)\s*[:：]\s*(.*?)\s*", re.IGNORECASE)
_OPTION = re.compile(r"\s*([A-Za-z])\s*[.)．、]\s*(.*)")
_LETTERS = re.compile(r"[A-Za-z](?:[\s,，、;；&]*[A-Za-z])*")
_LOOK_AHEAD = 20
_NOT_HELD: dict[str, str] = {
    QuestionType.MULTIPLE: N_("Question %(number)s is a multiple choice, of several right options; "
                              "Aiken has single choice alone."),
    QuestionType.TRUE_FALSE: N_("Question %(number)s is a true or false one without options; "
                                "Aiken has single choice alone."),
    QuestionType.SHORT_ANSWER: N_("Question %(number)s is answered in words, without options or "
                                  "a key; Aiken has single choice alone."),
    QuestionType.BLANK: N_("Question %(number)s is to be filled in, it has no options; "
                           "Aiken has single choice alone."),
}  # fmt: skip


def is_aiken(text: str) -> bool:
    """By a key in capitals, as the format has it; papers write `Answer: B` as well."""
    return _SURE.search(text) is not None


def may_be_aiken(text: str) -> bool:
    """By a key in small letters: for a text that is nothing else."""
    return re.search(_SURE.pattern, text, re.MULTILINE | re.IGNORECASE) is not None


def read_aiken(text: str) -> Found:
    """A question without a key ends where the next begins, and has none."""
    drafts: list[Draft] = []
    is_open = False
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        if key := _KEY.fullmatch(line):
            draft = _current(drafts, place, is_open)
            draft.answer = key[1]
            if not key[1] and not draft.options:
                draft.type = QuestionType.SHORT_ANSWER
            is_open = False
        elif drafts and not is_open and _take_remarks(drafts[-1], line):
            continue
        else:
            is_open = is_open and not _begins(drafts[-1], lines, place)
            _add(_current(drafts, place, is_open), line)
            is_open = True
    for number, draft in enumerate(drafts, 1):
        _check(draft, number)
    return Found(drafts)


def _check(draft: Draft, number: int) -> None:
    """Other types than the one that the format has are refused by name."""
    draft.type = _type(draft)
    if draft.type != QuestionType.SINGLE:
        message = _NOT_HELD[draft.type]
        draft.reasons.append(DomainError(message, number=number))
    elif gap := next(filter(None, map(_out_of_order, [draft.stem, *draft.options])), None):
        draft.reasons.append(
            DomainError("Question %(number)s: option %(letter)s does not follow the one before.",
                        number=number, letter=gap)
        )  # fmt: skip


def _type(draft: Draft) -> str:
    answer = str(draft.answer)
    if draft.type == QuestionType.SHORT_ANSWER:
        return draft.type
    if draft.options or _out_of_order(draft.stem):
        several = len(re.findall("[A-Za-z]", answer)) > 1 and _LETTERS.fullmatch(answer)
        return QuestionType.MULTIPLE if several else QuestionType.SINGLE
    if truth(answer) is not None:
        return QuestionType.TRUE_FALSE
    return QuestionType.BLANK if answer else QuestionType.SINGLE


def _out_of_order(option: str) -> str:
    """The letter of a line that was taken for more of the option before it."""
    lines = (_OPTION.fullmatch(line) for line in option.split("\n")[1:])
    return next((line[1].upper() for line in lines if line), "")


def _current(drafts: list[Draft], place: int, is_open: bool) -> Draft:
    if not is_open:
        drafts.append(Draft(Place("line", place + 1), type=QuestionType.SINGLE))
    return drafts[-1]


def _add(draft: Draft, line: str) -> None:
    option = _OPTION.fullmatch(line)
    if option and option[1].upper() == _letter_after(draft.options):
        draft.options.append(option[2])
    elif draft.options:  # an option of several lines
        draft.options[-1] += "\n" + line.strip()
    else:
        draft.stem = f"{draft.stem}\n{line.strip()}".strip()


def _take_remarks(draft: Draft, line: str) -> bool:
    """Whether a line behind the key is more of the question, as some write it."""
    head, said = fields(line.strip())
    for name, value in said if not head else ():
        if name in ("explanation", "difficulty"):
            setattr(draft, name, value)
    return bool(said) and not head


def _begins(draft: Draft, lines: list[str], place: int) -> bool:
    """Whether a line is no more of a question that has options: it stands after a blank line and
    is not the next option, or an option A comes before anything else of the question does."""
    if not draft.options:
        return False
    for later in lines[place : place + _LOOK_AHEAD]:
        option = _OPTION.fullmatch(later)
        if _KEY.fullmatch(later) or (option and option[1].upper() == _letter_after(draft.options)):
            break
        if option and option[1].upper() == "A":
            return True
    option = _OPTION.fullmatch(lines[place])
    is_next = option and option[1].upper() == _letter_after(draft.options)
    return not is_next and not lines[place - 1].strip()


def _letter_after(options: list[str]) -> str:
    return chr(ord("A") + len(options))
