"""Who runs a team's review, and who takes part in it."""

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Level,
    Localized,
    NavItem,
    NotAllowed,
    NotFound,
    Permission,
    Person,
    Scope,
    Session,
    Viewer,
    access,
)
from lms.plugins.api import gettext as _
from lms.plugins.casereviews.models import Review

HOLD = "casereviews.hold"
PERMISSIONS = (
    Permission(
        HOLD,
        Localized("主持案例研讨", "Hold case reviews"),
        {
            access.SUPERVISOR: Scope.TEAM,
            access.TRAINER: Scope.ALL,
            access.TRAINING_MANAGER: Scope.ALL,
        },
    ),
)
# Those who take customer contacts; supervisors and managers run the review instead.
VOTERS = (Level.AGENT, Level.SENIOR_AGENT)


def nav(viewer: Viewer) -> list[NavItem]:
    return [NavItem(_("Case review"), "casereviews.index", "message-2", "library", 15)]


def holds(viewer: Viewer, team_id: int) -> bool:
    """Whether this viewer may pick cases for the team, moderate and close."""
    if viewer.may(HOLD, Scope.ALL):
        return True
    return viewer.may(HOLD, Scope.TEAM) and team_id in viewer.team_ids


def held(viewer: Viewer) -> ColumnElement[bool]:
    """The reviews of the teams that this viewer holds."""
    if viewer.may(HOLD, Scope.ALL):
        return true()
    if viewer.may(HOLD, Scope.TEAM):
        return Review.team_id.in_(viewer.team_ids)
    return false()


def votes_in(person: Person, review: Review) -> bool:
    """Whether this is one of those who are asked: of the team, and not who wrote the options."""
    return person.team_id == review.team_id and is_asked(person, review.facilitator_id)


def is_asked(person: Person, facilitator_id: int) -> bool:
    """The same of a review of the person's own team."""
    return person.level in VOTERS and person.id != facilitator_id


def find(session: Session, review_id: int, viewer: Viewer, person: Person) -> Review:
    """The review, if it is one of the person's team or of a team they hold; NotFound otherwise."""
    loaded = (
        joinedload(Review.team),
        joinedload(Review.version),
        joinedload(Review.facilitator),
        joinedload(Review.draft),
    )
    review = session.scalar(select(Review).where(Review.id == review_id).options(*loaded))
    if review is None or not (person.team_id == review.team_id or holds(viewer, review.team_id)):
        raise NotFound("There is no such case review.")
    return review


def require_held(review: Review) -> Review:
    """NotAllowed for those who take part in the review but do not run it."""
    if not holds(access.viewer(), review.team_id):
        raise NotAllowed("Those who run the team's reviews do this.")
    return review
