"""Moments worth a pause: the first sign-in, a day done, being cleared. Each is shown until it is
left, once; leaving it is stored, so that it does not come back on another device."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.courses.gating import ModuleStanding, Standing
from lms.courses.models import MomentSeen
from lms.db import Session
from lms.errors import NotFound

WELCOME = "welcome"
_KNOWN = re.compile(r"welcome|day-\d{1,9}-\d{1,4}|cleared-\d{4}-\d{2}-\d{2}")


def day_done(week: Standing) -> ModuleStanding | None:
    """The last module of the week that is done, as long as there are others to come."""
    done = [module for module in week.modules if _ends_its_day(week, module)]
    return done[-1] if done and len(done) < len(week.modules) else None


def _ends_its_day(week: Standing, module: ModuleStanding) -> bool:
    """Parts that open on the same day are one day."""
    day = module.module.opens_on_day
    return module.is_done and all(
        other.is_done
        for other in week.modules
        if day is not None and other.module.opens_on_day == day
    )


def name_of_day(week: Standing, module: ModuleStanding) -> str:
    return f"day-{week.enrolment.id}-{week.modules.index(module) + 1}"


def is_new(session: Session, person_id: int, moment: str) -> bool:
    here = (MomentSeen.person_id == person_id, MomentSeen.moment == moment)
    return session.scalar(select(MomentSeen.id).where(*here)) is None


def of_week(session: Session, person_id: int, week: Standing) -> str | None:
    """What a hire's start page begins with today, if they have not left it: the day that is done
    before anything else, else the welcome."""
    module = day_done(week)
    wanted = [name_of_day(week, module)] if module else [WELCOME]
    seen = session.scalars(
        select(MomentSeen.moment).where(
            MomentSeen.person_id == person_id, MomentSeen.moment.in_(wanted)
        )
    ).all()
    return next((moment for moment in wanted if moment not in seen), None)


def leave(session: Session, person_id: int, moment: str, now: datetime) -> None:
    """Not shown again to this person; leaving it twice is leaving it once."""
    if not _KNOWN.fullmatch(moment):
        raise NotFound("There is nothing like this here.")
    try:
        with session.begin_nested():
            session.add(MomentSeen(person_id=person_id, moment=moment, seen_at=now))
    except IntegrityError:
        return
