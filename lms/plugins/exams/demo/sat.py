"""An exam that forty people have sat, the same answers each time: enough for its analysis to say
something, with questions that are too easy, too hard, and one whose key looks wrong."""

import math
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from lms.plugins.api import (
    Actor,
    Audience,
    Localized,
    Person,
    Session,
    file_appeal,
    fits_audience,
    local_date,
    zone,
)
from lms.plugins.exams import marking, settling
from lms.plugins.exams.correcting.appealing import KIND, subject_id
from lms.plugins.exams.demo.answers import right_answer, wrong_answer
from lms.plugins.exams.models import (
    Attempt,
    Bank,
    Exam,
    Leaving,
    Question,
    QuestionVersion,
    Response,
)
from lms.plugins.exams.papers import drawing, editing
from lms.plugins.exams.papers.rules import Rules, Shown
from lms.plugins.exams.papers.sections import Section, sections_of
from lms.plugins.exams.wording import own_wording

_DEMO = Actor(None, "demo")
_KEY, _SEED, _COLLEAGUES = "knowledge-check", 20260934, 40
_TITLE = Localized("大促前知识统考", "Knowledge check before the peak")
_FOR = Audience(levels=("agent", "senior_agent"), cleared=True)
_ACCOUNTS = ("DEMO02", "DEMO03")
_PARTS = (
    (
        "service-handbook", Localized("一、服务标准", "Part 1: service standard"), 2,
        ("hb-first-reply-online", "hb-phone-pickup", "hb-phone-long-wait", "hb-order-confirm",
         "hb-undeliverable-notice", "hb-delay-notice", "hb-payment-trouble", "hb-return-by-person",
         "hb-return-chain", "hb-complaint-level-1", "hb-complaint-level-2", "hb-complaint-level-3",
         "hb-crm-update", "hb-call-back"),
    ),
    (
        "handbook-in-practice", Localized("二、实务", "Part 2: in practice"), 5,
        ("hp-first-contact", "hp-order-clock", "hp-match-levels", "hp-order-payment",
         "hp-chart-first-reply", "hp-match-channel"),
    ),
)  # fmt: skip
# Those who know most take another option here: what a wrong key, or an ambiguous question, does.
_MISLEADS = "hb-return-by-person"
# How hard each is, on the scale of what people know (1 is the middle); 0 where it is not named.
_HARD = {
    "hb-phone-pickup": -4.0,
    "hb-return-chain": 2.6,
    "hb-complaint-level-3": 1.2,
    _MISLEADS: 1.3,
}
_APPEALS = (
    "题目说“转人工后”，人工回复时限应从转到人工那一刻算起，我选的也说得通，请再看一下。",
    "手册里这条有两个时限，题目没有写明是哪一步的，希望复核。",
)


def make(session: Session, now: datetime) -> None:
    sections = _sections(session)
    people = _people(session, now)
    if sections is None or len(people) <= len(_ACCOUNTS):
        return
    today = now.astimezone(zone()).replace(hour=9, minute=0, second=0, microsecond=0)
    opened = (today - timedelta(days=6)).astimezone(UTC)
    rules = Rules(
        opens_at=opened, closes_at=opened + timedelta(days=4, hours=9), audience=_FOR, training="",
        show_key=Shown.CLOSED, show_explanations=Shown.CLOSED,
    )  # fmt: skip
    settings = editing.Settings(_TITLE, sections, rules, minutes=30, pass_mark=80)
    exam = editing.create(
        session, _KEY, settings, actor=_DEMO, now=opened - timedelta(days=3)
    )  # fmt: skip
    first = _sit(session, exam, people, 1, opened + timedelta(hours=2))
    failed = [a.person_id for a in first if not a.passed]
    _sit(session, exam, failed[::2], 2, opened + timedelta(days=2))
    _appeal(session, first, now)


def _sections(session: Session) -> list[Section] | None:
    keys = [key for *_, named in _PARTS for key in named]
    rows = session.execute(select(Question.key, Question.id).where(Question.key.in_(keys)))
    known: Mapping[str, int] = {key: question_id for key, question_id in rows}
    banks: Mapping[str, int] = {
        key: bank_id for key, bank_id in session.execute(select(Bank.key, Bank.id))
    }
    if len(known) < len(keys):
        return None
    return [
        Section(title, banks[bank], points=points, questions=tuple(known[key] for key in named))
        for bank, title, points, named in _PARTS
    ]


def _people(session: Session, now: datetime) -> Sequence[int]:
    """By staff number, the demo's accounts first."""
    fitting = select(Person.id).where(fits_audience(_FOR, local_date(now, zone())))
    fitting = fitting.order_by(Person.staff_no)
    accounts = session.scalars(fitting.where(Person.staff_no.in_(_ACCOUNTS))).all()
    others = session.scalars(fitting.where(Person.staff_no.not_like("DEMO%")).limit(_COLLEAGUES))
    return [*accounts, *others]


def _sit(
    session: Session, exam: Exam, people: Sequence[int], number: int, began: datetime
) -> list[Attempt]:
    """Drawn, answered and marked in one go: so many requests would take longer than the demo."""
    chance = random.Random(_SEED + number)  # noqa: S311  plausible answers, not secrets
    sections = sections_of(exam)
    pool = drawing.pool(session, sections, None)
    versions = {
        version.id: version
        for version in session.scalars(
            select(QuestionVersion).where(QuestionVersion.id.in_([c.version_id for c in pool]))
        )
    }
    keys = {
        question_id: key
        for question_id, key in session.execute(
            select(Question.id, Question.key).where(Question.id.in_([c.question_id for c in pool]))
        )
    }
    attempts, papers = [], []
    for at, person_id in enumerate(people):
        knows = chance.gauss(1.2 if number == 1 else 2.2, 1.1)
        started = began + timedelta(minutes=chance.randrange(0, 90), days=at % 2)
        attempt = Attempt(
            exam_id=exam.id, person_id=person_id, number=number, seed=_SEED + 100 * number + at,
            pass_mark=exam.pass_mark, exam_number=exam.number, rules=exam.rules,
            started_at=started, deadline=started + timedelta(minutes=exam.minutes),
        )  # fmt: skip
        paper = drawing.draw(pool, sections, attempt.seed)
        said_at = started
        for response in paper:
            said_at += timedelta(seconds=min(150, chance.lognormvariate(3.6, 0.5)))
            version = versions[response.version_id]
            if said_at < attempt.deadline and chance.random() > 0.02:
                key = keys[version.question_id]
                response.answer = _answer(version, key, knows, chance)
                response.saved_at, response.sequence = said_at, 1
        attempt.is_automatic = said_at >= attempt.deadline
        attempt.submitted_at = min(said_at + timedelta(seconds=40), attempt.deadline)
        attempts.append(attempt)
        papers.append(paper)
    session.add_all(attempts)
    session.flush()
    _mark(session, exam, attempts, papers, versions)
    session.add_all(
        Leaving(
            attempt_id=attempt.id,
            left_at=attempt.started_at + timedelta(minutes=4),
            back_at=attempt.started_at + timedelta(minutes=4, seconds=20 + attempt.id % 60),
        )
        for attempt in attempts[5::12]
    )
    return attempts


def _mark(
    session: Session,
    exam: Exam,
    attempts: Sequence[Attempt],
    papers: Sequence[Sequence[Response]],
    versions: Mapping[int, QuestionVersion],
) -> None:
    agreed = editing.settings_of(exam).rules
    for attempt, paper in zip(attempts, papers, strict=True):
        for response in paper:
            version = versions[response.version_id]
            response.attempt_id = attempt.id
            response.share = marking.share_of(
                response.answer, version.type, own_wording(version), agreed
            )
            response.is_correct = marking.is_full(response.share)
        session.add_all(paper)
    session.flush()
    for attempt_id, score in settling.scores(session, attempts).items():
        attempt = next(a for a in attempts if a.id == attempt_id)
        attempt.score, attempt.marked_at = score, attempt.submitted_at
        attempt.passed = (score or 0) >= attempt.pass_mark * 100


def _answer(
    version: QuestionVersion, key: str, knows: float, chance: random.Random
) -> list[object]:
    """The better somebody knows it, the likelier it is right."""
    edge = 1.7 * (knows - _HARD.get(key, 0.0))
    likely = 1 / (1 + math.exp(edge if key == _MISLEADS else -edge))
    if chance.random() < likely:
        return right_answer(version)
    return wrong_answer(version, chance)


def _appeal(session: Session, attempts: Sequence[Attempt], now: datetime) -> None:
    """The first two who were marked wrong where the key looks odd."""
    wrong = session.execute(
        select(Response.attempt_id, Response.position, Attempt.person_id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(
            Response.attempt_id.in_([a.id for a in attempts]),
            Question.key == _MISLEADS,
            Response.share == 0,
        )
        .order_by(Attempt.id)
        .limit(len(_APPEALS))
    ).all()
    for row, reason in zip(wrong, _APPEALS, strict=False):
        subject = subject_id(row.attempt_id, row.position)
        file_appeal(session, KIND, subject, reason, person_id=row.person_id, now=now)
