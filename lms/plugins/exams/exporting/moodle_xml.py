"""Moodle XML, with explanations and tags; it has no difficulty."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lms.plugins.exams.exporting import Plain
from lms.plugins.exams.models import QuestionType


def as_moodle_xml(questions: Iterable[Plain]) -> bytes:
    quiz = Element("quiz")
    for question in questions:
        _question(quiz, question)
    indent(quiz)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(tostring(quiz, "utf-8"))


def _question(quiz: Element, question: Plain) -> None:
    is_binary = question.type == QuestionType.TRUE_FALSE
    element = SubElement(quiz, "question", type="truefalse" if is_binary else "multichoice")
    _text(SubElement(element, "name"), question.stem.replace("\n", " ")[:80])
    _text(SubElement(element, "questiontext", format="plain_text"), question.stem)
    if question.explanation:
        _text(SubElement(element, "generalfeedback", format="plain_text"), question.explanation)
    if is_binary:
        for word, is_right in (("true", question.is_true), ("false", not question.is_true)):
            _answer(element, word, 100.0 if is_right else 0.0)
    else:
        is_single = question.type == QuestionType.SINGLE
        SubElement(element, "single").text = "true" if is_single else "false"
        SubElement(element, "shuffleanswers").text = "true"
        share = 100 / len(question.right)
        wrong = 0.0 if is_single else -100.0
        for number, option in enumerate(question.options):
            _answer(element, option, share if number in question.right else wrong)
    if question.tags:
        tags = SubElement(element, "tags")
        for tag in question.tags:
            _text(SubElement(tags, "tag"), tag)


def _answer(element: Element, text: str, fraction: float) -> None:
    _text(SubElement(element, "answer", fraction=f"{fraction:.5g}", format="plain_text"), text)


def _text(element: Element, text: str) -> None:
    SubElement(element, "text").text = text
