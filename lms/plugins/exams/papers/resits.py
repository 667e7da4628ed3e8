"""After repeated failures: extra training before the next resit."""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import (
    SYSTEM,
    Enrolment,
    EnrolmentStatus,
    Localized,
    Parameter,
    Person,
    Policy,
    Programme,
    ProgrammeKind,
    Session,
    StepProgress,
    StepState,
    audit,
    cancel_enrolment,
    enrol,
    local_date,
    notify,
    policies,
    programme_for_figure,
    supervisors_of,
    zone,
)
from lms.plugins.exams.models import Attempt
from lms.plugins.exams.papers import rules as exam_rules
from lms.plugins.exams.papers.grants import given_to

POLICY = Policy(
    name="exams.resits",
    title=Localized("补考与加训", "Resits and extra training"),
    parameters=(
        Parameter(
            "failures",
            Localized(
                "连续几次未通过后安排加训（0：不安排）",
                "Failures in a row after which extra training is assigned (0: never)",
            ),
            2,
            low=0,
            high=10,
        ),
        Parameter(
            "first_the_training",
            Localized("完成加训后才能再次补考", "The next resit opens when the training is done"),
            True,
        ),
    ),
)


def assign_training(session: Session, attempt: Attempt, now: datetime) -> None:
    """Once an attempt is failed: enrol in the extra training if it was one failure too many.

    The attempt names the course, once. Exams inside retraining lead to none: it is the training.
    """
    if attempt.passed is not False or attempt.training_id is not None:
        return
    if _is_completed(session, attempt):  # corrected after it was passed: no resit follows
        return
    wanted = policies.in_force(session, POLICY)
    failures = int(wanted["failures"])
    if not failures or _failed_since(session, attempt) < failures:
        return
    programme = _training(session, attempt)
    if programme is None or _is_inside(session, attempt, programme.id):
        return
    reason = f"exam failed {failures} times"
    today = local_date(now, zone())
    enrolment = enrol(
        session, attempt.person_id, programme.id, starts_on=today, actor=SYSTEM, now=now,
        reason=reason,
    )  # fmt: skip
    attempt.training_id = enrolment.id
    audit.record(
        session,
        SYSTEM,
        "exam.training",
        ("person", attempt.person_id),
        now=now,
        attempt_id=attempt.id,
        enrolment_id=enrolment.id,
        policy=wanted.number,
    )
    _tell(session, attempt, enrolment.id, failures, now)


def take_back(session: Session, attempt: Attempt, now: datetime) -> None:
    """Once a failure turns out to be a pass: the training it led to is cancelled if nothing of it
    was begun; else the person's supervisors are told, who decide.

    Training that an earlier failure led to stays: that one was a failure.
    """
    if not attempt.passed:
        return
    led_to = select(Attempt, Enrolment.id).join(Enrolment, Enrolment.id == Attempt.training_id)
    for each, training_id in session.execute(
        led_to.where(
            Attempt.exam_id == attempt.exam_id,
            Attempt.person_id == attempt.person_id,
            Attempt.enrolment_id.is_not_distinct_from(attempt.enrolment_id),
            Attempt.number >= attempt.number,
            Enrolment.status == EnrolmentStatus.ACTIVE,
        )
    ).all():
        _take_back(session, each, training_id, now)


def _take_back(session: Session, attempt: Attempt, enrolment_id: int, now: datetime) -> None:
    begun = select(StepProgress.step_id).where(StepProgress.enrolment_id == enrolment_id).limit(1)
    title, person = attempt.exam.title, session.get_one(Person, attempt.person_id)
    zh, en = title.pick("zh"), title.pick("en")
    if session.scalar(begun) is None:
        reason = "exam passed after all"
        cancel_enrolment(session, enrolment_id, reason=reason, actor=SYSTEM, now=now)
        attempt.training_id = None
        text = Localized(
            f"「{zh}」更正后已通过，加训已取消",
            f"“{en}” was passed after all: the extra training is cancelled",
        )
        notify(session, [person.id], "exam.training", text, f"/courses/{enrolment_id}", now)
        return
    text = Localized(
        f"{person.name} 的「{zh}」更正后已通过，但加训已经开始，请决定是否继续",
        f"{person.name} passed “{en}” after all, with the extra training begun: decide about it",
    )
    told = supervisors_of(session, person)
    notify(session, told, "exam.training", text, f"/people/{person.id}", now)


def _is_completed(session: Session, attempt: Attempt) -> bool:
    state = select(StepProgress.state).where(
        StepProgress.enrolment_id == attempt.enrolment_id, StepProgress.step_id == attempt.step_id
    )
    return session.scalar(state) == StepState.COMPLETED


def _failed_since(session: Session, attempt: Attempt) -> int:
    """Failures that count and led to no training yet, this one included."""
    since = given_to(session, attempt.exam_id, attempt.person_id).counts_since
    tries = session.execute(
        select(Attempt.passed, Attempt.training_id, Attempt.started_at)
        .where(
            Attempt.exam_id == attempt.exam_id,
            Attempt.person_id == attempt.person_id,
            Attempt.enrolment_id.is_(None)
            if attempt.enrolment_id is None
            else Attempt.enrolment_id == attempt.enrolment_id,
            Attempt.number <= attempt.number,
        )
        .order_by(Attempt.number.desc())
    )
    count = 0
    for passed, training_id, started_at in tries:
        if training_id is not None or (since is not None and started_at < since):
            break
        count += passed is False
    return count


def _training(session: Session, attempt: Attempt) -> Programme | None:
    """The exam's own, else the retraining aimed at exams."""
    key = exam_rules.read(attempt.rules).training
    if key is None:
        return programme_for_figure(session, "exam")
    return session.scalar(select(Programme).where(Programme.key == key)) if key else None


def _is_inside(session: Session, attempt: Attempt, programme_id: int) -> bool:
    if attempt.enrolment_id is None:
        return False
    enrolment = session.get_one(Enrolment, attempt.enrolment_id)
    kind = session.scalar(select(Programme.kind).where(Programme.id == enrolment.programme_id))
    return enrolment.programme_id == programme_id or kind == ProgrammeKind.RETRAINING


def is_under_way(session: Session, enrolment_id: int | None) -> bool:
    """Whether a resit waits for this training."""
    if enrolment_id is None or not policies.in_force(session, POLICY)["first_the_training"]:
        return False
    status = session.scalar(select(Enrolment.status).where(Enrolment.id == enrolment_id))
    return status == EnrolmentStatus.ACTIVE


def _tell(
    session: Session, attempt: Attempt, enrolment_id: int, failures: int, now: datetime
) -> None:
    title, person = attempt.exam.title, session.get_one(Person, attempt.person_id)
    zh, en = title.pick("zh"), title.pick("en")
    notify(
        session,
        [person.id],
        "exam.training",
        Localized(
            f"「{zh}」已有 {failures} 次未通过，为您安排了加训，完成后再补考",
            f"“{en}” was not passed {failures} times: extra training was assigned to you",
        ),
        f"/courses/{enrolment_id}",
        now,
    )
    notify(
        session,
        supervisors_of(session, person),
        "exam.training",
        Localized(
            f"{person.name} 的「{zh}」已有 {failures} 次未通过，已安排加训",
            f"{person.name} did not pass “{en}” {failures} times and has extra training",
        ),
        f"/people/{person.id}",
        now,
    )
