"""A corrected key, put to the answers that were marked by the wrong one.

A version is never changed: the key is corrected in a new one, and translated to the old by the
texts of the options. Results are looked at before anything changes, and the old ones are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.plugins.api import Actor, Conflict, DomainError, Localized, Session, audit, notify
from lms.plugins.exams import marking
from lms.plugins.exams.models import Attempt, Question, QuestionVersion, Regrade, Response
from lms.plugins.exams.papers import rules
from lms.plugins.exams.settling import remember, scores, settle
from lms.plugins.exams.types import CHOICES
from lms.plugins.exams.wording import own_wording

_BY_OPTION = frozenset({*CHOICES, "ordering", "matching"})


@dataclass(frozen=True)
class Change:
    """One attempt: its score now and with the corrected key, in hundredths of a percent."""

    attempt: Attempt
    position: int
    key: list[Any]
    share: int
    score: int
    passed: bool

    @property
    def is_better(self) -> bool:
        return self.score > (self.attempt.score or 0)


@dataclass(frozen=True)
class Plan:
    """`other`: answers to wordings with other options, for which the key says nothing."""

    changes: Sequence[Change]
    same: int
    other: int


def translated(new: QuestionVersion, old: QuestionVersion) -> list[Any] | None:
    """The new key in the numbers of the old wording; None if that asked something else."""
    if new.type != old.type or len(new.parts) != len(old.parts):
        return None
    if new.type not in _BY_OPTION:
        return list(new.answer) if not new.needs_marker else None
    mine = [Localized.of(option) for option in new.options]
    theirs = [Localized.of(option) for option in old.options]
    if len(mine) != len(theirs) or set(map(_both, mine)) != set(map(_both, theirs)):
        return None
    place = {_both(text): number for number, text in enumerate(theirs)}
    if new.type == "ordering":  # the key has the place of each option
        places = [0] * len(theirs)
        for option, at in zip(mine, new.answer, strict=True):
            places[place[_both(option)]] = at
        return places
    key = [place[_both(mine[number])] for number in new.answer]
    return key if new.type == "matching" else sorted(key)


def _both(text: Localized) -> tuple[str, str]:
    return text.zh, text.en


def plan(session: Session, question: Question) -> Plan:
    """Over the attempts with a result; three queries."""
    versions = session.scalars(
        select(QuestionVersion).where(QuestionVersion.question_id == question.id)
    ).all()
    new = next(v for v in versions if v.number == question.current_number)
    keys = {version.id: translated(new, version) for version in versions}
    wordings = {version.id: own_wording(version) for version in versions}
    rows = session.execute(
        select(Response, Attempt)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Response.version_id.in_(keys), Attempt.score.is_not(None))
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
        score = after[attempt.id] or 0
        passed = score >= attempt.pass_mark * 100
        changes.append(Change(attempt, response.position, key, share, score, passed))
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
    """Make the new results; returns how many. DomainError without a reason, Conflict if nothing
    changes (any more)."""
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
    attempt = change.attempt
    remember(session, attempt, now=now, regrade_id=regrade.id)
    response = session.get_one(Response, (attempt.id, change.position))
    response.key, response.share = change.key, change.share
    response.is_correct = marking.is_full(change.share)
    settle(session, attempt, now=now)
    title = attempt.exam.title
    text = Localized(
        f"“{title.pick('zh')}”有一道题的答案已更正，您的成绩随之变化。",
        f"The key of a question of “{title.pick('en')}” was corrected, and your result with it.",
    )
    notify(session, [attempt.person_id], "exam", text, f"/exams/attempts/{attempt.id}/result", now)
