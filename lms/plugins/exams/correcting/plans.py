"""What marking a question anew would change, before anything does.

By the key as it is now: a version is never changed, so the key is corrected in a new one and
translated to the old. Or by a ruling about a bad question, in the wordings up to a number: full
points for everybody who was asked it, or out of the total.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

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


class Way(NamedTuple):
    """`upto`: the last wording a ruling is about; a key is always that of the present one."""

    upto: int
    ruling: Ruling | None = None


class Change(NamedTuple):
    """One attempt: its score now and then, in hundredths of a percent; None while another of its
    answers waits for a marker. `share` is None for what is left out of the total."""

    attempt: Attempt
    position: int
    key: list[Any] | None
    share: int | None
    loses: bool
    score: int | None
    passed: bool | None


class Plan(NamedTuple):
    """`other`: answers to other wordings, for which the key says nothing. `quiet`: of those that
    earn the `same`, the answers (each with its key) about which there is a ruling now, or no more.
    """

    changes: Sequence[Change]
    same: int
    other: int
    quiet: Sequence[tuple[Response, list[Any] | None]]


class _Changed(NamedTuple):
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
        changed, quiet, same, other = _by_key(session, question, versions)
    else:
        upto = [version for version in versions if version.number <= way.upto]
        (changed, quiet, same), other = _by_ruling(session, upto, way.ruling), 0
    instead = {(each.attempt.id, each.response.position): each.share for each in changed}
    after = scores(session, [each.attempt for each in changed], instead)
    changes = [_change(each, after[each.attempt.id]) for each in changed]
    return Plan(changes, same, other, [(each.response, each.key) for each in quiet])


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
) -> tuple[list[_Changed], list[_Changed], int, int]:
    """Less the answers that a person marked or marks. A ruling goes also where the key says nothing
    for the wording: the answer is marked as it was before."""
    new = next(v for v in versions if v.number == question.current_number)
    keys = {version.id: translated(new, version) for version in versions}
    by_id = {version.id: version for version in versions}
    is_marked = exists().where(
        Mark.attempt_id == Response.attempt_id,
        Mark.position == Response.position,
        Mark.submitted_at.is_not(None),
        Mark.superseded_at.is_(None),
    )
    changed, quiet, same, other = [], [], 0, 0
    for response, attempt in session.execute(
        _handed_in(keys).where(Response.marks_wanted == 0, ~is_marked)
    ):
        version, key = by_id[response.version_id], keys[response.version_id]
        if key is None and (response.ruling is None or version.needs_marker):
            other += 1
            continue
        key = response.key if key is None else key
        wording = own_wording(version)
        if key is not None:
            wording = replace(wording, answer=key)
        agreed = rules.read(attempt.rules)
        share = marking.share_of(response.answer, version.type, wording, agreed)
        each = _Changed(response, attempt, key, share)
        if share is not None and share != response.share:
            changed.append(each)
            continue
        same += 1
        if share is not None and response.ruling is not None:
            quiet.append(each)
    return changed, quiet, same, other


def _by_ruling(
    session: Session, versions: Sequence[QuestionVersion], ruling: Ruling
) -> tuple[list[_Changed], list[_Changed], int]:
    """Also of what people marked, and of what waits for them. What is right is right already, but
    is ruled on all the same: or only those who were wrong would be left out of figures."""
    share = FULL if ruling == Ruling.FULL else None
    rows = session.execute(_handed_in([version.id for version in versions])).all()
    changed, quiet = [], []
    for response, attempt in rows:
        each = _Changed(response, attempt, response.key, share)
        if response.share != FULL if share else response.ruling != Ruling.OUT:
            changed.append(each)
        elif response.ruling != ruling:
            quiet.append(each)
    return changed, quiet, len(rows) - len(changed)


def _handed_in(versions: Collection[int]) -> Select[Response, Attempt]:
    return (
        select(Response, Attempt)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Response.version_id.in_(versions), Attempt.submitted_at.is_not(None))
        .options(joinedload(Attempt.person), joinedload(Attempt.exam))
        .order_by(Attempt.id)
    )
