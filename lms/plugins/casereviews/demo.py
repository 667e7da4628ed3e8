"""What the demo organisation shows of this: a week under way, and one that was closed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from lms.plugins.api import (
    Actor,
    Case,
    CaseState,
    CaseVersion,
    Localized,
    Person,
    Session,
)
from lms.plugins.casereviews import closing, telling, weeks
from lms.plugins.casereviews.access import VOTERS
from lms.plugins.casereviews.models import Comment, Review, Vote

_FACILITATOR = "DEMO06"
# Left to see the page as it is before a vote.
_NOT_VOTED = "DEMO02"

_FAILURE, _SUCCESS = "undeliverable-told-next-day", "late-parcel-peak"


class Talk(NamedTuple):
    """A review's question, options, votes (number of the option) and comments, in turn."""

    question: Localized
    options: Sequence[Localized]
    votes: Sequence[int]
    said: Sequence[str]


_NOW = Talk(
    Localized(
        "提醒已经过期，客户来问电视什么时候到。您先做什么？",
        "The flag has expired and the customer asks when her TV comes. What do you do first?",
    ),
    (
        Localized(
            "查单后如实说：送不到，而且我们昨天就该告诉您",
            "Look it up and say so: no delivery there, and we should have told you yesterday",
        ),
        Localized(
            "先道歉，请物流同事核实后再回复", "Apologise, and answer once logistics has checked"
        ),
        Localized(
            "直接给两个办法：改送自提点，或当天退款",
            "Offer the two ways out at once: a pick-up point, or the money back today",
        ),
        Localized("请主管联系客户", "Ask the supervisor to ring her"),
    ),
    (0, 2, 0, 0, 1, 2, 3, 0, 2, 0, 1),
    (
        "我选查单后如实说。她周四约了安装师傅，越早知道越好，客套话真的不用。",
        "I picked the two ways out. She has lost a day by then; what she needs is something she can"
        " decide on.",
        "可是不先承认是我们漏了、直接给方案，客户会觉得在糊弄。上次就有人问我“你们早知道为什么不说”。",
        "You can do both in one message: “I looked it up: we cannot deliver there, and we should"
        " have told you yesterday. You can …” Three sentences, done.",
        "真正的问题是 12:20 那条提醒没人认领吧？我们晚班的交接单里也没有“未告知客户”这一栏。",
        "+1. The flag pops up for everybody, so everybody thinks somebody else has it. Could it go"
        " to whoever took the order?",
        "我投了请主管联系，看完才发现她等主管又等了半天。以后我先自己回第一句，再升级。",
    ),
)
_BEFORE = Talk(
    Localized("接到这样的会话，您会先做什么？", "You get this chat. What do you do first?"),
    (
        Localized("先道歉并说明原因", "Apologise and explain why it happened"),
        Localized(
            "先复述客户的着急，再查进度", "Say back what worries the customer, then look it up"
        ),
        Localized("直接给补偿方案", "Offer compensation straight away"),
        Localized("转给主管处理", "Hand it over to the supervisor"),
    ),
    (1, 1, 0, 1, 2, 1, 0, 1, 3, 1, 0, 1, 1),
    (
        "我选先复述。上周我直接道歉，客户回了一句“你都不知道我在急什么”，后来每句都要解释两遍。",
        "We always say sorry first, and half the time the customer has not even told us what is"
        " wrong. I changed my mind after the third chat like this last Friday.",
        "同意，不过复述一句就够，别写成小作文。客户在等的是时间点，不是安慰。",
        "补偿那个是我投的，想着先给 10 元券他就不催了。看了真实处理才明白，他要的是一个准确时间。",
        "Fair point about the coupon: it buys an hour, not a solution. I would keep it for when the"
        " promise is broken a second time.",
        "想问一下，如果系统里查不到物流，复述之后怎么接？我上次就卡在这里，让客户等了快三分钟。",
        "Tell them what you will check and by when: “I am asking the warehouse now and write to you"
        " before three.” Then set a reminder, and really write.",
    ),
)
_TAKEAWAY = Localized(
    "- 第一句话复述客户着急的事，一句就够；道歉跟在后面。\n"
    "- 查不到结果时，给出“查什么、几点前回复”，并设提醒，到点必须回。\n"
    "- 补偿不代替解决：先有方案，再谈补偿。",
    "- Say back what worries the customer in one sentence; the apology comes after it.\n"
    "- Nothing found yet? Say what you are checking and by when, set a reminder, and do write.\n"
    "- Compensation replaces no solution: the way out first, then the gesture.",
)


def make(session: Session, now: datetime) -> None:
    """Nothing where the demo's team or the starter cases are not there."""
    facilitator = session.scalar(select(Person).where(Person.staff_no == _FACILITATOR))
    failure, success = _case(session, _FAILURE), _case(session, _SUCCESS)
    if facilitator is None or facilitator.team_id is None or not (failure and success):
        return
    team = _team(session, facilitator)
    monday, today = weeks.this_monday(now), now - timedelta(hours=6)
    running = _review(session, facilitator, failure, _NOW, monday, today)
    telling.open_if_due(session, running, today)
    voters = [one for one in team if one.staff_no != _NOT_VOTED]
    _discuss(session, running, voters, _NOW, today)
    last = now - timedelta(days=7)
    over = _review(session, facilitator, success, _BEFORE, monday - timedelta(weeks=1), last)
    over.told_at = last
    _discuss(session, over, team, _BEFORE, last)
    actor, ended = Actor(facilitator.id, "demo"), now - timedelta(days=3)
    closing.close(session, over, _TAKEAWAY, into_open_draft=False, actor=actor, now=ended)


def _case(session: Session, key: str) -> CaseVersion | None:
    published = CaseVersion.state == CaseState.PUBLISHED
    found = select(CaseVersion).join(Case, Case.id == CaseVersion.case_id)
    return session.scalar(found.where(Case.key == key, published))


def _team(session: Session, facilitator: Person) -> Sequence[Person]:
    """Those who can vote, the demo's own accounts first."""
    return session.scalars(
        select(Person)
        .where(
            Person.team_id == facilitator.team_id,
            Person.level.in_(VOTERS),
            Person.left_on.is_(None),
            Person.staff_no != "DEMO01",
        )
        .order_by(Person.staff_no)
    ).all()


def _review(
    session: Session,
    facilitator: Person,
    version: CaseVersion,
    talk: Talk,
    monday: date,
    at: datetime,
) -> Review:
    review = Review(
        team_id=facilitator.team_id,
        monday=monday,
        slot=1,
        case_id=version.case_id,
        version=version,
        question=talk.question,
        options=[{"zh": option.zh, "en": option.en} for option in talk.options],
        facilitator_id=facilitator.id,
        picked_at=at,
        takeaway=Localized(),
    )
    session.add(review)
    session.flush()
    return review


def _discuss(
    session: Session, review: Review, people: Sequence[Person], talk: Talk, at: datetime
) -> None:
    for number, (person, option) in enumerate(zip(people, talk.votes, strict=False)):
        when = at + timedelta(minutes=4 * number)
        session.add(Vote(review_id=review.id, person_id=person.id, option=option, cast_at=when))
    for number, (person, text) in enumerate(zip(people, talk.said, strict=False)):
        session.add(
            Comment(
                review_id=review.id,
                person_id=person.id,
                form_key=f"demo-{number}",
                text=text,
                written_at=at + timedelta(minutes=5 + 11 * number),
            )
        )
    session.flush()
