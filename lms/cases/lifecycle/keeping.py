"""Who looks after a case, who looks at it again, and by when."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from lms import audit
from lms.access import permissions
from lms.audit import Actor
from lms.cases.lifecycle import policy
from lms.cases.lifecycle.archiving import locked
from lms.cases.models import Case, CaseVersion
from lms.clock import local_date
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.people.models import Person, RoleAssignment
from lms.people.notices import notify
from lms.people.organisation import zone


def authors(session: Session) -> Sequence[Person]:
    """Who can look after a case: all whose role lets them write cases."""
    roles = list(permissions()["cases.author"].grants)
    holders = select(RoleAssignment.person_id).where(RoleAssignment.role.in_(roles))
    wanted = select(Person).where(Person.id.in_(holders), Person.left_on.is_(None))
    return session.scalars(wanted.order_by(Person.staff_no)).all()


def change(
    session: Session,
    case_id: int,
    owner_id: int | None,
    reviewer_id: int | None,
    review_by: date | None,
    *,
    actor: Actor,
    now: datetime,
) -> Case:
    """DomainError for somebody who may not write cases, and for a day that is over."""
    case = locked(session, case_id)
    new = {"owner_id": owner_id, "reviewer_id": reviewer_id, "review_by": review_by}
    changed = {name: value for name, value in new.items() if getattr(case, name) != value}
    known = {person.id for person in authors(session)}
    for name in ("owner_id", "reviewer_id"):
        if changed.get(name) is not None and changed[name] not in known:
            raise DomainError("Choose somebody who may write cases.", field=name)
    day = changed.get("review_by")
    if isinstance(day, date) and day < local_date(now, zone()):
        raise DomainError("This day is over. Choose one that is still to come.", field="review_by")
    _set(session, case, changed, actor=actor, now=now)
    return case


def looked_at(session: Session, case: Case, now: datetime) -> None:
    """A reviewed version was published: the next look is due an interval later, unless one that is
    still far enough away was set by hand."""
    today = local_date(now, zone())
    if case.review_by is None or case.review_by <= policy.listed_until(session, today):
        case.review_by = policy.next_day(session, today)


def still_holds(
    session: Session, case_id: int, seen: date | None, *, actor: Actor, now: datetime
) -> Case:
    """Somebody has read the case that was due on the day `seen`, and it is right as it stands.

    Asked for again it is done already.
    """
    case = locked(session, case_id)
    if case.review_by == seen:
        day = policy.next_day(session, local_date(now, zone()))
        _set(session, case, {"review_by": day}, actor=actor, now=now)
    return case


def _set(
    session: Session, case: Case, new: dict[str, int | date | None], *, actor: Actor, now: datetime
) -> None:
    if not new:
        return
    old = {name: getattr(case, name) for name in new}
    for name, value in new.items():
        setattr(case, name, value)
    audit.record(
        session, actor, "case.keep", ("case", case.id), now=now, old=_plain(old), new=_plain(new)
    )


def _plain(values: dict[str, int | date | None]) -> dict[str, int | str | None]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def tell_reviewer(session: Session, version: CaseVersion, now: datetime) -> None:
    """The case's own reviewer learns that a version of it waits, unless they wrote in it."""
    reviewer = version.case.reviewer_id
    if reviewer is None or reviewer in version.editor_ids:
        return
    text = Localized(
        f"案例“{version.title.pick('zh')}”的新版本等待评审。",
        f"A version of “{version.title.pick('en')}” waits for your review.",
    )
    notify(session, [reviewer], "case.review", text, f"/cases/draft/{version.id}", now)
