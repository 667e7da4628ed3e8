"""Certificates: issued once, seen by whom they concern, checked by anybody."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.courses import services as courses
from lms.courses.models import Module, Programme, ProgrammeVersion, Step, StepState
from lms.db import Localized, db
from lms.people.models import Notification, Person
from lms.people.privacy import erase_person, export_person
from lms.plugins.certificates.models import Certificate
from lms.plugins.certificates.services import issue
from lms.plugins.manager import plugins
from lms.plugins.models import PluginState
from tests.conftest import NOW, Auth, People


def complete(
    person: Person, key: str = "onboarding", *, clears: bool = False, kind: str = "topic"
) -> int:
    """Go through a programme of one step; returns the enrolment's id."""
    programme = db.session.scalar(select(Programme).where(Programme.key == key))
    if programme is None:
        programme = Programme(key=key, kind="onboarding" if clears else kind)
        version = ProgrammeVersion(
            programme=programme,
            number=1,
            title=Localized(f"新人培养{key}", f"Onboarding {key}"),
            summary=Localized(),
            due_days=7,
            grants_clearance=clears,
            content_hash="",
            created_at=NOW,
        )
        module = Module(version=version, key="m", position=1, title=Localized("一", "One"))
        step = Step(
            module=module,
            key="s",
            position=1,
            kind="lesson",
            minutes=5,
            title=Localized("课", "Lesson"),
            config={},
        )
        db.session.add_all([programme, version, module, step])
        db.session.commit()
    enrolment = courses.enrol(
        db.session(), person.id, programme.id, starts_on=NOW.date(), actor=OPERATOR, now=NOW
    )
    step = db.session.scalars(
        select(Step).join(Module).where(Module.version_id == enrolment.version_id)
    ).one()
    courses.set_step_state(
        db.session(), enrolment.id, step.id, StepState.COMPLETED, now=NOW, score=9000
    )
    db.session.commit()
    return enrolment.id


def test_retraining_earns_none(app: Flask, persons: People) -> None:
    complete(persons.add(), kind="retraining")
    assert db.session.scalar(select(func.count(Certificate.id))) == 0


def the_one() -> Certificate:
    return db.session.scalars(select(Certificate)).one()


def test_completing_a_course_issues_one(both_apps: Flask, persons: People) -> None:
    person = persons.add()
    enrolment_id = complete(person)
    certificate = the_one()
    assert certificate.holder == person.name
    assert certificate.issued_on == date(2026, 11, 2)
    assert certificate.number == f"SA-2026-{certificate.id:06d}"
    assert issue(db.session(), enrolment_id, NOW).id == certificate.id
    notices = select(Notification.url).where(Notification.kind == "certificate")
    assert db.session.scalars(notices).all() == [f"/certificates/{certificate.id}"]


def test_a_second_go_is_a_second_certificate(app: Flask, persons: People) -> None:
    person = persons.add()
    complete(person)
    complete(person)
    assert db.session.scalar(select(func.count(Certificate.id))) == 2


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_the_page_is_in_both_languages(
    app: Flask, auth: Auth, persons: People, locale: str
) -> None:
    person = persons.add()
    complete(person, clears=True)
    certificate = the_one()
    client = auth.login(person, locale)
    page = client.get(f"/certificates/{certificate.id}").text
    for said in ("结业证书", "Certificate of completion", "新人培养onboarding", "具备上岗资格"):
        assert said in page
    assert "Onboarding onboarding" in page
    assert person.name in page
    assert certificate.shown_code in page
    assert f"/verify/{certificate.shown_code}" in page
    assert certificate.number in client.get("/certificates").text


def test_what_it_says_stays_when_the_name_changes(app: Flask, persons: People) -> None:
    person = persons.add()
    complete(person)
    before = person.name
    person.name = "新名字"
    db.session.commit()
    assert the_one().holder == before


def test_holder_hr_and_supervisor_see_it_others_do_not(
    app: Flask, auth: Auth, persons: People
) -> None:
    person = persons.add()
    complete(person)
    where = f"/certificates/{the_one().id}"
    who = {
        "colleague": persons.add(),
        "hr": persons.add("hr"),
        "supervisor": persons.add("supervisor"),
        "other_supervisor": persons.add("supervisor", team="二组"),
    }
    seen = {name: auth.login(p).get(where).status_code for name, p in who.items()}
    assert seen == {"colleague": 403, "hr": 200, "supervisor": 200, "other_supervisor": 403}
    assert auth.login(person).get(where).status_code == 200
    assert app.test_client().get(where).status_code == 302
    assert "No certificates yet" in auth.login(who["colleague"]).get("/certificates").text


def test_anybody_can_check_a_code_and_learns_no_more(app: Flask, persons: People) -> None:
    person = persons.add()
    complete(person)
    certificate = the_one()
    visitor = app.test_client()
    for typed in (certificate.code, certificate.shown_code, certificate.shown_code.lower()):
        page = visitor.get(f"/verify/{typed}", headers={"Accept-Language": "en"})
        assert page.status_code == 200
        assert "is valid" in page.text
        assert person.name in page.text
        assert "Onboarding onboarding" in page.text
        assert person.staff_no not in page.text
        assert certificate.number not in page.text


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC", "x", "%25", "<b>", "A" * 300])
def test_a_code_that_is_none(app: Flask, code: str) -> None:
    page = app.test_client().get(f"/verify/{code}", headers={"Accept-Language": "en"})
    assert page.status_code == 404
    assert "no certificate with this code" in page.text


def test_the_form_leads_to_the_address(app: Flask, client) -> None:  # type: ignore[no-untyped-def]
    assert client.get("/verify").status_code == 200
    answer = client.get("/verify?code=abcd-efgh-2345")
    assert answer.location == "/verify/abcd-efgh-2345"


def test_home_and_person_page_show_them(app: Flask, auth: Auth, persons: People) -> None:
    person = persons.add()
    complete(person)
    number = the_one().number
    assert number in auth.login(person).get("/").text
    assert number in auth.login(persons.add("hr")).get(f"/people/{person.id}").text


def test_without_the_plugin_there_is_no_trace(
    app: Flask, auth: Auth, persons: People, clock: SettableClock
) -> None:
    person = persons.add()
    complete(person, "first")
    number = the_one().number
    db.session.add(PluginState(name="certificates", is_enabled=False, changed_at=NOW))
    db.session.commit()
    plugins().forget_states()
    complete(person, "second")
    client = auth.login(person)
    home = client.get("/").text
    assert number not in home
    assert 'href="/certificates"' not in home
    for path in ("/certificates", "/certificates/1", "/verify", f"/verify/{the_one().code}"):
        assert client.get(path).status_code == 404


def test_export_and_erasure(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    person = persons.add()
    complete(person)
    certificate = the_one()
    code, name = certificate.shown_code, person.name
    exported = export_person(db.session(), person, actor=OPERATOR, now=NOW)
    assert exported["certificates"]["certificates"][0]["holder"] == name
    person.left_on = NOW.date()
    erase_person(db.session(), person, reason="asked for it", actor=OPERATOR, now=NOW)
    db.session.commit()
    assert the_one().holder == ""
    page = both_apps.test_client().get(f"/verify/{code}")
    assert page.status_code == 404
    assert name not in page.text
