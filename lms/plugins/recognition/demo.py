"""What the demo organisation shows of this: praise, points, a qualification that waits."""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import Actor, Person, Session, Team
from lms.plugins.recognition import ledger

_DEMO = Actor(None, "demo")
_PRAISE = (
    "“客服没有让我重复说第二遍，五分钟就把退款的事说清楚了。”",
    "“包裹卡在路上，她主动打来电话，还替我改了自提点。”",
    "“第一次遇到把话听完再回答的客服。”",
    "“半夜问的问题，第二天一早就收到了完整的答复。”",
    "“道歉很真诚，也真的解决了问题。”",
)


def make(session: Session, now: datetime) -> None:
    agents = session.scalars(
        select(Person)
        .where(Person.level == "agent", Person.team_id.is_not(None), Person.left_on.is_(None))
        .order_by(Person.staff_no)
    ).all()
    for number, words in enumerate(_PRAISE * 3):
        person = agents[(number * 17) % len(agents)]
        ledger.praise(session, f"demo:{number}", person, words, actor=_DEMO, now=now)
    for team_id in session.scalars(select(Team.id).order_by(Team.id).limit(2)):
        ledger.give(
            session, f"demo:team:{team_id}", team_id, 8, "大促当天全员准时到岗",
            actor=_DEMO, now=now,
        )  # fmt: skip
