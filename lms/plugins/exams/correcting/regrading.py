"""A corrected key, put to the answers that were marked by the wrong one.

A version is never changed: the key is corrected in a new one, and translated to the old. Results
are looked at before anything changes, and the old ones are kept. What a person marked stays theirs,
and nobody changes their own result.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from lms.plugins.api import Actor, Conflict, DomainError, Localized, Session, audit, notify
from lms.plugins.exams import marking
from lms.plugins.exams.correcting.keys import translated
from lms.plugins.exams.models import Attempt, Mark, Question, QuestionVersion, Regrade, Response
from lms.plugins.exams.papers import rules
from lms.plugins.exams.settling import remember, scores, settle
from lms.plugins.exams.wording import own_wording


@dataclass(frozen=True)
class Change:
    """One attempt: its score now and with the corrected key, in hundredths of a percent; None
    while another of its answers waits for a marker."""

    attempt: Attempt
    position: int
    key: list[Any]
    share: int
    is_better: bool
    score: int | None
    passed: bool | None


@dataclass(frozen=True)
class Plan:
    """`other`: answers to other wordings, for which the key says nothing."""

    changes: Sequence[Change]
    same: int
    other: int


def plan(session: Session, question: Question) -> Plan:
    """Over the attempts handed in, less the answers that a person marked or marks; three queries.

    What is sat now is marked by the new key when it is handed in.
    """
    versions = session.scalars(
        select(QuestionVersion).where(QuestionVersion.question_id == question.id)
    ).all()
    new = next(v for v in versions if v.number == question.current_number)
    keys = {version.id: translated(new, version) for version in versions}
    wordings = {version.id: own_wording(version) for version in versions}
    is_marked = exists().where(
        Mark.attempt_id == Response.attempt_id,
        Mark.position == Response.position,
        Mark.submitted_at.is_not(None),
        Mark.superseded_at.is_(None),
    )
    rows = session.execute(
        select(Response, Attempt)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Response.version_id.in_(keys), Attempt.submitted_at.is_not(None))
        .where(Response.marks_wanted == 0, ~is_marked)
        .options(joinedload(Attempt.person), joinedload(Attempt.exam))
        .order_by(Attempt.id)
    ).all()
    changed, same, other = [], 0, 0
    for response, attempt in rows:
        key = keys[response.version_id]
        if key is None:
            other += 1
            continue
        wording = replace(wordings[response.version_id], answer=key)
        agreed = rules.read(attempt.rules)
        share = marking.share_of(response.answer, new.type, wording, agreed)
        if share is None or share == response.share:
            same += 1
        else:
            changed.append((response, attempt, key, share))
    instead = {(attempt.id, response.position): share for response, attempt, _, share in changed}
    after = scores(session, [attempt for _, attempt, _, _ in changed], instead)
    changes = []
    for response, attempt, key, share in changed:
        score = after[attempt.id]
        passed = None if score is None else score >= attempt.pass_mark * 100
        better = share > (response.share or 0)
        changes.append(Change(attempt, response.position, key, share, better, score, passed))
    return Plan(changes, same, other)


def apply(
    session: Session,
    question: Question,
    *,
    only_better: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Make the new results; returns how many. DomainError without a reason or with a result of the
    actor's own among them, Conflict if nothing changes (any more)."""
    if len(reason.strip()) < 5:
        raise DomainError("Say why, in a few words.", field="reason")
    affected = select(Response.attempt_id).join(
        QuestionVersion, QuestionVersion.id == Response.version_id
    )
    session.scalars(
        select(Attempt.id)
        .where(Attempt.id.in_(affected.where(QuestionVersion.question_id == question.id)))
        .order_by(Attempt.id)
        .with_for_update()
    ).all()
    session.expire_all()
    changes = [c for c in plan(session, question).changes if c.is_better or not only_better]
    if not changes:
        raise Conflict("No result changes by it.")
    if any(change.attempt.person_id == actor.person_id for change in changes):
        raise DomainError("Your own result would change: somebody else has to regrade this.")
    version_id = session.scalars(
        select(QuestionVersion.id).where(
            QuestionVersion.question_id == question.id,
            QuestionVersion.number == question.current_number,
        )
    ).one()
    regrade = Regrade(
        version_id=version_id, only_better=only_better, reason=reason.strip(),
        created_by=actor.person_id, created_at=now,
    )  # fmt: skip
    session.add(regrade)
    session.flush()
    for change in changes:
        _apply(session, change, regrade, now)
    audit.record(
        session, actor, "exam.regrade", ("exam_question", question.id), now=now,
        reason=regrade.reason, results=len(changes), only_better=only_better,
    )  # fmt: skip
    return len(changes)


def _apply(session: Session, change: Change, regrade: Regrade, now: datetime) -> None:
    attempt, had_result = change.attempt, change.attempt.score is not None
    if had_result:
        remember(session, attempt, now=now, regrade_id=regrade.id)
    response = session.get_one(Response, (attempt.id, change.position))
    response.key, response.share = change.key, change.share
    response.is_correct = marking.is_full(change.share)
    settle(session, attempt, now=now)
    if not had_result:  # they are told when it is there
        return
    title = attempt.exam.title
    text = Localized(
        f"“{title.pick('zh')}”有一道题的答案已更正，您的成绩随之变化。",
        f"The key of a question of “{title.pick('en')}” was corrected, and your result with it.",
    )
    notify(session, [attempt.person_id], "exam", text, f"/exams/attempts/{attempt.id}/result", now)
