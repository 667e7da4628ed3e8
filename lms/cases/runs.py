"""A person's go at a drill: the scripted customer writes, the person answers, the server stamps."""

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from lms.cases.models import Drill, DrillMessage, DrillRun, RunState
from lms.courses.models import StepState
from lms.courses.services import set_step_state
from lms.db import Localized, Session
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
    session: Session, run_id: int, person_id: int, text: str, *, client_key: str, now: datetime
) -> None:
    """Add a reply and the customer's next line. The same `client_key` again changes nothing."""
    run = _locked(session, run_id, person_id)
    key = f"agent-{client_key[:MAX_KEY]}"
    known = {message.client_key for message in run.messages}
    if key in known:
        return
    if run.state != RunState.OPEN:
        raise Conflict("This run has been handed in already.")
    words = text.strip()
    if not words:
        raise DomainError("Write your reply first.", field="text")
    if len(words) > MAX_TEXT:
        raise DomainError("A reply has %(count)s characters at most.", field="text", count=MAX_TEXT)
    if len(run.messages) >= MAX_MESSAGES:
        raise DomainError("The conversation has become very long: hand it in.", field="text")
    seq = len(run.messages)
    _add(session, run, seq + 1, "agent", words, key, now)
    given = sum(message.who == "customer" for message in run.messages) - 1
    script = run.drill.script
    if given < len(script):
        line = Localized.of(script[given]).pick(run.locale)
        _add(session, run, seq + 2, "customer", line, f"script-{given}", now)
    session.flush()
    session.expire(run, ["messages"])


def hand_in(session: Session, run_id: int, person_id: int, *, now: datetime) -> DrillRun:
    """Submit the run for scoring; handing in twice is handing in once."""
    run = _locked(session, run_id, person_id)
    if run.state != RunState.OPEN:
        return run
    if not any(message.who == "agent" for message in run.messages):
        raise DomainError("Answer the customer at least once.", field="text")
    run.state, run.submitted_at, run.open_key = RunState.SUBMITTED, now, None
    if run.enrolment_id is not None and run.step_id is not None:
        set_step_state(session, run.enrolment_id, run.step_id, StepState.SUBMITTED, now=now)
    session.flush()
    return run


def customer_is_done(run: DrillRun) -> bool:
    """Whether the script has no further line."""
    given = sum(message.who == "customer" for message in run.messages) - 1
    return given >= len(run.drill.script)


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


def _add(
    session: Session, run: DrillRun, seq: int, who: str, text: str, key: str, now: datetime
) -> None:
    session.add(DrillMessage(run_id=run.id, seq=seq, who=who, text=text, at=now, client_key=key))
