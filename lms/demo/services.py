"""Making the demo organisation, once."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from lms import audit
from lms.clock import Month, local_date
from lms.db import Localized, Session
from lms.demo import drills, files, learning, library, sessions, writing
from lms.demo.roster import DemoPerson, people
from lms.errors import DomainError
from lms.events import DemoMade
from lms.people import services
from lms.people.accounts import hash_password
from lms.people.demo import demo_accounts
from lms.people.models import Account, Channel, Employment, Level, Person, RoleAssignment
from lms.people.organisation import organisation, zone
from lms.plugins.bus import emit
from lms.results import importing
from lms.results.closing import close_month

SEED = 20260101
MONTHS = 18
DEMO = audit.Actor(None, "demo")

Progress = Callable[[str], None]


def load_demo(session: Session, now: datetime, say: Progress) -> bool:
    """Make the organisation and commit it; False, and nothing done, where it is there already.

    DomainError in an organisation that has people of its own.
    """
    own = organisation(session)
    if own.is_demo:
        return False
    if services.count(session):
        raise DomainError("There are people here already: the demo needs an empty database.")
    today = local_date(now, zone())
    last = Month.of(today).plus(-1)
    first = last.plus(1 - MONTHS)
    chance = random.Random(SEED)  # noqa: S311  plausible figures, not secrets
    staff = [*_accounts(today, first), *people(chance, first.first_day, last.last_day)]
    staff += _new_hires(chance, today, SIZE_OF_WEEK)
    say("people, leave")
    _import(session, importing.ROSTER, files.roster(staff), "花名册.csv", now)
    _import(session, importing.LEAVE, files.leave(staff), "休假.csv", now)
    for number in range(MONTHS):
        month = first.plus(number)
        say(f"figures of {month}")
        content = files.kpi(staff, month, number, chance)
        _import(session, importing.KPI, content, f"客服KPI-{month}.csv", now)
        if month != last:
            # The latest closed month assigns retraining; those before it are history.
            assign = month == last.plus(-1)
            close_month(session, month, assign=assign, actor=DEMO, now=now)
    say("accounts, courses under way")
    _give_accounts(session, now)
    trainer = session.scalars(select(Person).where(Person.staff_no == "DEMO04")).one()
    learning.begin_weeks(session, trainer, now)
    agent = session.scalars(select(Person).where(Person.staff_no == "DEMO02")).one()
    sessions.hold_sessions(session, trainer, agent, now)
    sessions.listen_in(session, trainer, now)
    learning.ask_for_time(session, now)
    learning.say_for_whom(session, now)
    writing.begin_draft(session, trainer, now)
    drills.practise(session, agent, now)
    library.hand_out(session, trainer, now)
    emit(DemoMade(now))
    learning.say_feedback(session, chance, last)
    own.is_demo = True
    own.name = Localized("晨光客服中心（演示）", "Morning Light Care Centre (demo)")
    session.commit()
    return True


SIZE_OF_WEEK = 6


def _accounts(today: date, first: Month) -> list[DemoPerson]:
    """The accounts of the sign-in page; the hire starts today and is not cleared."""
    made = []
    for account in demo_accounts():
        is_hire = account.staff_no == "DEMO01"
        hired = today if is_hire else first.first_day - timedelta(days=200)
        made.append(
            DemoPerson(
                staff_no=account.staff_no,
                name=account.name,
                team="一组",
                level=Level(account.level),
                channel=Channel.ONLINE,
                employment=Employment.REGULAR,
                hired_on=hired,
                cleared_on=None if is_hire else hired + timedelta(days=6),
                ability=0.66,
                drift=0.12,
                leave=None,
            )
        )
    return made


def _new_hires(chance: random.Random, today: date, count: int) -> list[DemoPerson]:
    """Hires in the middle of their first week."""
    models = people(chance, today - timedelta(days=90), today)[40 : 40 + count]
    return [
        replace(
            model,
            staff_no=f"SA9{number:03d}",
            level=Level.AGENT,
            employment=Employment.REGULAR,
            hired_on=today - timedelta(days=1 + number),
            cleared_on=None,
            leave=None,
        )
        for number, model in enumerate(models)
    ]


def _import(session: Session, kind: str, content: bytes, filename: str, now: datetime) -> None:
    run = importing.prepare(session, kind, content, filename, actor=DEMO, now=now)
    importing.confirm(session, run, accept_valid=False, actor=DEMO, now=now)


def _give_accounts(session: Session, now: datetime) -> None:
    accounts = demo_accounts()
    by_number = {
        p.staff_no: p
        for p in session.scalars(
            select(Person).where(Person.staff_no.in_([a.staff_no for a in accounts]))
        )
    }
    hashed = hash_password(accounts[0].password)  # one hash for all: it costs a third of a second
    for account in accounts:
        person = by_number[account.staff_no]
        session.add(Account(person_id=person.id, password_hash=hashed, session_version=1))
        if account.role:
            session.add(RoleAssignment(person_id=person.id, role=account.role))
    session.flush()
    audit.record(session, DEMO, "demo.load", ("organisation", 1), now=now)
