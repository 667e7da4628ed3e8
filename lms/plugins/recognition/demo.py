"""What the demo organisation shows of this: praise, points, a qualification that waits."""

import io
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.plugins.api import Actor, Person, Session, Team, local_date, zone
from lms.plugins.recognition import ledger, qualifications

_DEMO = Actor(None, "demo")
_AGENT = "DEMO02"
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
        .where(
            Person.level == "agent",
            Person.team_id.is_not(None),
            Person.left_on.is_(None),
            # Not the hires of this week: nobody has written to them yet.
            Person.hired_on < local_date(now, zone()) - timedelta(days=30),
        )
        .order_by(Person.staff_no)
    ).all()
    for number, words in enumerate(_PRAISE * 3):
        person = agents[(number * 17) % len(agents)]
        ledger.praise(session, f"demo:{number}", person, words, actor=_DEMO, now=now)
    for team_id in session.scalars(select(Team.id).order_by(Team.name).limit(2)):
        ledger.give(
            session, f"demo:team:{team_id}", team_id, 8, "大促当天全员准时到岗",
            actor=_DEMO, now=now,
        )  # fmt: skip
    _send_in(session, now)


def _send_in(session: Session, now: datetime) -> None:
    """The agent of the sign-in page has passed an exam elsewhere; HR is to look at the proof."""
    person = session.scalar(select(Person).where(Person.staff_no == _AGENT))
    if person is None:
        return
    passed = local_date(now, zone()) - timedelta(days=24)
    claim = qualifications.Claim(
        "COPC 客户体验标准（CX）注册专员", "COPC Inc.", passed, passed + timedelta(days=730)
    )
    proof = (io.BytesIO(_paper(f"Registered {passed}")), "copc.pdf")
    qualifications.submit(session, "demo:copc", person, claim, proof, now=now)


def _paper(line: str) -> bytes:
    """A page of PDF with two lines on it."""
    shown = f"BT /F 22 Tf 72 700 Td (Customer Experience Standard) Tj 0 -40 Td ({line}) Tj ET"
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(shown)}>>stream\n{shown}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    written, starts = "%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        starts.append(len(written))
        written += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    end = f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\n"
    return f"{written}{end}startxref\n{len(written)}\n%%EOF\n".encode()
