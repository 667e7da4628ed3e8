"""Somebody with two hundred courses under way still gets a light start page."""

from datetime import date

from sqlalchemy import select

from lms.courses.models import Enrolment, Module, Programme, ProgrammeVersion, Step
from lms.db import Localized, db
from tests.conftest import Auth, People
from tests.counting import statements

from .conftest import School

COURSES = 200
TODAY = date(2026, 11, 2)


def topic(number: int, school: School) -> Programme:
    title, now = Localized(f"课{number}", f"course {number}"), school.clock.now()
    step = Step(key="one", position=1, kind="lesson", title=title, minutes=5, config={})
    module = Module(key="unit", position=1, title=title, steps=[step])
    version = ProgrammeVersion(
        number=1, title=title, summary=title, due_days=7, grants_clearance=False, content_hash="",
        created_at=now, modules=[module],
    )  # fmt: skip
    return Programme(key=f"topic-{number}", kind="topic", versions=[version])


def test_the_start_page_stays_within_its_bounds(
    school: School, persons: People, auth: Auth
) -> None:
    person = persons.add()
    client = auth.login(person)
    db.session.add_all(topic(number, school) for number in range(COURSES))
    db.session.flush()
    versions = db.session.scalars(
        select(ProgrammeVersion).where(ProgrammeVersion.content_hash == "")
    ).all()
    db.session.add_all(
        Enrolment(
            person_id=person.id, programme_id=version.programme_id, version_id=version.id,
            starts_on=TODAY, due_on=TODAY, created_at=school.clock.now(),
        )
        for version in versions
    )  # fmt: skip
    db.session.commit()
    for path, said in (("/", f"All {COURSES} courses"), ("/courses", f"{COURSES} entries")):
        client.get(path)
        db.session.rollback()
        with statements() as seen:
            page = client.get(path)
        db.session.rollback()
        assert said in page.text and len(seen) <= 6, path
        assert len(page.data) < 50_000, path
