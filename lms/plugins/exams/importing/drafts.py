"""What a reader found: questions as written, not yet looked at."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask_babel import gettext as _

from lms.plugins.api import DomainError


@dataclass(frozen=True)
class Place:
    """Where a person finds something in a file: in words, in the reader's language."""

    kind: str  # row, line or question
    number: int
    sheet: str = ""

    def __str__(self) -> str:
        if self.kind == "row":
            said = _("row %(number)s", number=self.number)
        elif self.kind == "line":
            said = _("line %(number)s", number=self.number)
        else:
            said = _("question %(number)s", number=self.number)
        return f"{self.sheet} {said}".strip()


class Embedded(NamedTuple):
    """A file within the file: `described` as by `describe_file`; `words` for those who cannot see
    or hear it, as far as there are any; of an option, from 0, or of the question itself."""

    name: str
    content: bytes
    described: dict[str, Any]
    words: str
    option: int | None


@dataclass
class Draft:
    """A question as a file has it.

    `type` is empty where the file does not say; `answer` is as written, or the numbers of the right
    options, from 0. `gaps` (as in an entry) and `pairs` (those of no left side included) are filled
    where the format itself tells them apart; `criteria` is how answers are marked, as written.
    `reasons`: what already speaks against it; `notes`: what does not.
    """

    place: Place
    stem: str = ""
    type: str = ""
    options: list[str] = field(default_factory=list)
    answer: str | list[int] = ""
    explanation: str = ""
    difficulty: str = ""
    tags: list[str] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    criteria: str = ""
    files: list[Embedded] = field(default_factory=list)
    reasons: list[DomainError] = field(default_factory=list)
    notes: list[DomainError] = field(default_factory=list)


@dataclass
class Found:
    """Everything a file held. `warnings`: where, if at one place, and what."""

    drafts: list[Draft] = field(default_factory=list)
    warnings: list[tuple[Place | None, DomainError]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def said(self) -> list[tuple[Place | None, DomainError]]:
        """The warnings, with what was noted of the drafts that are not refused."""
        return self.warnings + [
            (draft.place, note)
            for draft in self.drafts
            if not draft.reasons
            for note in draft.notes
        ]

    def warn(self, place: Place | None, message: str, **params: Any) -> None:
        self.warnings.append((place, DomainError(message, **params)))
