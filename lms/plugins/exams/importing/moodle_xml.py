"""Moodle XML: choice and true/false questions; other kinds are named and left."""

from typing import TYPE_CHECKING

from lms.plugins.api import N_, DomainError
from lms.plugins.exams.importing.drafts import Draft, Found, Place
from lms.plugins.exams.importing.markup import as_plain
from lms.plugins.exams.importing.remarks import with_remarks
from lms.plugins.exams.models import QuestionType

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


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
        found.drafts.append(_draft(element, kind, Place("question", number), tags))
        if "<img" in (element.findtext("questiontext/text") or ""):
            found.warn(Place("question", number), N_("Its pictures are not taken over."))
    return found


def _draft(element: "Element", kind: str, place: Place, tags: list[str]) -> Draft:
    draft = Draft(place, _said(element, "questiontext"), tags=list(tags))
    draft.explanation = _said(element, "generalfeedback")
    draft.tags += [tag for tag in (_text(t) for t in element.findall("tags/tag")) if tag]
    answers = element.findall("answer")
    if kind == "truefalse":
        draft.type = QuestionType.TRUE_FALSE
        draft.answer = next((_text(a) for a in answers if _fraction(a) > 0), "")
    elif kind == "multichoice":
        is_single = (element.findtext("single") or "true").strip().lower() in ("true", "1")
        draft.type = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE
        draft.options = [_text(answer) for answer in answers]
        # Moodle gives part of the points for less than the right answer; here it is right or not.
        least = 100 if is_single else 1e-6
        draft.answer = [i for i, answer in enumerate(answers) if _fraction(answer) >= least]
    else:
        draft.type = kind or "?"
        return draft
    remarks = [(_text(answer), _said(answer, "feedback")) for answer in answers]
    draft.explanation = with_remarks(draft.explanation, remarks)
    return draft


def _said(element: "Element", name: str) -> str:
    found = element.find(name)
    return "" if found is None else _text(found)


def _text(element: "Element") -> str:
    text = element.findtext("text") or ""
    is_html = element.get("format", "html") in ("html", "moodle_auto_format")
    return as_plain(text) if is_html else text.strip()


def _fraction(answer: "Element") -> float:
    try:
        return float(answer.get("fraction", "0"))
    except ValueError:
        return 0.0
