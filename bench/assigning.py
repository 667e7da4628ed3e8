"""What it takes to enrol 20,000 people by rule: `python -m bench.assigning [DATABASE_URL]`.

Without a URL on SQLite, in a folder of its own; a PostgreSQL database that is named must be empty.
Printed are the seconds of the job (enrolments, audit entries and notices, to the commit), of the
same again when everybody is enrolled, of a round of following with nothing to do, of the preview,
and of taking everybody off.
"""

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import func, insert, select

from lms.app import create_app
from lms.audit import OPERATOR
from lms.cli.site import prepare_site
from lms.config import Settings
from lms.courses.audience import assigning, following, versions
from lms.courses.audience.preview import preview
from lms.courses.audience.rule import Audience
from lms.courses.models import Enrolment, Programme
from lms.db import db
from lms.jobs import drain
from lms.people.models import Clearance, Person, Team
from lms.plugins.registry import all_jobs

PEOPLE, TEAMS = 20_000, 200


def organisation(now: datetime) -> None:
    """Everybody an agent, cleared on their first day; one in ten by e-mail, the others online."""
    session = db.session()
    session.add_all(Team(name=f"T{number:03d}") for number in range(TEAMS))
    session.flush()
    teams = session.scalars(select(Team.id)).all()
    first = date(2024, 1, 1)
    rows = [
        {
            "staff_no": f"B{number:05d}", "name": f"员工{number}", "team_id": teams[number % TEAMS],
            "level": "agent", "channel": "email" if number % 10 == 0 else "online",
            "employment": "regular", "hired_on": first + timedelta(days=number % 700),
            "created_at": now,
        }
        for number in range(PEOPLE)
    ]  # fmt: skip
    session.execute(insert(Person), rows)
    cleared = [
        {"person_id": i, "from_day": first, "source": "history", "granted_at": now}
        for i in session.scalars(select(Person.id))
    ]
    session.execute(insert(Clearance), cleared)
    session.commit()


def timed(what: str, work: Callable[[], object]) -> None:
    began = perf_counter()
    work()
    print(f"{what:34} {perf_counter() - began:6.2f} s", flush=True)


def main(url: str | None) -> None:
    with tempfile.TemporaryDirectory() as home:
        url = url or f"sqlite:///{home}/lms.sqlite3"
        app = create_app(Settings(home=Path(home), database_url=url))
        with app.app_context():
            measure(datetime.now(UTC))


def measure(now: datetime) -> None:
    prepare_site()
    organisation(now)
    session = db.session()
    print(f"{PEOPLE} people on {db.engine.dialect.name}")
    topic = session.scalars(select(Programme.id).where(Programme.key == "peak-logistics")).one()

    def rule(number: int, audience: Audience) -> None:
        versions.save(
            session, topic, audience, base_number=number, for_people_to_come=True,
            actor=OPERATOR, now=now,
        )  # fmt: skip
        session.commit()

    def assign(follow_until: date | None = None) -> None:
        assigning.assign(
            session, topic, base_number=1, starts_on=now.date() + timedelta(days=1),
            skip_completed=True, follow_until=follow_until, actor=OPERATOR, now=now,
        )  # fmt: skip
        session.commit()

    everybody = Audience(levels=("agent",), cleared=True)
    rule(0, everybody)
    drain(all_jobs(), now)  # the periodic jobs' first run is not what is measured
    timed("preview", lambda: preview(session, topic, everybody, now.date(), text="B0123"))
    assign(now.date() + timedelta(days=90))
    timed("enrol all", lambda: drain(all_jobs(), now))
    print(f"  enrolled {session.scalar(select(func.count(Enrolment.id)))}")
    timed("follow, nothing to do", lambda: _follow(now + timedelta(hours=1)))
    assign()
    timed("enrol all, everybody is already", lambda: drain(all_jobs(), now))
    rule(1, Audience(channels=("phone",)))
    timed("follow, everybody leaves", lambda: _follow(now + timedelta(hours=2)))


def _follow(now: datetime) -> None:
    following.follow_all(db.session(), {}, now)
    db.session.commit()


if __name__ == "__main__":
    main(*(sys.argv[1:2] or [None]))
