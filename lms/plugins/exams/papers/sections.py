"""The sections of a paper: drawn by tag and difficulty, or fixed questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from lms.plugins.api import DomainError, Localized, Session, sides
from lms.plugins.exams.models import Bank, Exam, Question

MOST_SECTIONS, MOST_QUESTIONS, MOST_POINTS = 20, 300, 100
DIFFICULTIES = (1, 2, 3, 4, 5)
# A number to draw that was not said: no number of 0 makes a section one of fixed questions.
UNSAID = -1


@dataclass(frozen=True)
class Section:
    """`count` questions of a bank that have one of the tags and one of the difficulties (none: any
    will do); or, with `questions` (by id) or no `count`, exactly these in this order. `points`
    each; `worth` says it for fixed questions one by one, where they differ."""

    title: Localized
    bank_id: int
    tags: tuple[str, ...] = ()
    difficulties: tuple[int, ...] = ()
    count: int = 0
    points: int = 1
    questions: tuple[int, ...] = ()
    worth: tuple[int, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Also one whose questions are still to be picked."""
        return bool(self.questions) or not self.count

    @property
    def size(self) -> int:
        return len(self.questions) or self.count

    def points_of(self, question_id: int) -> int:
        return dict(zip(self.questions, self.worth, strict=False)).get(question_id, self.points)

    @property
    def total(self) -> int:
        """What all its questions come to."""
        return sum(self.worth) if self.worth else self.size * self.points

    def as_json(self) -> dict[str, Any]:
        kind: dict[str, Any] = (
            {"questions": list(self.questions)}
            if self.is_fixed
            else {
                "count": self.count,
                "tags": list(self.tags),
                "difficulties": list(self.difficulties),
            }
        )
        if self.worth:
            kind["worth"] = list(self.worth)
        return {
            "title": sides(self.title),
            "bank_id": self.bank_id,
            "points": self.points,
            **kind,
        }


def with_worth(section: Section, worth: Sequence[int]) -> Section:
    """So many points for its fixed questions, in their order."""
    is_even = all(points == section.points for points in worth)
    return replace(section, worth=() if is_even else tuple(worth))


def sections_of(exam: Exam) -> list[Section]:
    """As stored; an exam without any asks its number of questions with one of its tags."""
    if not exam.sections:
        return [Section(Localized(), exam.bank_id, tuple(exam.tags), count=exam.count)]
    return [
        Section(
            Localized.of(raw["title"]),
            raw["bank_id"],
            tuple(raw.get("tags", ())),
            tuple(raw.get("difficulties", ())),
            raw.get("count", 0),
            raw["points"],
            tuple(raw.get("questions", ())),
            tuple(raw.get("worth", ())),
        )
        for raw in exam.sections
    ]


def check(sections: Sequence[Section]) -> None:
    """DomainError about what is wrong in itself, whatever the banks hold."""
    if not 1 <= len(sections) <= MOST_SECTIONS:
        raise DomainError("An exam has 1 to %(most)s sections.", most=MOST_SECTIONS)
    for number, section in enumerate(sections, start=1):
        for name, value, least, most in (
            ("count", section.size, 0 if section.is_fixed else 1, MOST_QUESTIONS),
            ("points", section.points, 1, MOST_POINTS),
            *(("points", points, 1, MOST_POINTS) for points in section.worth),
        ):
            if type(value) is not int or not least <= value <= most:
                raise DomainError(
                    "Section %(number)s: this must be between 1 and %(most)s.",
                    field=f"sections-{number - 1}-{name}",
                    number=number,
                    most=most,
                )
        if len(section.worth) not in (0, len(section.questions)):
            raise DomainError("Say the points of each question, or of none.")
        if not set(section.difficulties) <= set(DIFFICULTIES):
            raise DomainError("This is not one of the choices.")
    if sum(section.size for section in sections) > MOST_QUESTIONS:
        raise DomainError("An exam has at most %(most)s questions.", most=MOST_QUESTIONS)
    fixed = [question for section in sections for question in section.questions]
    if len(set(fixed)) != len(fixed):
        raise DomainError("A question is in the paper twice.")


def by_keys(session: Session, raw: Mapping[str, Any]) -> Section:
    """A section as files have it: bank and questions by key. DomainError names what is unknown."""
    bank_id = session.scalar(select(Bank.id).where(Bank.key == raw.get("bank")))
    if bank_id is None:
        raise DomainError("There is no bank %(key)s.", field="bank", key=raw.get("bank"))
    return Section(
        Localized.of(raw.get("title")),
        bank_id,
        tuple(raw.get("tags") or ()),
        tuple(raw.get("difficulties") or ()),
        0 if "questions" in raw else raw.get("count") or UNSAID,
        raw.get("points", 1),
        question_ids(session, bank_id, raw.get("questions") or ()),
        tuple(raw.get("worth") or ()),
    )


def question_ids(session: Session, bank_id: int, keys: Sequence[str]) -> tuple[int, ...]:
    """In the order given; DomainError names the keys that the bank lacks."""
    rows = session.execute(
        select(Question.key, Question.id).where(Question.bank_id == bank_id, Question.key.in_(keys))
    )
    known = {key: question_id for key, question_id in rows}
    if missing := [key for key in keys if key not in known]:
        raise DomainError(
            "The bank has no question %(keys)s.",
            field="questions",
            keys=", ".join(map(str, missing[:5])),
        )
    return tuple(known[key] for key in keys)


def as_file(session: Session, section: Section) -> dict[str, Any]:
    """The other way round."""
    raw = section.as_json()
    bank = session.get_one(Bank, raw.pop("bank_id"))
    if section.is_fixed:
        rows = session.execute(
            select(Question.id, Question.key).where(Question.id.in_(section.questions))
        )
        keys = {question_id: key for question_id, key in rows}
        raw["questions"] = [keys[question_id] for question_id in section.questions]
    kept = {name: value for name, value in raw.items() if value or name == "questions"}
    return {"bank": bank.key, **kept}
