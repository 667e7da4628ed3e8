"""Before a certificate ends its holder and their supervisors are told, twice at most."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lms.plugins.api import (
    Localized,
    Person,
    Session,
    local_date,
    notify,
    policies,
    supervisors_of,
    zone,
)
from lms.plugins.certificates.models import Certificate, Reminder
from lms.plugins.certificates.policy import ISSUING
from lms.plugins.certificates.states import is_current

FIRST, LAST = "first", "last"
# In one transaction; the rest follows at the next run.
_AT_ONCE = 200


def remind(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """The periodic job. The last reminder goes first: who got it needs no first one any more."""
    policy = policies.in_force(session, ISSUING)
    today = local_date(now, zone())
    for stage, days, told in (
        (LAST, policy["remind_last"], (LAST,)),
        (FIRST, policy["remind_first"], (FIRST, LAST)),
    ):
        for certificate in _due(session, today, days, told) if days else ():
            _tell(session, certificate, now)
            session.add(Reminder(certificate_id=certificate.id, stage=stage, sent_at=now))
        session.flush()


def _due(session: Session, today: date, days: int, told: tuple[str, ...]) -> Sequence[Certificate]:
    """Those that end within the days, of people who were not told at any of the stages."""
    were_told = select(Reminder.certificate_id).where(Reminder.stage.in_(told))
    return session.scalars(
        select(Certificate)
        .join(Certificate.person)
        .options(contains_eager(Certificate.person))
        .where(
            is_current(),
            Certificate.expires_on.between(today, today + timedelta(days=days)),
            Certificate.id.not_in(were_told),
            Certificate.holder != "",
            Person.left_on.is_(None),
        )
        .order_by(Certificate.expires_on, Certificate.id)
        .limit(_AT_ONCE)
    ).all()


def _tell(session: Session, certificate: Certificate, now: datetime) -> None:
    person, end = certificate.person, certificate.expires_on
    zh, en = certificate.title.pick("zh"), certificate.title.pick("en")
    url = f"/certificates/{certificate.id}"
    mine = Localized(
        f"您的“{zh}”证书将于 {end} 到期，重新完成该课程即可续期。",
        f"Your certificate for “{en}” ends on {end}; completing the course again renews it.",
    )
    theirs = Localized(
        f"{person.name}（{person.staff_no}）的“{zh}”证书将于 {end} 到期。",
        f"The certificate of {person.name} ({person.staff_no}) for “{en}” ends on {end}.",
    )
    notify(session, [person.id], "certificate.expiring", mine, url, now)
    notify(session, supervisors_of(session, person), "certificate.expiring", theirs, url, now)
