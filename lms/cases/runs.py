"""A person's go at a drill: the scripted customer writes, the person answers, the server stamps."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from lms.cases.models import Drill, DrillMessage, DrillRun, RunState
from lms.cases.practice import assigning
from lms.cases.scripts import playing
from lms.cases.scripts.nodes import Node
from lms.courses.models import StepState
from lms.courses.services import set_step_state
from lms.db import Session
from lms.errors import Conflict, DomainError, NotFound

MAX_TEXT, MAX_MESSAGES, MAX_KEY = 2000, 120, 64


def start(
    session: Session,
    drill_id: int,
    person_id: int,
    *,
    locale: str,
    now: datetime,
    step: tuple[int, int] | None = None,
    pass_mark: int | None = None,
) -> DrillRun:
    """The person's open run, or a new one that begins with the customer's first message.

    `step`: (enrolment id, step id) when the run belongs to a course; its `pass_mark` (percent) then
    goes before the rubric's.
    """
    enrolment_id, step_id = step or (None, None)
    open_key = f"{person_id}.{drill_id}.{enrolment_id or 0}.{step_id or 0}"
    opened = select(DrillRun).where(DrillRun.open_key == open_key)
    if found := session.scalar(opened):
        return found
    drill = session.scalar(
        select(Drill).where(Drill.id == drill_id).options(joinedload(Drill.rubric))
    )
    if drill is None:
        raise NotFound("There is no such drill.")
    run = DrillRun(
        drill_id=drill.id,
        person_id=person_id,
        enrolment_id=enrolment_id,
        step_id=step_id,
        rubric_id=drill.rubric_id,
        pass_mark=pass_mark or drill.rubric.pass_mark,
        first_reply_seconds=drill.first_reply_seconds,
        later_reply_seconds=drill.later_reply_seconds,
        open_key=open_key,
        locale=locale,
        state=RunState.OPEN,
        started_at=now,
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:  # the button was pressed twice
        if found := session.scalar(opened):
            return found
        raise
    _add(session, run, 1, "customer", drill.opening.pick(locale), "opening", now)
    if step:
        set_step_state(session, step[0], step[1], StepState.STARTED, now=now)
    session.flush()
    return run


def own_run(session: Session, run_id: int, person_id: int) -> DrillRun:
    """The person's own run with its drill and messages; NotFound for anybody else's."""
    run = session.scalar(
        select(DrillRun)
        .where(DrillRun.id == run_id, DrillRun.person_id == person_id)
        .options(joinedload(DrillRun.drill), selectinload(DrillRun.messages))
    )
    if run is None:
        raise NotFound("There is no such run.")
    return run


def say(
    session: Session,
    run_id: int,
    person_id: int,
    text: str,
    *,
    client_key: str,
    now: datetime,
    choice: int | None = None,
) -> None:
    """Add a reply and the customer's next line. The same `client_key` again changes nothing.

    `choice`: the place of one of the choices that the script offers; `text` is then not read.
    """
    run = _locked(session, run_id, person_id)
    key = f"agent-{client_key[:MAX_KEY]}"
    known = {message.client_key for message in run.messages}
    if key in known:
        return
    if run.state != RunState.OPEN:
        raise Conflict("This run has been handed in already.")
    words = _words(run, text, choice)
    if not words:
        raise DomainError("Write your reply first.", field="text")
    if len(words) > MAX_TEXT:
        raise DomainError("A reply has %(count)s characters at most.", field="text", count=MAX_TEXT)
    if len(run.messages) >= MAX_MESSAGES:
        raise DomainError("The conversation has become very long: hand it in.", field="text")
    seq = len(run.messages)
    turn = playing.answer(run.drill, run.messages, words, choice)
    _add(session, run, seq + 1, "agent", words, key, now, turn.agent)
    if turn.to is not None:
        _customer(session, run, seq + 2, turn.to, now)
    session.flush()
    session.expire(run, ["messages"])


def overrule(
    session: Session,
    run_id: int,
    person_id: int,
    seq: int,
    *,
    said: Sequence[int],
    denied: Sequence[int],
    now: datetime,
) -> None:
    """The learner corrects what was recognised in their last reply: the key points in `said` were
    made, the triggers in `denied` were not. Kept with the reply, for whoever scores it. If the
    customer would have gone on elsewhere, they take back what they said and do so."""
    run = _locked(session, run_id, person_id)
    if run.state != RunState.OPEN:
        raise Conflict("This run has been handed in already.")
    replies = [message for message in run.messages if message.who == "agent"]
    if not replies or replies[-1].seq != seq or "heard" not in replies[-1].data:
        raise Conflict("Only the last reply can be corrected.")
    reply = replies[-1]
    before = [message for message in run.messages if message.seq <= seq]
    turn = playing.overrule(run.drill, before, said, denied)
    had = reply.data.get("to")
    reply.data = turn.agent
    if turn.agent.get("to") == had:
        return
    for message in run.messages[len(before) :]:
        message.data = {**message.data, "taken_back": True}
    if turn.to is not None:
        _customer(session, run, len(run.messages) + 1, turn.to, now)
    session.flush()
    session.expire(run, ["messages"])


def finish(session: Session, run_id: int, person_id: int, *, now: datetime) -> DrillRun:
    """End a practice run without asking for a score; it can still be handed in."""
    run = _locked(session, run_id, person_id)
    if run.step_id is not None:
        raise DomainError("A drill of a course is handed in.", field="text")
    if run.state == RunState.OPEN:
        _check_answered(run)
        run.state, run.submitted_at, run.open_key = RunState.PRACTISED, now, None
        assigning.complete(session, run, now)
    return run


def _words(run: DrillRun, text: str, choice: int | None) -> str:
    if choice is None:
        return text.strip()
    offered = playing.choices(run.drill, run.messages)
    if not 0 <= choice < len(offered):
        raise DomainError("This choice is not there any more.", field="text")
    return offered[choice].text.pick(run.locale)


def _check_answered(run: DrillRun) -> None:
    if not any(message.who == "agent" for message in run.messages):
        raise DomainError("Answer the customer at least once.", field="text")


def hand_in(session: Session, run_id: int, person_id: int, *, now: datetime) -> DrillRun:
    """Submit the run for scoring; handing in twice is handing in once."""
    run = _locked(session, run_id, person_id)
    if run.state not in (RunState.OPEN, RunState.PRACTISED):
        return run
    _check_answered(run)
    run.state, run.submitted_at, run.open_key = RunState.SUBMITTED, now, None
    assigning.complete(session, run, now)
    if run.enrolment_id is not None and run.step_id is not None:
        set_step_state(session, run.enrolment_id, run.step_id, StepState.SUBMITTED, now=now)
    session.flush()
    return run


def customer_is_done(run: DrillRun) -> bool:
    """Whether the script has no further line."""
    return playing.is_over(run.drill, run.messages)


def of_step(session: Session, enrolment_id: int, step_id: int) -> list[DrillRun]:
    """The runs of a step, the newest first."""
    found = select(DrillRun).where(
        DrillRun.enrolment_id == enrolment_id, DrillRun.step_id == step_id
    )
    return list(session.scalars(found.order_by(DrillRun.id.desc())))


def of_person(session: Session, person_id: int, drill_id: int, limit: int = 10) -> list[DrillRun]:
    """The person's own runs of a drill, the newest first."""
    found = select(DrillRun).where(DrillRun.person_id == person_id, DrillRun.drill_id == drill_id)
    return list(session.scalars(found.order_by(DrillRun.id.desc()).limit(limit)))


def latest_of_person(session: Session, person_id: int, drill_ids: list[int]) -> dict[int, DrillRun]:
    """The person's newest run of each drill."""
    newest: ScalarSelect[Any] = (
        select(func.max(DrillRun.id))
        .where(DrillRun.person_id == person_id, DrillRun.drill_id.in_(drill_ids))
        .group_by(DrillRun.drill_id)
        .scalar_subquery()
    )
    found = session.scalars(select(DrillRun).where(DrillRun.id.in_(newest)))
    return {run.drill_id: run for run in found}


def _locked(session: Session, run_id: int, person_id: int) -> DrillRun:
    """The person's own run, held until the commit, so that messages get one number each."""
    run = session.scalar(
        select(DrillRun)
        .where(DrillRun.id == run_id, DrillRun.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
        .options(selectinload(DrillRun.messages))
    )
    if run is None:
        raise NotFound("There is no such run.")
    return run


def _customer(session: Session, run: DrillRun, seq: int, node: Node, now: datetime) -> None:
    line = node.text.pick(run.locale)
    _add(session, run, seq, "customer", line, f"script-{seq}", now, {"node": node.key})


def _add(
    session: Session,
    run: DrillRun,
    seq: int,
    who: str,
    text: str,
    key: str,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    session.add(
        DrillMessage(
            run_id=run.id, seq=seq, who=who, text=text, at=now, client_key=key, data=data or {}
        )
    )
