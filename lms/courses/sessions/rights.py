"""Who may plan a session and see its roster."""

from flask import abort

from lms import audit
from lms.access import viewer
from lms.courses.sessions.models import TrainingSession
from lms.courses.sessions.planning import one
from lms.db import db

MANAGE = "sessions.manage"


def leads(planned: TrainingSession) -> bool:
    """Whether the viewer plans sessions, or leads this one."""
    who = viewer()
    return who.may(MANAGE) or planned.facilitator_id == who.person_id


def led_session(planned_id: int) -> TrainingSession:
    """The session, for those who lead it; 403 for others."""
    planned = one(db.session(), planned_id)
    if not leads(planned):
        abort(403)
    return planned


def actor() -> audit.Actor:
    return audit.Actor(viewer().person_id)
