"""Answers that wait are told to those who mark."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import Localized, Session, notify, people_with, policies
from lms.plugins.exams.markers.policy import MARKING
from lms.plugins.exams.models import Response

ROLES = ("trainer", "training_manager", "quality")
URL = "/exams/marking"


def ask(
    session: Session,
    responses: list[Response],
    person_id: int,
    now: datetime,
    markers: int | None = None,
) -> None:
    """These answers want to be marked, by so many (None: as many as the policy says). Markers hear
    of the first of a pile, not of each."""
    versions = {response.version_id for response in responses}
    waiting = select(Response.version_id).where(
        Response.version_id.in_(versions), Response.marks_wanted > 0
    )
    is_first = versions - set(session.scalars(waiting.distinct()))
    wanted = markers or int(policies.in_force(session, MARKING)["markers"])
    for response in responses:
        response.marks_wanted = wanted
    if is_first:
        tell_of(session, {person_id}, now)


def tell_of(session: Session, without: Collection[int], now: datetime) -> None:
    """Something waits that those who mark have not heard of; `without` cannot mark it."""
    told = {who for role in ROLES for who in people_with(session, role)}.difference(without)
    text = Localized("有考试答案等待阅卷。", "Answers of an exam wait to be marked.")
    notify(session, sorted(told), "exam_marking", text, URL, now)
