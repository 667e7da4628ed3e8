"""A session step without a date: learners ask for one, trainers hear of it once.

A date that is planned answers all who asked, and closes the trainers' notice.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.exc import IntegrityError

from lms.access import TRAINER, TRAINING_MANAGER
from lms.courses.models import Enrolment, EnrolmentStatus
from lms.courses.sessions import queries
from lms.courses.sessions.models import DateRequest, TrainingSession
from lms.courses.sessions.words import when
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.people import notices
from lms.people.models import Notification, Person
from lms.people.roles import people_with

_WANTED = "session.wanted"


def ask(
    session: Session, enrolment: Enrolment, step_id: int, step_key: str, title: Localized,
    now: datetime,
) -> bool:  # fmt: skip
    """False when this person has asked already. Trainers are told of the first who asks."""
    programme_id, person_id = enrolment.programme_id, enrolment.person_id
    if queries.dates_of_step(session, programme_id, step_key, now):
        raise DomainError("There is a date now: book it.")
    _close_of_ended(session, programme_id, step_key, now)
    waiting = session.scalars(select(DateRequest.person_id).where(_open(programme_id, step_key)))
    before = set(waiting)
    if person_id in before:
        return False
    made = DateRequest(
        programme_id=programme_id, step_key=step_key, person_id=person_id,
        enrolment_id=enrolment.id, step_id=step_id, asked_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # the same button pressed twice at once
        return False
    if not before:
        trainers = {*people_with(session, TRAINER), *people_with(session, TRAINING_MANAGER)}
        text = Localized(
            f"有学员在等「{title.pick('zh')}」的日期，请安排一场",
            f"Somebody waits for a date for “{title.pick('en')}”: plan one",
        )
        notices.notify(
            session, sorted(trainers), _WANTED, text, _plan_url(programme_id, step_key), now
        )
    return True


def _close_of_ended(session: Session, programme_id: int, step_key: str, now: datetime) -> None:
    """Who is not on the course any more waits for no date, and may ask again when they are."""
    ended = select(Enrolment.id).where(Enrolment.status != EnrolmentStatus.ACTIVE)
    stale = _open(programme_id, step_key) & DateRequest.enrolment_id.in_(ended)
    session.execute(update(DateRequest).where(stale).values(closed_at=now))


def has_asked(session: Session, enrolment_id: int, step_id: int) -> bool:
    here = (DateRequest.enrolment_id == enrolment_id, DateRequest.step_id == step_id)
    found = select(DateRequest.id).where(*here, DateRequest.closed_at.is_(None))
    return session.scalar(found.limit(1)) is not None


def answered(session: Session, planned: TrainingSession, now: datetime) -> None:
    """A date was planned: those who asked and still need it are told, and nobody waits any more."""
    if planned.programme_id is None or planned.step_key is None:
        return
    wanted = _open(planned.programme_id, planned.step_key)
    rows = session.execute(
        select(DateRequest, Enrolment.status)
        .join(Enrolment, Enrolment.id == DateRequest.enrolment_id)
        .where(wanted)
        .order_by(DateRequest.id)
    ).all()
    zh, en = planned.title.pick("zh"), planned.title.pick("en")
    text = Localized(
        f"「{zh}」有日期了：{when(planned).zh}，来预约吧",
        f"“{en}” has a date: {when(planned).en}. Book your place",
    )
    for request, status in rows:
        request.closed_at = now
        if status == EnrolmentStatus.ACTIVE:
            url = f"/learn/{request.enrolment_id}/{request.step_id}"
            notices.notify(session, [request.person_id], "session.planned", text, url, now)
    here = (
        Notification.kind == _WANTED,
        Notification.url == _plan_url(planned.programme_id, planned.step_key),
        Notification.read_at.is_(None),
    )
    if rows:
        session.execute(update(Notification).where(*here).values(read_at=now))


def counts(session: Session) -> dict[tuple[int, str], int]:
    """How many wait for a date, by programme and step."""
    rows = session.execute(
        select(DateRequest.programme_id, DateRequest.step_key, func.count())
        .join(Person, Person.id == DateRequest.person_id)
        .join(Enrolment, Enrolment.id == DateRequest.enrolment_id)
        .where(
            DateRequest.closed_at.is_(None),
            Person.left_on.is_(None),
            Enrolment.status == EnrolmentStatus.ACTIVE,
        )
        .group_by(DateRequest.programme_id, DateRequest.step_key)
    )
    return {(programme_id, step_key): count for programme_id, step_key, count in rows}


def _open(programme_id: int, step_key: str) -> ColumnElement[bool]:
    return and_(
        DateRequest.programme_id == programme_id,
        DateRequest.step_key == step_key,
        DateRequest.closed_at.is_(None),
    )


def _plan_url(programme_id: int, step_key: str) -> str:
    return f"/sessions/new?for={programme_id}:{step_key}"
