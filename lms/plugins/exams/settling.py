"""The result of an attempt: there as soon as every answer is marked, and what follows from it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select

from lms.plugins.api import Localized, Session, StepState, notify, set_step_state
from lms.plugins.exams.models import Attempt, QuestionVersion, Response, ResultChange, Ruling
from lms.plugins.exams.papers import resits, rules, scoring
from lms.plugins.exams.types import KINDS


def settle(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Score and verdict, if every answer is marked; else the step waits, and a failed one also
    while an appeal does. The row is locked."""
    session.flush()
    score = scores(session, [attempt])[attempt.id]
    if score is None:
        state = StepState.SUBMITTED
    else:
        attempt.score, attempt.marked_at = score, attempt.marked_at or now
        attempt.passed = score >= attempt.pass_mark * 100
        state = StepState.COMPLETED if attempt.passed else StepState.FAILED
        if not attempt.passed and has_appeal(session, attempt):
            state = StepState.SUBMITTED
    if state is not StepState.COMPLETED and not is_latest(session, attempt):
        return
    set_step(session, attempt, state, now)
    if state is StepState.FAILED:
        resits.assign_training(session, attempt, now)
    elif state is StepState.COMPLETED:
        resits.take_back(session, attempt, now)


def is_appealed() -> ColumnElement[bool]:
    """Over `Attempt`: an appeal about one of its answers waits to be decided."""
    return (
        select(Response.position)
        .where(Response.attempt_id == Attempt.id, Response.appealed_at.is_not(None))
        .correlate(Attempt)
        .exists()
    )


def has_appeal(session: Session, attempt: Attempt) -> bool:
    found = select(Attempt.id).where(Attempt.id == attempt.id, is_appealed())
    return session.scalar(found) is not None


def set_step(session: Session, attempt: Attempt, state: StepState, now: datetime) -> None:
    """Nothing for an exam that was sat by itself."""
    if attempt.enrolment_id is not None and attempt.step_id is not None:
        set_step_state(
            session, attempt.enrolment_id, attempt.step_id, state, now=now, score=attempt.score
        )


def scores(
    session: Session,
    attempts: Sequence[Attempt],
    instead: Mapping[tuple[int, int], int | None] | None = None,
) -> dict[int, int | None]:
    """By attempt, in hundredths of a percent; None while an answer waits. `instead`: other shares
    than those stored, by attempt and position; None: left out of the total."""
    changed, agreed = instead or {}, {a.id: rules.read(a.rules) for a in attempts}
    earned: dict[int, list[int | None]] = defaultdict(list)
    points: dict[int, int] = defaultdict(int)
    rows = session.execute(
        select(
            Response.attempt_id,
            Response.position,
            Response.share,
            Response.ruling,
            Response.points,
            Response.answer,
            QuestionVersion.type,
        )
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .where(Response.attempt_id.in_(agreed))
    )
    for attempt_id, position, share, ruling, worth, answer, kind in rows:
        place = (attempt_id, position)
        if (changed[place] is None) if place in changed else ruling == Ruling.OUT:
            continue
        got = changed.get(place, share)
        wrong = is_wrong(got, bool(answer), kind)
        earned[attempt_id].append(
            None if got is None else scoring.earned(got, worth, wrong, agreed[attempt_id])
        )
        points[attempt_id] += worth
    return {i: _percentage(earned[i], points[i]) for i in agreed}


def _percentage(earned: Sequence[int | None], points: int) -> int | None:
    marked = [each for each in earned if each is not None]
    return scoring.percentage(marked, points) if len(marked) == len(earned) else None


def is_latest(session: Session, attempt: Attempt) -> bool:
    """Whether how the step stands is said by this attempt: no other was begun after it."""
    later = select(Attempt.id).where(
        Attempt.person_id == attempt.person_id,
        Attempt.exam_id == attempt.exam_id,
        Attempt.enrolment_id.is_not_distinct_from(attempt.enrolment_id),
        Attempt.step_id.is_not_distinct_from(attempt.step_id),
        Attempt.number > attempt.number,
    )
    return session.scalar(later.limit(1)) is None


def remember(
    session: Session, attempt: Attempt, *, now: datetime, regrade_id: int | None = None
) -> None:
    """Keep the result as it is, before another takes its place."""
    session.add(
        ResultChange(
            attempt_id=attempt.id,
            regrade_id=regrade_id,
            score=attempt.score,
            passed=attempt.passed,
            marked_at=attempt.marked_at,
            changed_at=now,
        )
    )


def is_wrong(share: int | None, is_answered: bool, kind: str) -> bool:
    """Answered, marked by the machine, and worth nothing."""
    return share == 0 and is_answered and not KINDS[kind].needs_marker


def tell(session: Session, attempt: Attempt, now: datetime) -> None:
    """The person learns that there is a result, or another one than before."""
    title = attempt.exam.title
    text = Localized(
        f"“{title.pick('zh')}”已阅卷完毕，可以查看结果。",
        f"“{title.pick('en')}” has been marked. See the result.",
    )
    notify(session, [attempt.person_id], "exam", text, f"/exams/attempts/{attempt.id}/result", now)
