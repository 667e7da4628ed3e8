"""Hires in the middle of their week, and drill runs that wait for a trainer."""

import random
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.audit import Actor
from lms.cases import runs, scoring
from lms.cases.models import Drill
from lms.clock import Month, local_date
from lms.courses.audience import versions
from lms.courses.audience.rule import Audience
from lms.courses.deadlines import extensions
from lms.courses.models import Enrolment, EnrolmentStatus, Programme, Step, StepState
from lms.courses.outline import StepOutline, outline
from lms.courses.services import set_step_state
from lms.courses.surveys.questions import values
from lms.courses.surveys.services import count_in
from lms.db import Session
from lms.people.models import Level, Person
from lms.people.organisation import zone

# What they write in the drill of the late parcel.
DRILL = "aftersales-late-parcel"
REPLIES = (
    "王女士您好，三天没动静还要您自己来问，实在抱歉。我马上查，您最晚哪天要用？",
    "六十大寿是大事，难怪您着急。麻烦点一下“本人确认”；包裹停在分拨中心，还没有装车。",
    "延误没有主动告诉您，是我们没做好。今天下午四点前我给您答复。",
)


def begin_weeks(session: Session, trainer: Person, now: datetime) -> None:
    """Those hired in the last days have done what lies behind them; day 1 has not begun."""
    rows = session.scalars(
        select(Enrolment)
        .where(Enrolment.status == EnrolmentStatus.ACTIVE)
        .order_by(Enrolment.starts_on, Enrolment.id)
    ).all()
    for number, enrolment in enumerate(rows):
        shape = outline(session, enrolment.version_id)
        if not shape.grants_clearance:
            continue
        days_in = (now.date() - enrolment.starts_on).days
        for module in shape.modules:
            if module.opens_on_day > days_in:
                break
            if module.needs is not None:
                continue  # one of several is enough: see `sessions.listen_in`
            for step in module.steps:
                if not _do(session, enrolment, step, trainer, number, now):
                    break


def say_for_whom(session: Session, now: datetime) -> None:
    """The rule of one topic course: agents who are on duty."""
    topic = session.scalars(select(Programme.id).where(Programme.key == "peak-logistics")).one()
    rule = Audience(levels=(Level.AGENT, Level.SENIOR_AGENT), cleared=True)
    actor = Actor(None, "demo")
    versions.save(
        session, topic, rule, base_number=0, for_people_to_come=False, actor=actor, now=now
    )


def ask_for_time(session: Session, now: datetime) -> None:
    """The hire who began first asks for a later due date, which their supervisor has to decide."""
    today = local_date(now, zone())
    enrolment = session.scalars(
        select(Enrolment)
        .where(Enrolment.status == EnrolmentStatus.ACTIVE, Enrolment.due_on >= today)
        .order_by(Enrolment.starts_on, Enrolment.id)
        .limit(1)
    ).one_or_none()
    if enrolment is not None:
        extensions.ask(
            session,
            enrolment.id,
            enrolment.person_id,
            wanted_on=enrolment.due_on + timedelta(days=3),
            reason="这周请了两天病假，想把结业演练放到下周三。",
            today=today,
            now=now,
        )


def _do(
    session: Session,
    enrolment: Enrolment,
    step: StepOutline,
    trainer: Person,
    number: int,
    now: datetime,
) -> bool:
    """Complete a step; False where the person is stuck at it."""
    if step.kind != "drill":
        set_step_state(session, enrolment.id, step.id, StepState.COMPLETED, now=now)
        return True
    drill = session.scalar(select(Drill).where(Drill.key == DRILL))
    if drill is None:
        return False
    run = runs.start(
        session,
        drill.id,
        enrolment.person_id,
        locale="zh_Hans",
        now=now - timedelta(hours=3),
        step=(enrolment.id, step.id),
    )
    for turn, reply in enumerate(REPLIES):
        at = now - timedelta(hours=3) + timedelta(seconds=8 + 35 * turn)
        runs.say(session, run.id, enrolment.person_id, reply, client_key=f"demo-{turn}", now=at)
    runs.hand_in(session, run.id, enrolment.person_id, now=now - timedelta(hours=2))
    if number % 2:
        return False  # this one waits in the trainer's queue
    levels = {criterion["key"]: 4 for criterion in run.rubric.criteria}
    marks = scoring.Marks(levels, {}, (), "开场稳，节奏好。下次先复述客户的问题，再给方案。")
    scoring.rate(session, run.id, marks, actor=Actor(trainer.id, "demo"), now=now)
    return True


# What some wrote at the end of a course, in the language of each.
_SAID = (
    "轨迹那一课最有用，第二天就用上了。",
    "希望多讲几个海外仓的例子。",
    "The list of whom to call first saved me an hour last Friday.",
    "时限记不住，能不能做成一张小卡片？",
)


def say_feedback(session: Session, chance: random.Random, month: Month) -> None:
    """Two dozen answers to the survey of one topic course."""
    found = session.scalars(
        select(Step).where(Step.key == "peak-feedback").order_by(Step.id.desc()).limit(1)
    ).one()
    for number in range(24):
        chosen = {
            question["key"]: chance.choices(
                values(question), weights=(1, 2, 4, 9, 8)[: len(values(question))]
            )[0]
            for question in found.config["questions"]
            if question["type"] != "text"
        }
        written = {"missing": _SAID[number // 6]} if number % 6 == 0 else {}
        count_in(session, found.id, month, chosen, written)
