"""Published cases that say much the same as one that is being written.

Candidates share a mark (see `fingerprints`); of the likeliest, the words are compared one by one:
the share of words (Chinese: pairs of characters) that both have, of all that either has.
"""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Subquery, func, select, union_all

from lms.cases.content import CaseContent
from lms.cases.duplicates import fingerprints
from lms.cases.duplicates.models import CaseFingerprint
from lms.cases.models import CaseState, CaseVersion
from lms.cases.words import index_words
from lms.db import Session

# Looked up for each mark, the newest first: a mark that more have is an everyday phrase.
_FOR_EACH_MARK = 50
_COMPARED = 20
SHOWN = 3
# In percent, of fewest words: two greetings are the same in every case.
STORY_FROM, TALK_FROM, FEWEST_WORDS = 35, 45, 8


class Likeness(NamedTuple):
    """Percent of the words in common; None where one of the two has too few to tell."""

    version: CaseVersion
    story: int | None
    talk: int | None

    @property
    def most(self) -> int:
        return max(self.story or 0, self.talk or 0)

    @property
    def is_alike(self) -> bool:
        return (self.story or 0) >= STORY_FROM or (self.talk or 0) >= TALK_FROM


def similar(
    session: Session,
    case: CaseContent | CaseVersion,
    leave_out: Collection[int] = (),
    limit: int = SHOWN,
) -> list[Likeness]:
    """The published cases most like this one, the likest first; one query, whatever there is.

    `leave_out`: ids of cases, such as its own.
    """
    marks = fingerprints.marks(case)
    if not marks:
        return []
    likely = _candidates(marks)
    wanted = (
        select(CaseVersion)
        .join(likely, likely.c.version_id == CaseVersion.id)
        .where(CaseVersion.state == CaseState.PUBLISHED, CaseVersion.case_id.not_in(leave_out))
    )
    versions = session.scalars(wanted)
    compared = (compare(case, version) for version in versions)
    alike = [one for one in compared if one.is_alike]
    return sorted(alike, key=lambda one: (-one.most, -one.version.id))[:limit]


def _candidates(marks: Iterable[int]) -> Subquery:
    """The versions that share most marks."""
    each = [
        select(CaseFingerprint.version_id)
        .where(CaseFingerprint.mark == mark)
        .order_by(CaseFingerprint.version_id.desc())
        .limit(_FOR_EACH_MARK)
        .subquery()
        for mark in marks
    ]
    shared = union_all(*(select(part.c.version_id) for part in each)).subquery()
    return (
        select(shared.c.version_id)
        .group_by(shared.c.version_id)
        .order_by(func.count().desc(), shared.c.version_id.desc())
        .limit(_COMPARED)
        .subquery()
    )


def compare(case: CaseContent | CaseVersion, version: CaseVersion) -> Likeness:
    return Likeness(
        version,
        _in_common(fingerprints.story, case, version),
        _in_common(fingerprints.talk, case, version),
    )


def _in_common(
    text: Callable[[CaseContent | CaseVersion, str], str],
    one: CaseContent | CaseVersion,
    other: CaseVersion,
) -> int | None:
    """In the language in which they are more alike."""
    shares = []
    for side in fingerprints.SIDES:
        a, b = _words(text(one, side)), _words(text(other, side))
        if min(len(a), len(b)) >= FEWEST_WORDS:
            shares.append(round(100 * len(a & b) / len(a | b)))
    return max(shares, default=None)


def _words(text: str) -> set[str]:
    # Single characters tell nothing: pairs and whole words do.
    return {word for word in index_words([text]) if len(word) > 1}
