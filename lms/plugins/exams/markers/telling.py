"""Answers that wait are told to those who mark."""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import Localized, Session, notify, people_with, policies
from lms.plugins.exams.markers.policy import MARKING
from lms.plugins.exams.models import Response

ROLES = ("trainer", "training_manager", "quality")
URL = "/exams/marking"


def ask(session: Session, responses: list[Response], person_id: int, now: datetime) -> None:
    """These answers want to be marked. Markers hear of the first of a pile, not of each."""
    is_first = session.scalar(select(Response.position).where(Response.marks_wanted > 0).limit(1))
    markers = int(policies.in_force(session, MARKING)["markers"])
    for response in responses:
        response.marks_wanted = markers
    if is_first is not None:
        return
    told = {who for role in ROLES for who in people_with(session, role)} - {person_id}
    text = Localized("有考试答案等待阅卷。", "Answers of an exam wait to be marked.")
    notify(session, sorted(told), "exam_marking", text, URL, now)
