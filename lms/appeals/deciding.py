"""Who decides on an appeal: whoever may and had no part in it. Where all of them had, as in a small
team whose raters have all scored the run, an admin does: an appeal that nobody may decide would
hold its outcome for ever."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from lms.access import ADMIN, Scope, Viewer, permissions
from lms.appeals.kinds import kinds
from lms.appeals.models import Appeal, AppealState
from lms.db import Session
from lms.people.roles import people_with
from lms.plugins.types import Appealable

_MOST = 100  # pending appeals that are looked through for those left to the admins


def deciders(
    session: Session, appealable: Appealable, person_id: int, involved: Collection[int]
) -> set[int]:
    """Ids of those who may decide on this person's appeal, `involved` having had a part in it."""
    apart = {*involved, person_id}
    return entitled(session, appealable) - apart or set(people_with(session, ADMIN)) - apart


def entitled(session: Session, appealable: Appealable) -> set[int]:
    """Ids of those whose roles let them decide about everybody."""
    known = permissions()
    grants = known["appeals.decide"].grants.items(), known[appealable.permission].grants.items()
    deciding, allowed = ({role for role, scope in g if scope is Scope.ALL} for g in grants)
    return {person for role in deciding & allowed for person in people_with(session, role)}


def left_to(session: Session, who: Viewer, appeals: Collection[Appeal] | None = None) -> list[int]:
    """Ids of the pending appeals that an admin decides because nobody else may: of these, or of
    the oldest that wait. None for anybody but an admin."""
    if ADMIN not in who.roles:
        return []
    known = {kind: (one, entitled(session, one)) for kind, one in kinds().items()}
    found = []
    for appeal in _waiting(session) if appeals is None else appeals:
        if appeal.state != AppealState.PENDING or appeal.kind not in known:
            continue
        appealable, others = known[appeal.kind]
        subject = appealable.find(session, appeal.subject_id)
        if subject is None:
            continue
        apart = {*subject.involved, appeal.person_id}
        if who.person_id not in apart and others <= apart:
            found.append(appeal.id)
    return found


def _waiting(session: Session) -> Sequence[Appeal]:
    pending = select(Appeal).where(Appeal.state == AppealState.PENDING)
    return session.scalars(pending.order_by(Appeal.filed_at, Appeal.id).limit(_MOST)).all()
