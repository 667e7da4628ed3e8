"""Moodle XML, with explanations, tags, pictures and recordings; the difficulty is a tag."""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lms.plugins.exams.exporting import Plain
from lms.plugins.exams.exporting.answers import for_markers, numbers, tags_of
from lms.plugins.exams.exporting.cloze import cloze_html
from lms.plugins.exams.exporting.shown import OF_QUESTION, as_html, put
from lms.plugins.exams.models import QuestionType

_TYPES = {
    QuestionType.SINGLE: "multichoice",
    QuestionType.MULTIPLE: "multichoice",
    QuestionType.TRUE_FALSE: "truefalse",
    QuestionType.MATCHING: "matching",
    QuestionType.ORDERING: "ordering",
    QuestionType.SHORT_ANSWER: "essay",
    QuestionType.CASE_ANALYSIS: "essay",
}


def as_moodle_xml(questions: Iterable[Plain]) -> bytes:
    quiz = Element("quiz")
    for question in questions:
        _question(quiz, question)
    indent(quiz)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(tostring(quiz, "utf-8"))


def _question(quiz: Element, question: Plain) -> None:
    element = SubElement(quiz, "question", type=_type(question))
    _text(SubElement(element, "name"), question.stem.replace("\n", " ")[:80])
    _question_text(SubElement(element, "questiontext"), question)
    if question.explanation:
        _text(SubElement(element, "generalfeedback", format="plain_text"), question.explanation)
    _key(element, question)
    tags = SubElement(element, "tags")
    for tag in tags_of(question):
        _text(SubElement(tags, "tag"), tag)


def _question_text(element: Element, question: Plain) -> None:
    if len(question.gaps) > 1:
        put(element, cloze_html(question), [i for i in question.media if i.option == OF_QUESTION])
    else:
        _shown(element, question.stem, question, OF_QUESTION)


def _type(question: Plain) -> str:
    if len(question.gaps) > 1:
        return "cloze"
    if question.type == QuestionType.BLANK:
        return "numerical" if "number" in question.gaps[0] else "shortanswer"
    return _TYPES[QuestionType(question.type)]


def _key(element: Element, question: Plain) -> None:
    kind = question.type
    if kind == QuestionType.TRUE_FALSE:
        for word, is_right in (("true", question.is_true), ("false", not question.is_true)):
            _answer(element, word, 100.0 if is_right else 0.0)
    elif kind == QuestionType.BLANK:
        if len(question.gaps) == 1:
            _gap(element, question.gaps[0])
    elif kind == QuestionType.MATCHING:
        _pairs(element, question)
    elif kind == QuestionType.ORDERING:
        _order(element, question)
    elif kind in (QuestionType.SINGLE, QuestionType.MULTIPLE):
        _options(element, question)
    else:
        SubElement(element, "responseformat").text = "editor"
        if told := for_markers(question):
            _text(SubElement(element, "graderinfo", format="plain_text"), told)


def _options(element: Element, question: Plain) -> None:
    is_single = question.type == QuestionType.SINGLE
    SubElement(element, "single").text = "true" if is_single else "false"
    SubElement(element, "shuffleanswers").text = "true"
    share = 100 / len(question.right)
    wrong = 0.0 if is_single else -100.0
    for number, option in enumerate(question.options):
        answer = _fraction(element, share if number in question.right else wrong)
        _shown(answer, option, question, number)


def _gap(element: Element, gap: Mapping[str, Any]) -> None:
    """A bare `*` would stand for any text."""
    if "number" in gap:
        number, *tolerance = numbers(gap)
        answer = _answer(element, number, 100.0)
        SubElement(answer, "tolerance").text = (tolerance or ["0"])[0]
        return
    SubElement(element, "usecase").text = "0"
    for text in gap["accept"]:
        _answer(element, text.replace("*", "\\*"), 100.0)


def _pairs(element: Element, question: Plain) -> None:
    SubElement(element, "shuffleanswers").text = "true"
    for left, right in question.pairs:
        pair = SubElement(element, "subquestion", format="plain_text")
        _text(pair, left)
        _text(SubElement(pair, "answer", format="plain_text"), right)


def _order(element: Element, question: Plain) -> None:
    """Of the plugin qtype_ordering: the answers stand in the right order."""
    SubElement(element, "layouttype").text = "VERTICAL"
    SubElement(element, "selecttype").text = "ALL"
    SubElement(element, "selectcount").text = "0"
    SubElement(element, "gradingtype").text = "RELATIVE_NEXT_EXCLUDE_LAST"
    for number, option in enumerate(question.options):
        _shown(_fraction(element, number + 1.0), option, question, number)


def _answer(element: Element, text: str, fraction: float) -> Element:
    answer = _fraction(element, fraction)
    answer.set("format", "plain_text")
    _text(answer, text)
    return answer


def _fraction(element: Element, fraction: float) -> Element:
    return SubElement(element, "answer", fraction=f"{fraction:.5g}")


def _shown(element: Element, text: str, question: Plain, option: int) -> None:
    """Plain text, unless pictures or recordings belong to it."""
    shown = [item for item in question.media if item.option == option]
    if shown:
        put(element, as_html(text), shown)
    else:
        element.set("format", "plain_text")
        _text(element, text)


def _text(element: Element, text: str) -> None:
    SubElement(element, "text").text = text
