"""What a close counts today stands with those from before, too."""

from flask import Flask
from sqlalchemy import select

from lms.db import db
from lms.plugins import migrations
from lms.plugins.manager import plugins
from lms.results.models import MonthClose
from tests.conftest import People
from tests.results.test_pages import cleared, closed


def test_closes_from_before_are_counted(app: Flask, persons: People) -> None:
    for number in range(1, 13):
        cleared(persons.add(staff_no=f"A{number:02}"))
    closed()
    close = db.session.scalars(select(MonthClose)).one()
    today = close.summary
    ranked = {name: count for name, count in today["ranked"].items() if name != "csat"}
    close.summary = {k: v for k, v in today.items() if k != "metrics"} | {"ranked": ranked}
    db.session.commit()
    db.session.remove()
    core = next(h for h in migrations.histories(plugins()) if h.table_prefix is None)
    migrations.downgrade(core, "0037")
    migrations.upgrade(core)
    assert db.session.scalars(select(MonthClose.summary)).one() == today
    assert today["ranked"]["csat"] == 12 and "csat" in today["metrics"]
