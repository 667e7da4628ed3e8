"""Drills of one agent: a live one that two raters scored and three calibrated on, one that waits
for a trainer, and a room that waits for the agent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.audit import Actor
from lms.cases import runs, scoring
from lms.cases.models import Drill
from lms.cases.raters import trials
from lms.cases.rooms import ending, opening, talking
from lms.cases.scoring.waiting import set_raters
from lms.db import Session
from lms.people.models import Person

_LIVE, _SOLO, _WAITING = "insales-address-change", "presales-compare", "presales-low-stock"
# Seconds after the customer's first line, who writes, what. One reply takes longer than a minute.
_TALK = (
    (0, "customer", "完了完了，地址填错了！！填成老房子了，现在改还来得及吗？！"),
    (7, "agent", "您别急，我马上看。请您在订单页点一下“本人确认”，我好查这一单。"),
    (25, "customer", "点了点了，尾号 3306，刚下单十来分钟"),
    (58, "agent", "看到了：还没出库，可以改。请把新地址填在订单页“修改地址”里，不用发给我。"),
    (96, "customer", "填好了，你那边能看到吗？会不会还是送到老房子去？"),
    (170, "agent", "让您久等了，刚和仓库核对过：新地址已经生效，面单按新地址打印。"),
    (190, "customer", "吓死我了，谢谢啊。那什么时候能到？"),
    (221, "agent", "预计后天下午到，这是预计，不是保证。还有别的可以帮您吗？"),
)
# By staff number: levels by criterion, why it was low, and the word for the whole.
_RATED: Mapping[str, tuple[Mapping[str, int], str, str]] = {
    "DEMO04": (
        {"timing": 4, "verification": 5, "solving": 4, "informing": 4, "close": 2},
        "没有复述新地址已生效、预计到货日，也没说记录了什么。",
        "开头稳住了客户，身份核实做得规范。收尾再多一句复述就完整了。",
    ),
    "DEMO07": (
        {"timing": 4, "verification": 5, "solving": 5, "informing": 4, "close": 3},
        "客户主动问了才说到货时间。",
        "第三次回复隔了一分多钟，查的时候可以先说一声“正在和仓库核对”。",
    ),
}
# In a calibration: levels in the rubric's order, what decided it, a comment on the last reply.
_CALIBRATED: Mapping[str, tuple[tuple[int, ...], str, str]] = {
    "DEMO04": ((4, 5, 4, 4, 2), "没有复述新地址，也没说记录了什么。", "这里应当复述新地址已生效。"),
    "DEMO05": ((4, 5, 4, 4, 3), "说了预计时间，但没有复述和记录。", "“预计，不是保证”说得好。"),
    "DEMO07": (
        (3, 5, 5, 4, 3),
        "客户问了才说时间；第三次回复让客户等了一分多钟。",
        "时间应当主动说。",
    ),
}
_ALONE = (
    "您好，先问一句：您每个月流量大概用多少，打电话多吗？",
    "那 59 的就够了：流量没用完不浪费，通话超出按分钟算。",
    "换套餐次月生效，这个月还按 129 收，先跟您说清楚。",
)


def practise(session: Session, agent: Person, now: datetime) -> None:
    """What scored low leaves the agent something to practise."""
    drills = {
        drill.key: drill
        for drill in session.scalars(select(Drill).where(Drill.key.in_((_LIVE, _SOLO, _WAITING))))
    }
    staff = {
        person.staff_no: person
        for person in session.scalars(select(Person).where(Person.staff_no.like("DEMO%")))
    }
    if len(drills) < 3:
        return
    _live(session, drills[_LIVE], agent, staff, now - timedelta(days=2))
    _solo(session, drills[_SOLO], agent, now - timedelta(hours=3))
    host = Actor(staff["DEMO04"].id, "demo")
    watching = [staff["DEMO06"]]
    opening.open_room(session, drills[_WAITING].id, agent, watching, actor=host, now=now)


def _live(
    session: Session, drill: Drill, agent: Person, staff: Mapping[str, Person], at: datetime
) -> None:
    trainer = staff["DEMO04"]
    host = Actor(trainer.id, "demo")
    set_raters(session, drill.id, len(_RATED), actor=host, now=at)
    room = opening.open_room(session, drill.id, agent, [staff["DEMO05"]], actor=host, now=at)
    begun = at + timedelta(minutes=2)
    opening.join(session, room.id, agent.id, now=begun)
    for number, (seconds, who, words) in enumerate(_TALK):
        speaker = trainer if who == "customer" else agent
        said_at = begun + timedelta(seconds=seconds)
        talking.say(session, room.id, speaker.id, words, client_key=f"demo-{number}", now=said_at)
    talking.note(session, room.id, trainer.id, "fact", 0, now=begun + timedelta(seconds=100))
    talking.note(session, room.id, trainer.id, "mood", 4, now=begun + timedelta(seconds=195))
    run_id = ending.end(session, room.id, actor=host, now=begun + timedelta(minutes=4)).run_id
    assert run_id is not None  # noqa: S101  somebody answered
    for number, (staff_no, (levels, why, word)) in enumerate(_RATED.items(), start=1):
        marks = scoring.Marks(levels, {"close": why}, (), word)
        rated_at, rater = at + timedelta(hours=number), Actor(staff[staff_no].id, "demo")
        scoring.rate(session, run_id, marks, actor=rater, now=rated_at)
    _calibrate(session, run_id, staff, at + timedelta(hours=4))


def _calibrate(session: Session, run_id: int, staff: Mapping[str, Person], at: datetime) -> None:
    """The same run, scored by three who then talk about where they differ."""
    leader = Actor(staff["DEMO05"].id, "demo")
    raters = [staff[staff_no].id for staff_no in _CALIBRATED]
    note = "重点看“复述确认与记录”：只说“预计后天到”，算不算复述？"
    opened = trials.open_round(session, run_id, raters, note=note, actor=leader, now=at)
    for number, (staff_no, (levels, why, line)) in enumerate(_CALIBRATED.items(), start=1):
        keys = ("timing", "verification", "solving", "informing", "close")
        given = dict(zip(keys, levels, strict=True))
        marks = scoring.Marks(given, {"close": why}, (), why, [scoring.LineNote(8, line)])
        given_at, rater = at + timedelta(hours=number), Actor(staff[staff_no].id, "demo")
        trials.score_round(session, opened.id, marks, actor=rater, now=given_at)


def _solo(session: Session, drill: Drill, agent: Person, at: datetime) -> None:
    """Handed in, and not scored yet."""
    run = runs.start(session, drill.id, agent.id, locale="zh_Hans", now=at)
    for turn, words in enumerate(_ALONE):
        said_at = at + timedelta(seconds=9 + 41 * turn)
        runs.say(session, run.id, agent.id, words, client_key=f"demo-{turn}", now=said_at)
    runs.hand_in(session, run.id, agent.id, now=at + timedelta(minutes=3))
