"""People in each role, and being one of them in a browser."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from lms.access import ROLES
from lms.audit import OPERATOR
from lms.db import db
from lms.people.models import Account, Channel, Employment, Level, Person, RoleAssignment
from lms.people.services import NewPerson, add_person


@dataclass
class People:
    now: datetime
    count: int = 0

    def add(self, *roles: str, **fields: Any) -> Person:
        """A person as HR would add them; `fields` as in `NewPerson` (name, team, level …)."""
        if unknown := set(roles) - set(ROLES):
            raise ValueError(f"there is no role {sorted(unknown)[0]!r}")
        self.count += 1
        new = NewPerson(
            staff_no=f"T{self.count:04d}",
            name=f"测试{self.count}",
            team="一组",
            level=Level.AGENT,
            channel=Channel.ONLINE,
            employment=Employment.REGULAR,
            hired_on=date(2025, 1, 6),
        )
        person = add_person(db.session(), replace(new, **fields), actor=OPERATOR, now=self.now)
        db.session.add_all(RoleAssignment(person_id=person.id, role=role) for role in roles)
        db.session.add(Account(person_id=person.id, session_version=1))
        db.session.commit()
        return person


def signed_in(app: Flask, person: Person, locale: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(_user_id=f"{person.id}.1", _fresh=True, locale=locale)
    return client
