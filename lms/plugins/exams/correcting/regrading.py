"""Answers marked anew: by a corrected key, or by a ruling about a bad question.

Results are looked at before anything changes (`plans`), and the old ones are kept. By a key, what a
person marked stays theirs; nobody changes their own result.
"""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import Actor, Conflict, DomainError, Localized, Session, audit, notify
from lms.plugins.exams import marking
from lms.plugins.exams.correcting.plans import Change, Way, plan
from lms.plugins.exams.models import (
    Attempt,
    Mark,
    Question,
    QuestionVersion,
    Regrade,
    Response,
    Ruling,
)
from lms.plugins.exams.settling import remember, settle, tell

_WHY = {
    None: ("有一道题的答案已更正", "the key of a question was corrected"),
    Ruling.FULL: ("有一道题改为人人得满分", "a question now gives everybody its full points"),
    Ruling.OUT: ("有一道题不再计入总分", "a question does not count any more"),
}


def apply(
    session: Session,
    question: Question,
    way: Way,
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
    found = plan(session, question, way)
    changes = [c for c in found.changes if not (c.loses and only_better)]
    if not changes:
        raise Conflict("No result changes by it.")
    if any(change.attempt.person_id == actor.person_id for change in changes):
        raise DomainError("Your own result would change: somebody else has to regrade this.")
    version_id = session.scalars(
        select(QuestionVersion.id).where(
            QuestionVersion.question_id == question.id, QuestionVersion.number == way.upto
        )
    ).one()
    regrade = Regrade(
        version_id=version_id, ruling=way.ruling, only_better=only_better, reason=reason.strip(),
        created_by=actor.person_id, created_at=now,
    )  # fmt: skip
    session.add(regrade)
    session.flush()
    for change in changes:
        _apply(session, change, regrade, now)
    if way.ruling or not only_better:
        for response, key in found.quiet:
            response.key, response.ruling = key, way.ruling
    audit.record(
        session, actor, "exam.regrade", ("exam_question", question.id), now=now,
        reason=regrade.reason, results=len(changes), only_better=only_better, ruling=way.ruling,
    )  # fmt: skip
    return len(changes)


def _apply(session: Session, change: Change, regrade: Regrade, now: datetime) -> None:
    attempt, had_result = change.attempt, change.attempt.score is not None
    if had_result:
        remember(session, attempt, now=now, regrade_id=regrade.id)
    response = session.get_one(Response, (attempt.id, change.position))
    response.key, response.ruling, response.share = change.key, regrade.ruling, change.share
    response.is_correct = marking.is_full(change.share)
    if attempt.marked_at is not None:
        response.corrected_at = now
    if regrade.ruling:
        _nobody_marks(session, response, now)
    settle(session, attempt, now=now)
    if had_result:
        _tell(session, attempt, regrade, now)
    elif attempt.score is not None:  # the last that waited for a marker
        tell(session, attempt, now)


def _nobody_marks(session: Session, response: Response, now: datetime) -> None:
    response.marks_wanted = 0
    claimed = select(Mark).where(
        Mark.attempt_id == response.attempt_id,
        Mark.position == response.position,
        Mark.submitted_at.is_(None),
        Mark.superseded_at.is_(None),
    )
    for mark in session.scalars(claimed):
        mark.superseded_at = now


def _tell(session: Session, attempt: Attempt, regrade: Regrade, now: datetime) -> None:
    title, (zh, en) = attempt.exam.title, _WHY[Ruling(regrade.ruling) if regrade.ruling else None]
    text = Localized(
        f"“{title.pick('zh')}”：{zh}，您的成绩已重新计算。",
        f"“{title.pick('en')}”: {en}, and your result was made anew.",
    )
    notify(session, [attempt.person_id], "exam", text, f"/exams/attempts/{attempt.id}/result", now)
