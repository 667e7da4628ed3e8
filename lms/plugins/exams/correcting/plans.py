"""What marking a question anew would change, before anything does.

By the key as it is now: a version is never changed, so the key is corrected in a new one and
translated to the old. Or by a ruling about a bad question, in the wordings up to a number: full
points for everybody who was asked it, or out of the total.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from lms.plugins.api import Session
from lms.plugins.exams import marking
from lms.plugins.exams.correcting.keys import translated
from lms.plugins.exams.models import Attempt, Mark, Question, QuestionVersion, Response, Ruling
from lms.plugins.exams.papers import rules
from lms.plugins.exams.settling import scores
from lms.plugins.exams.types import FULL
from lms.plugins.exams.wording import own_wording


@dataclass(frozen=True)
class Way:
    """`upto`: the last wording a ruling is about; a key is always that of the present one."""

    upto: int
    ruling: Ruling | None = None


@dataclass(frozen=True)
class Change:
    """One attempt: its score now and then, in hundredths of a percent; None while another of its
    answers waits for a marker. `share` is None for what is left out of the total."""

    attempt: Attempt
    position: int
    key: list[Any] | None
    share: int | None
    loses: bool
    score: int | None
    passed: bool | None


@dataclass(frozen=True)
class Plan:
    """`other`: answers to other wordings, for which the key says nothing."""

    changes: Sequence[Change]
    same: int
    other: int


@dataclass(frozen=True)
class _Changed:
    response: Response
    attempt: Attempt
    key: list[Any] | None
    share: int | None


def plan(session: Session, question: Question, way: Way) -> Plan:
    """Over the attempts handed in; three queries. What is sat now is marked so when handed in."""
    versions = session.scalars(
        select(QuestionVersion).where(QuestionVersion.question_id == question.id)
    ).all()
    if way.ruling is None:
        changed, same, other = _by_key(session, question, versions)
    else:
        upto = [version for version in versions if version.number <= way.upto]
        (changed, same), other = _by_ruling(session, upto, way.ruling), 0
    instead = {(each.attempt.id, each.response.position): each.share for each in changed}
    after = scores(session, [each.attempt for each in changed], instead)
    return Plan([_change(each, after[each.attempt.id]) for each in changed], same, other)


def _change(each: _Changed, score: int | None) -> Change:
    attempt = each.attempt
    return Change(
        attempt,
        each.response.position,
        each.key,
        each.share,
        loses(each.response.share, each.share, attempt.score, score),
        score,
        None if score is None else score >= attempt.pass_mark * 100,
    )


def loses(old: int | None, share: int | None, score: int | None, then: int | None) -> bool:
    """Whether somebody is worse off with this share (None: out of the total) in place of the old.

    Leaving out what earned something may lower the rest: told by the scores, where there are any.
    """
    if share is not None and old is not None:
        return share < old
    if score is not None and then is not None:
        return then < score
    return share is None and bool(old)


def _by_key(
    session: Session, question: Question, versions: Sequence[QuestionVersion]
) -> tuple[list[_Changed], int, int]:
    """Less the answers that a person marked or marks."""
    new = next(v for v in versions if v.number == question.current_number)
    keys = {version.id: translated(new, version) for version in versions}
    wordings = {version.id: own_wording(version) for version in versions}
    is_marked = exists().where(
        Mark.attempt_id == Response.attempt_id,
        Mark.position == Response.position,
        Mark.submitted_at.is_not(None),
        Mark.superseded_at.is_(None),
    )
    changed, same, other = [], 0, 0
    for response, attempt in session.execute(
        _handed_in(keys).where(Response.marks_wanted == 0, ~is_marked)
    ):
        key = keys[response.version_id]
        if key is None:
            other += 1
            continue
        wording = replace(wordings[response.version_id], answer=key)
        agreed = rules.read(attempt.rules)
        share = marking.share_of(response.answer, new.type, wording, agreed)
        if share is None or (share == response.share and response.ruling is None):
            same += 1
        else:
            changed.append(_Changed(response, attempt, key, share))
    return changed, same, other


def _by_ruling(
    session: Session, versions: Sequence[QuestionVersion], ruling: Ruling
) -> tuple[list[_Changed], int]:
    """Also of what people marked, and of what waits for them. What is right is right already."""
    share = FULL if ruling == Ruling.FULL else None
    rows = session.execute(_handed_in([version.id for version in versions])).all()
    changed = [
        _Changed(response, attempt, None, share)
        for response, attempt in rows
        if (response.share != FULL if share else response.ruling != Ruling.OUT)
    ]
    return changed, len(rows) - len(changed)


def _handed_in(versions: Collection[int]) -> Select[Response, Attempt]:
    return (
        select(Response, Attempt)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Response.version_id.in_(versions), Attempt.submitted_at.is_not(None))
        .options(joinedload(Attempt.person), joinedload(Attempt.exam))
        .order_by(Attempt.id)
    )
