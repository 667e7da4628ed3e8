"""Papers as pasted from Word or exported by exam sites: numbered questions, options by letter, the
key in brackets, on a line of its own, behind the right option or in a list at the end. Answers that
are no choice may take several lines, numbered ones too."""

import re

from lms.plugins.api import N_
from lms.plugins.exams.importing.drafts import Found, Place
from lms.plugins.exams.importing.lettered import lettered
from lms.plugins.exams.importing.paper_keys import is_key_heading, listed_keys, spans
from lms.plugins.exams.importing.paper_lines import (
    FURNITURE,
    NUMBERED,
    NUMBERED_IN_BRACKETS,
    fields,
    section,
)
from lms.plugins.exams.importing.paper_questions import PaperQuestion
from lms.plugins.exams.importing.words import kind_name, question_type, split_tags
from lms.plugins.exams.models import QuestionType

_LOOK_AHEAD = 60
_ANSWERED = re.compile(r"答\s*[:：]\s*")
_LONG_GAP = re.compile(r"\s{9,}")


def read_paper(text: str) -> Found:
    """`found.drafts` is empty for a text without a numbered question.

    Numbers in brackets are points within a question, unless they alone number the questions.
    """
    forms = [NUMBERED]
    if any(NUMBERED_IN_BRACKETS.fullmatch(line.strip()) for line in text.splitlines()):
        forms.append(NUMBERED_IN_BRACKETS)
    return max((_Reading(form).read(text) for form in forms), key=_worth)


def is_paper(text: str) -> bool:
    return _asks(read_paper(text))


def _asks(found: Found) -> bool:
    return any(draft.options or draft.answer for draft in found.drafts)


def _worth(found: Found) -> tuple[bool, int]:
    good = sum(1 for draft in found.drafts if draft.answer and not draft.reasons)
    return _asks(found), 2 * good - len(found.drafts)


class _Reading:
    """Line by line; `_field` is what a line without a mark of its own goes on with."""

    def __init__(self, numbering: re.Pattern[str]) -> None:
        self._numbering = numbering
        self._found = Found()
        self._questions: list[PaperQuestion] = []
        self._by_number: dict[int, list[PaperQuestion]] = {}
        self._current: PaperQuestion | None = None
        self._section = self._field = ""
        self._last = self._last_point = 0
        self._is_key = False  # below the heading of a list of keys
        self._key_section = ""
        self._explained: PaperQuestion | None = None  # in the list
        self._strange: list[int] = []
        self._ahead: list[str] = []

    def read(self, text: str) -> Found:
        lines = [_LONG_GAP.sub(" " * 8, line.strip()) for line in text.splitlines()]
        for number, line in enumerate(lines, 1):
            self._ahead = lines[number : number + _LOOK_AHEAD]
            if line and not FURNITURE.fullmatch(line):
                self._read(Place("line", number), line)
        if self._strange:
            self._found.warn(
                None,
                N_("The list of answers names %(numbers)s: not one question of that number."),
                numbers=spans(self._strange),
            )
        self._found.drafts = [question.draft() for question in self._questions]
        return self._found

    def _read(self, place: Place, line: str) -> None:
        if self._starts_section(line) or self._lists_keys(line):
            return
        if is_key_heading(line):
            self._is_key, self._key_section, self._field = not self._is_own_answer(), "", "answer"
            return
        head, said = fields(line, behind=self._is_key)
        if said and said[0][0] == "score" and self._is_asking() and self._field == "stem":
            head, said = line, []
        if begun := self._begun(head, is_alone=not said):
            number, rest = begun
            if self._is_key and number in self._by_number:
                self._key_in_words(number, rest, dict(said))
                return
            self._begin(place, number, rest)
        elif head:
            self._go_on(place, head)
        if self._current:
            self._take(self._current, said)

    def _starts_section(self, line: str) -> bool:
        found = section(line)
        if found is None or (not found[0] and (self._is_asking() or self._is_answering(line))):
            return False
        kind, rest = found
        known = {kind_name(question.section) for question in self._questions}
        self._is_key = self._is_key and kind_name(kind) in known
        self._current = None
        if self._is_key:
            self._key_section = kind
        else:
            self._section = kind
        self._lists_keys(rest)
        return True

    def _is_asking(self) -> bool:
        """Within the text of a question, which may hold points 一、二、."""
        question = self._current
        return (
            question is not None
            and not question.is_answered
            and question_type(question.section) != QuestionType.TRUE_FALSE
        )

    def _is_own_answer(self) -> bool:
        """What follows `参考答案：` is for the question above it, not the list for all of them."""
        question = self._current
        if question is None or not question.is_open or question.has_key:
            return False
        return all(other.has_key for other in self._questions if other is not question)

    def _is_answering(self, line: str) -> bool:
        """Within an answer in words, which may hold points 一、二、; a 第二部分 ends it."""
        question = self._current
        is_within = self._field in ("answer", "criteria") and not line.startswith("第")
        is_within = is_within and not self._is_key
        return question is not None and is_within and question.is_open

    def _lists_keys(self, line: str) -> bool:
        head, said = fields(line)
        if not head and said and said[0][0] == "answer":
            if self._current and _matches(self._current):  # 1A 2B
                return False
            line = said[0][1]
        keys = listed_keys(line)
        if not any(number in self._by_number for number, _ in keys):
            return False
        for number, answer in keys:
            self._give(number, answer)
        self._current, self._is_key = None, True
        return True

    def _key_in_words(self, number: int, rest: str, said: dict[str, str]) -> None:
        self._current = None
        self._explained = self._give(number, said.get("answer", "") or rest)
        if self._explained and "explanation" in said:
            self._explained.explanation.append(said["explanation"])

    def _give(self, number: int, answer: str) -> PaperQuestion | None:
        """To the one question of that number; where each section begins anew, of the section the
        list names, or the one that has no key yet."""
        self._explained = None
        found = list(self._by_number.get(number, ()))
        if len(found) > 1 and self._key_section:
            name = kind_name(self._key_section)
            found = [question for question in found if kind_name(question.section) == name]
        elif len(found) > 1:
            found = [question for question in found if not question.keys and not question.listed]
        if len(found) != 1:
            self._strange.append(number)
            return None
        found[0].listed.append(answer)
        return found[0]

    def _begun(self, line: str, *, is_alone: bool) -> tuple[int, str] | None:
        match = self._numbering.fullmatch(line)
        if match is None or (is_alone and not match["rest"] and not match["named"]):
            return None
        number, rest = int(match["named"] or match["n"]), match["rest"]
        is_loose = not match["named"] and (match["bare"] or rest[:1].isdigit())
        is_next = number == self._last + 1 or (self._current is None and number == 1)
        if is_loose and not is_next and not self._is_key_to_open(number):  # 24 小时, 1.5 倍
            return None
        may_be_point = self._is_answering(line) and number in (1, self._last_point + 1)
        if may_be_point and not (number == self._last + 1 and self._is_asked_ahead(number)):
            self._last_point = number
            return None
        is_point = number in (1, self._last_point + 1) and self._field == "stem"
        if is_point and self._is_asking():
            self._last_point = number
            return None
        return number, rest

    def _is_key_to_open(self, number: int) -> bool:
        return self._is_key and any(q.is_open for q in self._by_number.get(number, ()))

    def _is_asked_ahead(self, number: int) -> bool:
        """Whether an answer follows before the number comes once more: it is then no point of the
        answer before it, but a question."""
        for line in self._ahead:
            match = self._numbering.fullmatch(line)
            if match and int(match["named"] or match["n"]) == number:
                return False
            if any(name in ("answer", "criteria") for name, _ in fields(line)[1]):
                return True
        return False

    def _begin(self, place: Place, number: int, rest: str) -> None:
        self._current = PaperQuestion(place, number, self._section, stem=[rest] if rest else [])
        self._questions.append(self._current)
        self._by_number.setdefault(number, []).append(self._current)
        self._last, self._last_point, self._field, self._is_key = number, 0, "stem", False

    def _go_on(self, place: Place, line: str) -> None:
        question = self._current
        if question is None:
            self._go_on_with_key(place, line)
            return
        if self._is_answering(""):
            said = question.criteria if self._field == "criteria" else question.keys
            said[-1:] = [f"{said[-1]}\n{line}".strip()] if said else [line]
            return
        if self._field == "stem" and question.is_open and (said_at := _ANSWERED.match(line)):
            self._take(question, [("answer", line[said_at.end() :])])
            return
        options = lettered(line)
        if options and not (self._field == "explanation" and question.options):
            question.options += options
            self._field = "options"
        elif self._field == "options":
            letter, text = question.options[-1]
            question.options[-1] = letter, f"{text}\n{line}"
        elif self._field == "stem":
            question.stem.append(line)
        elif self._field == "explanation":
            question.explanation.append(line)
        elif self._field == "answer" and not question.keys:
            question.keys.append(line)
            self._is_key = False
        else:
            self._leave_out(place, line)

    def _go_on_with_key(self, place: Place, line: str) -> None:
        if self._explained and self._explained.explanation:
            self._explained.explanation.append(line)
        elif self._explained and self._explained.is_open:
            self._explained.listed[-1] += f"\n{line}"
        elif self._is_key:
            self._leave_out(place, line)

    def _leave_out(self, place: Place, line: str) -> None:
        self._found.warn(
            place, N_("“%(text)s” belongs to no question and was left out."), text=line[:60]
        )

    def _take(self, question: PaperQuestion, said: list[tuple[str, str]]) -> None:
        for name, value in said:
            self._field = name
            point = self._numbering.fullmatch(value)  # 答案：1. …
            self._last_point = 1 if point and point["n"] == "1" else 0
            if name == "answer":
                question.keys += [value] if value else []
            elif name == "criteria":
                question.criteria.append(value)
            elif name == "explanation":
                question.explanation.append(value)
            elif name == "tags":
                question.tags = split_tags(value)
            elif name in ("type", "difficulty"):
                setattr(question, name, value)


def _matches(question: PaperQuestion) -> bool:
    return question_type(question.type or question.section) == QuestionType.MATCHING
