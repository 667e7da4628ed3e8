"""Pairs for the demo: some hires have a mentor, some wait for one, one check-in is late."""

from datetime import datetime, timedelta

from sqlalchemy import select

from lms.plugins.api import Actor, Person, Session, local_date, zone
from lms.plugins.mentoring import checkins, needs, pairing, proposing
from lms.plugins.mentoring.models import CheckIn, Pair

_HIRE, _SENIOR = "DEMO01", "DEMO03"
_MOST = 3
_NOTES = (
    "第一天跟听了三通电话，礼貌和语速都好；系统切换还不熟，明天一起再走一遍工单流程。",
    "退换货的时限记得很准。遇到客户着急时回应偏快，先复述对方的问题再给方案。",
    "能独立处理物流查询了，语气更稳。投诉场景还要多练开场的安抚。",
)
_FOCUS = ("工单录入：每次联系后 10 分钟内完成", "先处理心情，再处理事情", "投诉开场三句话")


def make_pairs(session: Session, now: datetime) -> None:
    """The hire of the sign-in page gets the senior agent; of the others every third one waits."""
    by_number = {
        person.staff_no: person
        for person in session.scalars(select(Person).where(Person.staff_no.in_([_HIRE, _SENIOR])))
    }
    if len(by_number) < 2:
        return
    pairing.choose(session, by_number[_HIRE], by_number[_SENIOR], actor=_actor(None), now=now)
    today = local_date(now, zone())
    waiting = needs.waiting(session, Person.id != by_number[_HIRE].id, today)
    proposed = proposing.propose(session, waiting, needs.team_ids(waiting), today, _MOST)
    for number, need in enumerate(waiting):
        if number % 3 == 2 or need.person.id not in proposed:
            continue
        began = now - timedelta(days=max((today - need.enrolment.starts_on).days, 0))
        mentor = proposed[need.person.id].person
        pair = pairing.choose(session, need.person, mentor, actor=_actor(None), now=began)
        _hold(session, pair, now, but_the_last=number % 3 == 1)


def _hold(session: Session, pair: Pair, now: datetime, but_the_last: bool) -> None:
    today = local_date(now, zone())
    past = select(CheckIn).where(CheckIn.pair_id == pair.id, CheckIn.due_on < today)
    found = list(session.scalars(past.order_by(CheckIn.due_on)))
    for number, check_in in enumerate(found[:-1] if but_the_last else found):
        checkins.hold(
            session, check_in, mood=3 + number % 3, note=_NOTES[number % 3],
            next_focus=_FOCUS[number % 3], actor=_actor(pair.mentor_id),
            now=now - timedelta(days=(today - check_in.due_on).days),
        )  # fmt: skip


def _actor(person_id: int | None) -> Actor:
    return Actor(person_id, "demo")
