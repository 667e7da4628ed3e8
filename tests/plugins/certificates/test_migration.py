"""What was issued before certificates could end is there afterwards, with its issuer."""

from flask import Flask
from sqlalchemy import select, text

from lms.db import db
from lms.people.organisation import organisation
from lms.plugins import migrations
from lms.plugins.certificates.models import Certificate
from lms.plugins.manager import plugins
from tests.conftest import People
from tests.plugins.certificates.conftest import Completions


def test_old_ones_are_kept(both_apps: Flask, persons: People, complete: Completions) -> None:
    person = persons.add()
    complete(person)
    second = complete(person)  # takes the place of the first, for which 0001 has no room
    assert second is not None
    number, code, name = second.number, second.code, organisation(db.session()).name
    history = next(h for h in migrations.histories(plugins()) if h.name == "certificates")
    db.session.rollback()
    db.session.remove()
    migrations.downgrade(history, "0001")
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT code FROM plugin_certificates_certificate")).all()
    assert [row[0] for row in rows] == [code]
    migrations.upgrade(history)
    found = db.session.scalars(select(Certificate)).one()
    assert (found.number, found.code, found.issuer) == (number, code, name)
    assert (found.expires_on, found.revoked_reason, found.superseded_at) == (None, "", None)
