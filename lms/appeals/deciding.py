"""Who decides on an appeal: whoever may and had no part in it. Where all of them had, as in a small
team whose raters have all scored the run, an admin does: an appeal that nobody may decide would
hold its outcome for ever."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.access import ADMIN, Scope, Viewer, permissions
from lms.appeals import telling
from lms.appeals.kinds import kinds
from lms.appeals.models import Appeal, AppealState
from lms.db import Session
from lms.jobs import Job
from lms.people.roles import people_with
from lms.plugins.types import Appealable


def tell_deciders(
    session: Session,
    appealable: Appealable,
    appeal: Appeal,
    involved: Collection[int],
    now: datetime,
) -> None:
    """Whoever may decide on it hears of it; if it is left to the admins, that is noted, so that
    their list needs no look at each appeal that waits."""
    told = _entitled(session, appealable) - {*involved, appeal.person_id}
    appeal.is_left_to_admins = not told
    if not told:
        told = set(people_with(session, ADMIN)) - {*involved, appeal.person_id}
    telling.of_appeal(session, appeal, told, now)


def is_left_to(session: Session, who: Viewer, appeal: Appeal) -> bool:
    """Whether this admin decides on it, because nobody else may now."""
    appealable = kinds().get(appeal.kind)
    if ADMIN not in who.roles or appeal.state != AppealState.PENDING or appealable is None:
        return False
    subject = appealable.find(session, appeal.subject_id)
    if subject is None:
        return False
    apart = {*subject.involved, appeal.person_id}
    return who.person_id not in apart and _entitled(session, appealable) <= apart


def look_again(session: Session, now: datetime) -> None:
    """Pending appeals whose deciders have left, or lost their role, go to the admins; and back."""
    for appeal in session.scalars(select(Appeal).where(Appeal.state == AppealState.PENDING)).all():
        appealable = kinds().get(appeal.kind)
        subject = appealable.find(session, appeal.subject_id) if appealable else None
        if appealable is None or subject is None:
            continue
        apart = {*subject.involved, appeal.person_id}
        if appeal.is_left_to_admins != (_entitled(session, appealable) <= apart):
            tell_deciders(session, appealable, appeal, subject.involved, now)


def _entitled(session: Session, appealable: Appealable) -> set[int]:
    """Ids of those whose roles let them decide about everybody."""
    known = permissions()
    grants = known["appeals.decide"].grants.items(), known[appealable.permission].grants.items()
    deciding, allowed = ({role for role, scope in g if scope is Scope.ALL} for g in grants)
    return {person for role in deciding & allowed for person in people_with(session, role)}


def _run(session: Session, payload: dict[str, Any], now: datetime) -> None:
    look_again(session, now)


LOOK_AGAIN = Job("appeals.deciders", _run, every=timedelta(days=1))
