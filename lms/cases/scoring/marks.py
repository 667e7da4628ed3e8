"""What a rater gives to a run, checked against its rubric, and the points it comes to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from lms.cases.models import Rating, Rubric
from lms.errors import DomainError

COMMENT_UP_TO = 2  # levels that need a comment
_MAX_COMMENT = 4000


@dataclass(frozen=True)
class LineNote:
    """A comment on one message of the transcript, named by its `seq`."""

    seq: int
    text: str


@dataclass(frozen=True)
class Marks:
    """What a rater gives: by criterion key a level 1-5 (None: not applicable) and a comment,
    critical errors by key, comments on single lines."""

    levels: Mapping[str, int | None]
    comments: Mapping[str, str] = field(default_factory=dict)
    critical: Sequence[str] = ()
    comment: str = ""
    lines: Sequence[LineNote] = ()

    def columns(self) -> dict[str, Any]:
        """As a rating, a draft or a trial stores them."""
        return {
            "levels": dict(self.levels),
            "comments": dict(self.comments),
            "critical": list(self.critical),
            "comment": self.comment,
            "lines": [asdict(note) for note in self.lines],
        }

    def on_line(self, seq: int) -> str:
        return next((note.text for note in self.lines if note.seq == seq), "")


def marks_from(stored: Mapping[str, Any]) -> Marks:
    """The marks again from `columns`."""
    lines = tuple(LineNote(note["seq"], note["text"]) for note in stored["lines"])
    return Marks(stored["levels"], stored["comments"], stored["critical"], stored["comment"], lines)


def marks_of(rating: Rating) -> Marks:
    return marks_from({name: getattr(rating, name) for name in Marks({}).columns()})


def points(rubric: Rubric, levels: Mapping[str, int | None]) -> int:
    """The sum of weight x (level - 1) / 4 over the criteria that apply, their weights scaled up to
    100: hundredths of a percent, 0 to 10000, half up."""
    given = [(int(c["weight"]), levels[c["key"]]) for c in rubric.criteria]
    total = sum(weight for weight, level in given if level is not None)
    earned = sum(weight * (level - 1) * 25 for weight, level in given if level is not None)
    return (2 * earned * 100 + total) // (2 * total) if total else 0


def check(rubric: Rubric, marks: Marks, seqs: Collection[int] = ()) -> Marks:
    """The marks in the rubric's order, trimmed; DomainError names the first field that is wrong.

    `seqs`: the lines that can be commented on; a comment on any other is dropped.
    """
    levels: dict[str, int | None] = {}
    comments: dict[str, str] = {}
    for criterion in rubric.criteria:
        key = criterion["key"]
        comment = marks.comments.get(key, "").strip()[:_MAX_COMMENT]
        levels[key] = _level(marks, criterion, comment)
        if comment:
            comments[key] = comment
    if all(level is None for level in levels.values()):
        raise DomainError("At least one criterion must apply.")
    known = [error["key"] for error in rubric.critical]
    critical = [key for key in known if key in marks.critical]
    comment = marks.comment.strip()[:_MAX_COMMENT]
    if critical and not comment:
        raise DomainError("Say what the critical error was.", field="comment")
    lines = [
        LineNote(note.seq, note.text.strip()[:_MAX_COMMENT])
        for note in sorted(marks.lines, key=lambda note: note.seq)
        if note.seq in seqs and note.text.strip()
    ]
    return Marks(levels, comments, critical, comment, lines)


def _level(marks: Marks, criterion: Mapping[str, Any], comment: str) -> int | None:
    key = criterion["key"]
    if key not in marks.levels:
        raise DomainError("Choose a level.", field=f"level-{key}")
    level = marks.levels[key]
    if level is None:
        if not criterion.get("na", True):
            raise DomainError("This criterion always applies.", field=f"level-{key}")
        if not comment:
            raise DomainError("Say why it does not apply.", field=f"comment-{key}")
        return None
    if not 1 <= level <= 5:
        raise DomainError("Choose a level.", field=f"level-{key}")
    if level <= COMMENT_UP_TO and not comment:
        raise DomainError("Say why: this level needs a comment.", field=f"comment-{key}")
    return level
