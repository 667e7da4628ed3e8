"""A major version published on screen: seen before, and asked of those it is about."""

from flask.testing import FlaskClient
from sqlalchemy import select

from lms.courses import queries
from lms.courses.models import Enrolment, Programme
from lms.db import db
from tests.conftest import People
from tests.courses.conftest import School

from .kit import begin, change, draft, programme, publish


def test_it_is_looked_at_then_asked(school: School, trainer: FlaskClient, persons: People) -> None:
    cleared = persons.add(name="王上岗")
    school.complete(school.enrol(cleared))
    at = begin(trainer)
    change(trainer, f"{at}/steps/one", body__en="Refunds take **48** hours")
    page = trainer.get(f"{at}/publish").text
    assert "1 person was cleared by an older version" in page and "王上岗" in page
    assert "from Tue 10 Nov on" in page
    major = {"is_major": "y", "steps": ["one"], "due_on": "2026-11-20"}
    looked = publish(trainer, look="1", **major)
    assert looked.status_code == 200 and "from Sat 21 Nov on" in looked.text
    for wrong in ({"steps": []}, {"steps": ["nine"]}, {"due_on": "2026-11-02"}, {"due_on": ""}):
        assert publish(trainer, **(major | wrong)).status_code == 400
    assert publish(trainer, **major).status_code == 303
    version = queries.latest_version(db.session(), programme().id)
    assert version is not None and (version.number, version.major) == (2, 2)
    assert version.delta == {"steps": ["one"], "due_days": 18}
    asked = db.session.scalars(
        select(Enrolment).join(Programme).where(Programme.kind == "delta")
    ).one()
    assert (asked.person_id, asked.due_on.isoformat()) == (cleared.id, "2026-11-20")
    # The delta is no programme to write in, and the next draft asks nothing by itself.
    db.session.rollback()
    assert "What changed" not in trainer.get("/programmes").text
    begin(trainer)
    assert "delta" not in draft().document and draft().document["major"] == 2


def test_what_is_said_of_clearing_counts_while_it_clears(
    school: School, trainer: FlaskClient
) -> None:
    at = begin(trainer)
    found = draft()
    found.document = found.document | {
        "major": 2, "clears_for": ["phone"], "grants_clearance": False,
    }  # fmt: skip
    db.session.commit()
    page = trainer.get(f"{at}/publish")
    assert page.status_code == 200 and "A major version" not in page.text
    assert publish(trainer).status_code == 303
    version = queries.latest_version(db.session(), programme().id)
    assert version is not None and (version.major, version.clears_for) == (1, None)
