"""What the guided start changes: the organisation's own settings, and what is left out."""

from datetime import datetime
from zoneinfo import available_timezones

from lms import audit
from lms.audit import Actor
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.people.organisation import organisation
from lms.setup.facts import Item
from lms.setup.models import SetupSkip

_LEAST_REASON = 5


def set_organisation(
    session: Session, name: Localized, timezone: str, *, actor: Actor, now: datetime
) -> bool:
    """Name and time zone; False if nothing differs. DomainError names the field that is wrong."""
    if not name:
        raise DomainError("Enter the name in one language at least.", field="name_zh")
    if timezone not in available_timezones():
        raise DomainError("There is no such time zone.", field="timezone")
    own = organisation(session)
    old = [own.name.zh, own.name.en, own.timezone]
    new = [name.zh, name.en, timezone]
    if old == new:
        return False
    own.name, own.timezone = name, timezone
    subject = ("organisation", own.id)
    audit.record(session, actor, "organisation.edit", subject, now=now, old=old, new=new)
    return True


def skip(session: Session, item: Item, reason: str, *, actor: Actor, now: datetime) -> None:
    """Leave it out, for a reason that everybody who looks at the list reads."""
    reason = reason.replace("\0", "").strip()
    if len(reason) < _LEAST_REASON:
        raise DomainError(
            "Write the reason in at least %(count)s characters.",
            field="reason",
            count=_LEAST_REASON,
        )
    found = session.get(SetupSkip, item) or SetupSkip(item=item)
    found.reason, found.person_id, found.at = reason[:300], actor.person_id, now
    session.add(found)
    audit.record(
        session, actor, "setup.skip", ("organisation", 1), now=now, reason=reason, item=item
    )


def take_up(session: Session, item: Item, *, actor: Actor, now: datetime) -> None:
    """Not left out any more."""
    found = session.get(SetupSkip, item)
    if found is not None:
        session.delete(found)
        audit.record(session, actor, "setup.take_up", ("organisation", 1), now=now, item=item)
