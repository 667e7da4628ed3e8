"""Moodle XML: its types that can be asked here; others are named and left."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lms.plugins.api import N_, DomainError
from lms.plugins.exams.importing.cloze import read_cloze
from lms.plugins.exams.importing.drafts import Draft, Found, Place
from lms.plugins.exams.importing.embedded import take_files
from lms.plugins.exams.importing.kinds.scored import Scored, gap_of_number, gap_of_words
from lms.plugins.exams.importing.kinds.written import has_criteria
from lms.plugins.exams.importing.markup import as_plain
from lms.plugins.exams.importing.remarks import with_remarks
from lms.plugins.exams.importing.words import without_level
from lms.plugins.exams.models import QuestionType

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CASE_SENSITIVE = N_("Capitals make no difference here.")
_NO_QUESTION = N_("This is a text without a question; it was left out.")
_UNITS = N_("Its units are not asked for here.")


def read_moodle_xml(content: bytes, name: str) -> Found:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(content)
    except DefusedXmlException:
        raise DomainError(
            "%(file)s declares entities of its own and was not read.", file=name
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise DomainError(
            "%(file)s is no well-formed XML: %(error)s", file=name, error=str(error)[:120]
        ) from None
    if root.tag != "quiz":
        raise DomainError("%(file)s is XML, but not Moodle's (no <quiz>).", file=name)
    found, tags, number = Found(), [], 0
    for element in root.iter("question"):
        kind = element.get("type", "")
        if kind == "category":
            category = _said(element, "category").rpartition("/")[2]
            tags = [category] if category and not category.startswith("$") else []
            continue
        number += 1
        if kind == "description":
            found.warn(Place("question", number), _NO_QUESTION)
            continue
        found.drafts.append(_draft(element, kind, Place("question", number), tags))
    return found


def _draft(element: "Element", kind: str, place: Place, tags: list[str]) -> Draft:
    draft = Draft(place, _said(element, "questiontext"))
    draft.explanation = _said(element, "generalfeedback")
    own = [tag for tag in (_text(t) for t in element.findall("tags/tag")) if tag]
    draft.tags, draft.difficulty = without_level([*tags, *own])
    read = _READERS.get(kind)
    if read is None:
        draft.type = kind or "?"
        return draft
    read(draft, element)
    take_files(draft, element)
    answers = [] if kind == "ordering" else element.findall("answer")
    remarks = [(_text(answer), _said(answer, "feedback")) for answer in answers]
    draft.explanation = with_remarks(draft.explanation, remarks)
    return draft


def _true_false(draft: Draft, element: "Element") -> None:
    draft.type = QuestionType.TRUE_FALSE
    answers = element.findall("answer")
    draft.answer = next((_text(a) for a in answers if _fraction(a) > 0), "")


def _choice(draft: Draft, element: "Element") -> None:
    answers = element.findall("answer")
    is_single = (element.findtext("single") or "true").strip().lower() in ("true", "1")
    draft.type = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE
    draft.options = [_text(answer) for answer in answers]
    # Moodle gives part of the points for less than the right answer; here it is right or not.
    least = 100 if is_single else 1e-6
    draft.answer = [i for i, answer in enumerate(answers) if _fraction(answer) >= least]


def _short_answer(draft: Draft, element: "Element") -> None:
    draft.type = QuestionType.BLANK
    draft.gaps = gap_of_words(draft, _scored(element))
    if (element.findtext("usecase") or "").strip() in ("1", "true"):
        draft.notes.append(DomainError(_CASE_SENSITIVE))


def _numerical(draft: Draft, element: "Element") -> None:
    draft.type = QuestionType.BLANK
    draft.gaps = gap_of_number(draft, _scored(element))
    if element.find("units/unit") is not None:
        draft.notes.append(DomainError(_UNITS))


def _cloze(draft: Draft, element: "Element") -> None:
    text = element.find("questiontext")
    if text is not None:
        is_html = _is_html(text)
        written = text.findtext("text") or ""
        read_cloze(draft, written, lambda part: as_plain(part) if is_html else part.strip())


def _matching(draft: Draft, element: "Element") -> None:
    draft.type = QuestionType.MATCHING
    draft.pairs = [(_text(s), _said(s, "answer")) for s in element.findall("subquestion")]


def _essay(draft: Draft, element: "Element") -> None:
    """Whether it is a case is told by what its markers look at: criteria with points."""
    draft.type = QuestionType.SHORT_ANSWER
    told = _said(element, "graderinfo")
    if has_criteria(told):
        draft.type, draft.criteria = QuestionType.CASE_ANALYSIS, told
    else:
        draft.answer = told


def _ordering(draft: Draft, element: "Element") -> None:
    draft.type = QuestionType.ORDERING
    draft.options = [_text(answer) for answer in element.findall("answer")]
    draft.answer = list(range(len(draft.options)))


_READERS: dict[str, Callable[[Draft, "Element"], None]] = {
    "truefalse": _true_false,
    "multichoice": _choice,
    "shortanswer": _short_answer,
    "numerical": _numerical,
    "matching": _matching,
    "essay": _essay,
    "ordering": _ordering,
    "cloze": _cloze,
    "multianswer": _cloze,
}


def _scored(element: "Element") -> list[Scored]:
    return [
        Scored(_text(a), _fraction(a), a.findtext("tolerance") or "")
        for a in element.findall("answer")
    ]


def _said(element: "Element", name: str) -> str:
    found = element.find(name)
    return "" if found is None else _text(found)


def _text(element: "Element") -> str:
    text = element.findtext("text") or ""
    return as_plain(text) if _is_html(element) else text.strip()


def _is_html(element: "Element") -> bool:
    return element.get("format", "html") in ("html", "moodle_auto_format")


def _fraction(answer: "Element") -> float:
    try:
        return float(answer.get("fraction", "0"))
    except ValueError:
        return 0.0
