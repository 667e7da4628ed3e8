"""The public page: whoever holds the paper learns whether it holds, and no more."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.app import create_app
from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.db import db
from lms.plugins.certificates import issuing
from lms.plugins.certificates.models import Certificate
from lms.plugins.certificates.words import shown_name
from tests.conftest import NOW, People, _settings
from tests.plugins.certificates.conftest import Completions, set_policy

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def certificate(persons: People, complete: Completions) -> Certificate:
    found = complete(persons.add(name="王小明"))
    assert found is not None
    return found


def address(certificate: Certificate) -> str:
    return f"/verify/{certificate.number}/{certificate.shown_code}"


@pytest.mark.parametrize(
    ("policy", "shown"), [("full", "王小明"), ("masked", "王**"), ("none", "")]
)
def test_the_name_as_far_as_the_policy_says(
    app: Flask, client: FlaskClient, certificate: Certificate, policy: str, shown: str
) -> None:
    if policy != "masked":  # which is how it is delivered
        set_policy(app, NOW, name_shown=policy)
    page = client.get(address(certificate), headers=ENGLISH).text
    assert "is valid" in page
    assert "Onboarding topic" in page
    assert ("王小明" in page) == (policy == "full")
    assert shown in page
    assert ("not shown here" in page) == (policy == "none")
    assert certificate.person.staff_no not in page


def test_names_are_masked_word_by_word() -> None:
    names = {"王小明": "王**", "欧阳修": "欧**", "王": "*", "John  Smith": "J*** S****", "": ""}
    assert {name: shown_name(name, "masked") for name in names} == names


def test_however_it_is_typed(app: Flask, client: FlaskClient, certificate: Certificate) -> None:
    number, code = certificate.number, certificate.shown_code
    for path in (
        f"/verify/{number.lower()}/{code.lower()}",
        f"/verify/{number.replace('-', '')}/{certificate.code}",
        f"/verify/{number.removeprefix('SA-')}/{code.replace('-', ' ')}",
    ):
        assert client.get(path).status_code == 200, path


def test_neither_number_nor_code_opens_it_alone(
    app: Flask,
    client: FlaskClient,
    certificate: Certificate,
    persons: People,
    complete: Completions,
) -> None:
    other = complete(persons.add(), "other")
    assert other is not None
    number, code = certificate.number, certificate.shown_code
    for path in (
        f"/verify/{number}/{other.shown_code}",
        f"/verify/{other.number}/{code}",
        f"/verify/{number.replace('2026', '2025')}/{code}",
        f"/verify/{number}/AAAA-BBBB-CCCC",
        f"/verify/SA-2026-999999999999/{code}",
        f"/verify/{number}/x",
        f"/verify/{number}/<b>",
        f"/verify/%25/{'A' * 300}",
        f"/verify/SA-２０２６-000001/{code}",
    ):
        page = client.get(path, headers=ENGLISH)
        assert page.status_code == 404, path
        assert "no certificate with this number and code" in page.text
    # On older prints there is the code alone; it leads to the form that asks for the number.
    page = client.get(f"/verify/{code}", headers=ENGLISH, follow_redirects=True)
    assert code in page.text
    assert "is valid" not in page.text


def test_the_form_leads_to_the_address(app: Flask, client: FlaskClient) -> None:
    assert client.get("/verify").status_code == 200
    answer = client.get("/verify?number=SA-2026-000001&code=abcd-efgh-2345")
    assert answer.location == "/verify/SA-2026-000001/abcd-efgh-2345"
    assert client.get("/verify?number=SA-2026-000001").status_code == 200


def test_what_holds_no_more_says_so(
    app: Flask, client: FlaskClient, certificate: Certificate, clock: SettableClock
) -> None:
    def page() -> str:
        text = client.get(address(certificate), headers=ENGLISH).text
        db.session.rollback()
        return text

    certificate.expires_on = NOW.date()
    db.session.commit()
    assert "is valid" in page()
    clock.advance(days=1)
    assert "has expired" in page()
    certificate.expires_on = NOW.date() + timedelta(days=90)
    asked = {"reason": "name changed by marriage", "actor": OPERATOR, "now": clock.now()}
    issuing.reissue(db.session(), certificate.id, **asked)
    db.session.commit()
    assert "replaced by a newer one" in page()
    new = db.session.scalars(select(Certificate).where(Certificate.id != certificate.id)).one()
    secret = "complaint 4711 proved true"
    issuing.revoke(db.session(), new.id, **asked | {"reason": secret})
    db.session.commit()
    text = client.get(address(new), headers=ENGLISH).text
    assert "was revoked" in text
    assert secret not in text


def test_guessing_is_slowed_down(
    app: Flask, certificate: Certificate, tmp_path: Path, clock: SettableClock
) -> None:
    limited = create_app(replace(_settings(tmp_path), rate_limits=True), clock)
    with limited.app_context():
        visitor = limited.test_client()
        path = f"/verify/{certificate.number}/AAAA-BBBB-CCCC"
        answers = [visitor.get(path).status_code for _ in range(31)]
        assert answers == [404] * 30 + [429]
        db.session.remove()
        db.engine.dispose()
