"""Who may choose mentors, and what a mentor may do for their mentees."""

from collections.abc import Sequence

from flask import has_request_context, session
from sqlalchemy import select

from lms.plugins.api import Localized, NavItem, Permission, Scope, Session, Viewer, access
from lms.plugins.api import gettext as _
from lms.plugins.mentoring.models import Pair

_MENTEES = "mentees"
PERMISSIONS = (
    Permission(
        "mentoring.pair",
        Localized("安排导师", "Choose mentors"),
        {
            access.SUPERVISOR: Scope.TEAM,
            access.HR: Scope.ALL,
            access.TRAINER: Scope.ALL,
            access.TRAINING_MANAGER: Scope.ALL,
        },
    ),
)


def entrusted(db_session: Session, person_id: int, permission: str) -> Sequence[int]:
    """A mentor signs the checklists of those they mentor now, and of nobody else."""
    if permission != "steps.signoff":
        return []
    mine = select(Pair.mentee_id).where(Pair.mentor_id == person_id, Pair.ended_at.is_(None))
    return db_session.scalars(mine).all()


def remember_mentees(has_any: bool) -> None:
    """For the link in the sidebar: the start page has asked, the other pages need not."""
    if has_any and not session.get(_MENTEES):
        session[_MENTEES] = True
    elif not has_any and _MENTEES in session:
        del session[_MENTEES]


def nav(viewer: Viewer) -> list[NavItem]:
    if not viewer.may("mentoring.pair"):
        mine = NavItem(_("My mentees"), "mentoring_pairs.mine", "heart-handshake", "learn", 70)
        return [mine] if has_request_context() and session.get(_MENTEES) else []
    return [NavItem(_("Mentors"), "mentoring.index", "heart-handshake", "team", 30)]
