"""What is stored about a person, and taking their name off it when they have left for good."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, select, update

from lms import audit
from lms.appeals.models import Appeal
from lms.audit import Actor
from lms.courses.deadlines.models import ExtensionRequest
from lms.courses.sessions.models import Attendance, CalendarFeed
from lms.db import Model, Session
from lms.errors import DomainError
from lms.people import names
from lms.people.leaving import erased_number
from lms.people.models import Account, Clearance, Leave, Notification, Person, RoleAssignment
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.uploads import services as uploads


def stored_about(session: Session, person: Person) -> Mapping[str, Any]:
    """Rows by table, the core's under `core` and each enabled plugin's under its name."""
    parts: dict[str, Any] = {"core": _core_rows(session, person.id)}
    for decision in plugins().decide(hookspecs.lms_export, person.id):
        if decision.error:
            raise _refused(decision.plugin, decision.error)
        if decision.value:
            parts[decision.plugin] = decision.value
    return parts


def export_person(
    session: Session, person: Person, *, actor: Actor, now: datetime
) -> Mapping[str, Any]:
    """What is stored about the person, with the note in the audit log that it was taken."""
    stored = stored_about(session, person)
    audit.record(session, actor, "person.export", ("person", person.id), now=now)
    return stored


def erase_person(
    session: Session, person: Person, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Results, ranks and the audit log stay, about somebody who has no name any more."""
    if person.left_on is None:
        raise DomainError("Only somebody who has left can be erased.")
    names.changed(session)
    for model in (Account, CalendarFeed, Notification, RoleAssignment):
        session.execute(delete(model).where(model.person_id == person.id))
    for told in (Appeal, Attendance, Clearance, ExtensionRequest, Leave):
        session.execute(update(told).where(told.person_id == person.id).values(reason=""))
    session.execute(update(Appeal).where(Appeal.person_id == person.id).values(decision=""))
    uploads.forget_person(session, person.id, now)
    person.name, person.staff_no = "–", erased_number(person)
    person.email = person.email_at = None
    rows: dict[str, int] = {}
    for decision in plugins().decide(hookspecs.lms_erase, person.id, now):
        if decision.error:
            raise _refused(decision.plugin, decision.error)
        rows[decision.plugin] = decision.value or 0
    audit.record(
        session, actor, "person.erase", ("person", person.id), now=now, reason=reason, plugins=rows
    )


def _refused(plugin: str, why: str) -> DomainError:
    return DomainError(
        "The plugin %(plugin)s failed, so nothing was done: %(why)s", plugin=plugin, why=why
    )


def _core_rows(session: Session, person_id: int) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in Model.metadata.sorted_tables:
        column = _owner(table)
        if column is None:
            continue
        rows = session.execute(select(table).where(column == person_id)).mappings()
        # A hash of a password or of a link is a key to the account, not a fact about the person.
        kept = [{k: v for k, v in row.items() if not k.endswith("_hash")} for row in rows]
        if kept:
            found[table.name] = kept
    return found


def _owner(table: Table) -> Any:
    if table.name.startswith("plugin_"):
        return None
    return table.c.id if table.name == Person.__tablename__ else table.c.get("person_id")
