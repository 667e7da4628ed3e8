"""A bank as a file in the reader's language: Excel, GIFT or Moodle XML. Importing it again into the
same bank changes nothing."""

from dataclasses import dataclass

from lms.plugins.api import Localized
from lms.plugins.exams.models import QuestionType, QuestionVersion


@dataclass(frozen=True)
class Plain:
    """A question in one language. `right`: the numbers of the right options, from 0."""

    type: str
    stem: str
    options: list[str]
    right: list[int]
    explanation: str
    difficulty: int
    tags: list[str]

    @property
    def is_true(self) -> bool:
        """Of a true/false question."""
        return self.right == [0]


def in_one_language(version: QuestionVersion, side: str) -> Plain:
    """`side`: zh or en; what is written in one language only is taken as it is."""
    is_binary = version.type == QuestionType.TRUE_FALSE
    options = [] if is_binary else [Localized.of(o).pick(side) for o in version.options]
    return Plain(
        type=version.type,
        stem=version.stem.pick(side),
        options=options,
        right=list(version.answer),
        explanation=version.explanation.pick(side),
        difficulty=version.question.difficulty,
        tags=[tag.tag for tag in version.question.tags],
    )
