"""Who may choose mentors, and what a mentor may do for their mentees."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from lms.plugins.api import Localized, NavItem, Permission, Scope, Session, Viewer, access
from lms.plugins.mentoring.models import Pair

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


def entrusted(session: Session, person_id: int, permission: str) -> Sequence[int]:
    """A mentor signs the checklists of those they mentor now, and of nobody else."""
    if permission != "steps.signoff":
        return []
    mine = select(Pair.mentee_id).where(Pair.mentor_id == person_id, Pair.ended_at.is_(None))
    return session.scalars(mine).all()


def nav(viewer: Viewer) -> list[NavItem]:
    if not viewer.may("mentoring.pair"):
        return []
    return [NavItem(_("Mentors"), "mentoring.index", "heart-handshake", "team", 30)]
