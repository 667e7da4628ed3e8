"""Certificates: issued once, seen by whom they concern."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import OPERATOR
from lms.db import db
from lms.people.models import Notification
from lms.people.privacy import erase_person, export_person
from lms.plugins.certificates.issuing import issue
from lms.plugins.certificates.models import Certificate
from lms.plugins.manager import plugins
from lms.plugins.models import PluginState
from tests.conftest import NOW, Auth, People
from tests.plugins.certificates.conftest import Completions


def test_completing_a_course_issues_one(
    both_apps: Flask, persons: People, complete: Completions
) -> None:
    person = persons.add()
    certificate = complete(person)
    assert certificate is not None
    assert certificate.holder == person.name
    assert certificate.issued_on == date(2026, 11, 2)
    assert certificate.expires_on is None
    assert certificate.number == f"SA-2026-{certificate.id:06d}"
    assert issue(db.session(), certificate.enrolment_id, NOW).id == certificate.id
    notices = select(Notification.url).where(Notification.kind == "certificate")
    assert db.session.scalars(notices).all() == [f"/certificates/{certificate.id}"]


def test_retraining_earns_none(app: Flask, persons: People, complete: Completions) -> None:
    assert complete(persons.add(), kind="retraining") is None


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_the_page_is_in_both_languages(
    app: Flask, auth: Auth, persons: People, complete: Completions, locale: str
) -> None:
    person = persons.add()
    certificate = complete(person, "onboarding", clears=True)
    assert certificate is not None
    client = auth.login(person, locale)
    page = client.get(f"/certificates/{certificate.id}").text
    for said in ("结业证书", "Certificate of completion", "新人培养onboarding", "具备上岗资格"):
        assert said in page
    assert "Onboarding onboarding" in page
    assert person.name in page
    assert certificate.shown_code in page
    assert f"/verify/{certificate.number}/{certificate.shown_code}" in page
    assert certificate.number in client.get("/certificates").text


def test_what_it_says_stays_when_the_name_changes(
    app: Flask, persons: People, complete: Completions
) -> None:
    person = persons.add()
    certificate = complete(person)
    assert certificate is not None
    before, person.name = person.name, "新名字"
    db.session.commit()
    assert certificate.holder == before


def test_holder_hr_and_supervisor_see_it_others_do_not(
    app: Flask, auth: Auth, persons: People, complete: Completions
) -> None:
    person = persons.add()
    certificate = complete(person)
    assert certificate is not None
    where = f"/certificates/{certificate.id}"
    who = {
        "holder": person,
        "training_manager": persons.add("training_manager"),
        "hr": persons.add("hr"),
        "supervisor": persons.add("supervisor"),
        "colleague": persons.add(),
        "trainer": persons.add("trainer"),
        "other_supervisor": persons.add("supervisor", team="二组"),
    }
    for number, (name, viewer) in enumerate(who.items()):
        client, expected = auth.login(viewer), 200 if number < 4 else 403
        assert client.get(where).status_code == expected, name
        if expected == 403:
            assert client.get(f"{where}.pdf").status_code == 403, name
    assert app.test_client().get(where).status_code == 302
    assert "No certificates yet" in auth.login(who["colleague"]).get("/certificates").text


def test_home_and_person_page_show_them(
    app: Flask, auth: Auth, persons: People, complete: Completions
) -> None:
    person = persons.add()
    certificate = complete(person)
    assert certificate is not None
    assert certificate.number in auth.login(person).get("/more").text
    where = f"/people/{person.id}"
    assert certificate.number in auth.login(persons.add("hr")).get(where).text
    assert certificate.number not in auth.login(persons.add("trainer")).get(where).text


def test_without_the_plugin_there_is_no_trace(
    app: Flask, auth: Auth, persons: People, complete: Completions
) -> None:
    person = persons.add()
    certificate = complete(person, "first")
    assert certificate is not None
    number, code = certificate.number, certificate.code
    db.session.add(PluginState(name="certificates", is_enabled=False, changed_at=NOW))
    db.session.commit()
    plugins().forget_states()
    complete(person, "second")
    client = auth.login(person)
    home = client.get("/").text
    assert number not in home
    assert 'href="/certificates"' not in home
    for path in ("/certificates", "/certificates/1", "/verify", f"/verify/{number}/{code}"):
        assert client.get(path).status_code == 404


def test_export_and_erasure(both_apps: Flask, persons: People, complete: Completions) -> None:
    person = persons.add()
    certificate = complete(person)
    assert certificate is not None
    name = person.name
    exported = export_person(db.session(), person, actor=OPERATOR, now=NOW)
    assert exported["certificates"]["certificates"][0]["holder"] == name
    person.left_on = NOW.date()
    erase_person(db.session(), person, reason="asked for it", actor=OPERATOR, now=NOW)
    db.session.commit()
    assert db.session.scalar(select(func.count()).where(Certificate.holder != "")) == 0
    visitor = both_apps.test_client()
    page = visitor.get(f"/verify/{certificate.number}/{certificate.shown_code}")
    assert page.status_code == 404
    assert name not in page.text
