"""Taking the demo organisation away again, so that a real one can begin in the same place.

Everything goes, what people tried out in the demo included: whatever was made there was made by
people who do not exist. The tables stay, and the starter content is loaded afresh.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, inspect, select, text

from lms import audit
from lms.courses.models import Enrolment
from lms.db import Model, Session
from lms.errors import DomainError
from lms.people.models import Account, Person, Team
from lms.people.organisation import organisation
from lms.results.models import MonthClose

# Deeds that bring in real people or figures, unless the demo itself did them.
_BRINGS_DATA = ("person.add", "people.import", "leave.import", "kpi.import", "month.close")
_NAMED = 5


def contents(session: Session) -> Mapping[str, int]:
    """What will go, counted: people, accounts, teams, enrolments, closed months."""
    tables: Mapping[str, type[Model]] = {
        "people": Person, "accounts": Account, "teams": Team, "enrolments": Enrolment,
        "closed months": MonthClose,
    }  # fmt: skip
    return {
        name: session.scalar(select(func.count()).select_from(model)) or 0
        for name, model in tables.items()
    }


def check(session: Session) -> None:
    """DomainError where there is no demo, or where more than the demo came in since."""
    if not organisation(session).is_demo:
        raise DomainError("There is no demo here.")
    entry = audit.AuditEntry
    real = session.scalars(
        select(entry)
        .where(entry.action.in_(_BRINGS_DATA), entry.via != "demo")
        .order_by(entry.at)
        .limit(_NAMED)
    ).all()
    if real:
        deeds = ", ".join(f"{one.action} ({one.at:%Y-%m-%d %H:%M} UTC)" for one in real)
        raise DomainError(
            "People or figures came in that are not the demo's: %(deeds)s. Nothing was removed; "
            "begin with an empty database instead.",
            deeds=deeds,
        )


def remove(session: Session, now: datetime) -> None:
    """Empty every table; the caller commits, all or nothing, and makes the site as `lms init` does.

    The versions of the schema stay; everything else is as on the first day, plugins' settings and
    switched-off plugins included.
    """
    check(session)
    session.expunge_all()
    _empty(session)
    organisation(session)
    audit.record(session, audit.OPERATOR, "demo.remove", ("organisation", 1), now=now)


def _empty(session: Session) -> None:
    connection = session.connection()
    names = [name for name in inspect(connection).get_table_names() if not _is_kept(name)]
    quoted = [connection.dialect.identifier_preparer.quote(name) for name in names]
    if connection.dialect.name == "postgresql":
        session.execute(text(f"TRUNCATE {', '.join(quoted)} RESTART IDENTITY CASCADE"))
        return
    # Foreign keys are looked at when the transaction ends: there is nothing left to refer to then.
    session.execute(text("PRAGMA defer_foreign_keys=ON"))
    for name in quoted:
        session.execute(text(f"DELETE FROM {name}"))


def _is_kept(table: str) -> bool:
    """The schema's versions."""
    return table.endswith("_alembic")
