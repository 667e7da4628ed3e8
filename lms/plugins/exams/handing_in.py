"""Handing in: once, by the person or by the clock, marked in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import aliased

from lms.plugins.api import SYSTEM, Actor, Localized, Session, audit, enqueue, notify, read_rows
from lms.plugins.exams import marking, settling
from lms.plugins.exams.correcting import keys, plans
from lms.plugins.exams.markers import telling
from lms.plugins.exams.models import Attempt, QuestionVersion, Regrade, Response, Ruling
from lms.plugins.exams.papers import rules
from lms.plugins.exams.standing import is_over
from lms.plugins.exams.types import FULL, Wording
from lms.plugins.exams.wording import own_wording

JOB = "exams.finish_overdue"
AT_ONCE = 20

log = structlog.get_logger()


def finish(
    session: Session, attempt_id: int, *, now: datetime, only_if_over: bool = False
) -> Attempt:
    """Hand in and mark; a second time changes nothing. After the deadline it counts as of then.

    `only_if_over`: by the clock; stays open if it was given more time meanwhile.
    """
    attempt = session.scalars(
        select(Attempt)
        .where(Attempt.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if attempt.submitted_at is not None or (only_if_over and not is_over(attempt, now)):
        return attempt
    attempt.is_automatic = is_over(attempt, now)
    attempt.submitted_at = min(now, attempt.deadline)
    _mark(session, attempt, now)
    settling.settle(session, attempt, now=now)
    _record(session, attempt, now)
    if attempt.is_automatic:  # else they are looking at the result
        _tell(session, attempt, now)
    return attempt


# Of tables: whoever sits an exam hands it in within the same minute as everybody else, and fifty
# answers as objects take several times as long.
_RESPONSES = cast(Table, Response.__table__)
_GIVEN = (
    select(
        Response.position,
        Response.answer,
        QuestionVersion.type,
        QuestionVersion.parts,
        QuestionVersion.answer.label("key"),
    )
    .join(QuestionVersion, QuestionVersion.id == Response.version_id)
    .where(Response.attempt_id == bindparam("attempt_id"))
    .order_by(Response.position)
)
_MARKED = (
    update(_RESPONSES)
    .where(
        _RESPONSES.c.attempt_id == bindparam("of_attempt"),
        _RESPONSES.c.position == bindparam("at_position"),
    )
    .values({name: bindparam(name) for name in ("share", "is_correct")})
)
_regraded = aliased(QuestionVersion)
_REGRADED = (
    select(Regrade.id)
    .join(_regraded, _regraded.id == Regrade.version_id)
    .join(QuestionVersion, QuestionVersion.question_id == _regraded.question_id)
    .join(Response, Response.version_id == QuestionVersion.id)
    .where(Response.attempt_id == bindparam("attempt_id"))
    .limit(1)
)


def _mark(session: Session, attempt: Attempt, now: datetime) -> None:
    session.flush()
    if read_rows(session, _REGRADED, attempt_id=attempt.id):
        _mark_corrected(session, attempt, now)
        return
    agreed = rules.read(attempt.rules)
    marked = []
    for row in read_rows(session, _GIVEN, attempt_id=attempt.id):
        wording = Wording(parts=row.parts, answer=row.key)
        share = marking.share_of(row.answer, row.type, wording, agreed)
        place = {"of_attempt": attempt.id, "at_position": row.position}
        marked.append({**place, "share": share, "is_correct": marking.is_full(share)})
    if marked:
        session.connection().execute(_MARKED, marked)
    if unmarked := [each["at_position"] for each in marked if each["share"] is None]:
        found = select(Response).where(
            Response.attempt_id == attempt.id, Response.position.in_(unmarked)
        )
        waiting = session.scalars(found.execution_options(populate_existing=True)).all()
        telling.ask(session, list(waiting), attempt.person_id, now, agreed.markers)


def _mark_corrected(session: Session, attempt: Attempt, now: datetime) -> None:
    """With a question in it that was marked anew once: perhaps while this was sat."""
    rows = session.execute(
        select(Response, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .where(Response.attempt_id == attempt.id)
        .execution_options(populate_existing=True)
    ).all()
    agreed = rules.read(attempt.rules)
    corrected = keys.put_to(session, [version for _, version in rows], attempt.started_at)
    for response, version in rows:
        wording = own_wording(version)
        response.share = marking.share_of(response.answer, version.type, wording, agreed)
        new = corrected.get(version.id)  # regraded while this was sat
        if new is not None and new.key is not None:
            by_new = replace(wording, answer=new.key)
            share = marking.share_of(response.answer, version.type, by_new, agreed)
            if not new.only_better or (share or 0) > (response.share or 0):
                response.key, response.share = new.key, share
        elif new is not None and new.ruling == Ruling.FULL:
            response.ruling, response.share = new.ruling, FULL
        response.is_correct = marking.is_full(response.share)
    _leave_out(session, attempt, [r for r, _ in rows], corrected)
    waiting = [r for r, _ in rows if r.share is None and r.ruling is None]
    if waiting:
        telling.ask(session, waiting, attempt.person_id, now, agreed.markers)


def _leave_out(
    session: Session,
    attempt: Attempt,
    responses: Sequence[Response],
    corrected: Mapping[int, keys.Corrected],
) -> None:
    """What was ruled to be out of the total, less what would cost somebody who may not lose."""
    for response in responses:
        new = corrected.get(response.version_id)
        if new is None or new.ruling != Ruling.OUT:
            continue
        if new.only_better:
            session.flush()
            place = {(attempt.id, response.position): None}
            now, then = (settling.scores(session, [attempt], p)[attempt.id] for p in ({}, place))
            if plans.loses(response.share, None, now, then):
                continue
        response.ruling, response.share, response.is_correct = new.ruling, None, None


def _record(session: Session, attempt: Attempt, now: datetime) -> None:
    audit.record(
        session,
        SYSTEM if attempt.is_automatic else Actor(attempt.person_id),
        "exam.submit",
        ("person", attempt.person_id),
        now=now,
        attempt_id=attempt.id,
        score=attempt.score,
        passed=attempt.passed,
        automatic=attempt.is_automatic,
    )


def _tell(session: Session, attempt: Attempt, now: datetime) -> None:
    title = attempt.exam.title
    text = Localized(
        f"考试时间已到，“{title.pick('zh')}”已自动交卷，可以查看结果。",
        f"Time ran out: “{title.pick('en')}” was handed in for you. See the result.",
    )
    notify(session, [attempt.person_id], "exam", text, f"/exams/attempts/{attempt.id}/result", now)


def finish_overdue(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The periodic job: hand in what nobody came back to; one that fails holds up no other.

    A few at a time, the rest in a transaction of its own: on SQLite nobody else's answer is saved
    meanwhile.
    """
    failed: list[int] = list(payload.get("failed", ()))
    overdue = session.scalars(
        select(Attempt.id)
        .where(Attempt.submitted_at.is_(None), Attempt.deadline < now, Attempt.id.not_in(failed))
        .order_by(Attempt.deadline)
        .limit(AT_ONCE)
    ).all()
    for attempt_id in overdue:
        try:
            with session.begin_nested():
                finish(session, attempt_id, now=now, only_if_over=True)
        except Exception:
            log.exception("exam_not_finished", attempt=attempt_id)
            failed.append(attempt_id)
    if len(overdue) == AT_ONCE:
        enqueue(session, JOB, {"failed": failed}, due_at=now)
