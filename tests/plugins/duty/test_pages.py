"""The admin's pages: what is shown once, who may, what is written down."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit import AuditEntry
from lms.clock import SettableClock
from lms.db import db
from lms.people.clearance import grant_clearance
from lms.people.models import ApiToken
from lms.plugins.duty.delivering import deliver
from lms.plugins.duty.models import Delivery, Endpoint
from tests.conftest import OPERATOR, Auth, People
from tests.counting import statements
from tests.plugins.duty.conftest import Told
from tests.receivers import Receiver

Listen = Callable[[str], Told]


@pytest.fixture
def admin(app: Flask, auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add("admin"))


def shown(page: str) -> str | None:
    found = re.search(r'id="fresh" value="([^"]+)"', page)
    return found and found[1]


def actions() -> list[str]:
    wanted = select(AuditEntry.action).where(
        AuditEntry.action.like("duty.%") | AuditEntry.action.like("token.%")
    )
    return list(db.session.scalars(wanted.order_by(AuditEntry.id)))


def test_a_token_is_shown_once_opens_and_is_revoked(
    app: Flask, admin: FlaskClient, persons: People
) -> None:
    made = admin.post("/duty/tokens", data={"name": "CRM seven"}, follow_redirects=True)
    token = shown(made.text)
    assert token is not None and "CRM seven" in made.text
    assert shown(admin.get("/duty").text) is None
    headers = {"Authorization": f"Bearer {token}"}
    question = f"/api/v1/duty/{persons.add().staff_no}"
    assert app.test_client().get(question, headers=headers).status_code == 200
    # The name is taken as long as the token is in use; a double click makes one token.
    assert "in use has this name" in admin.post("/duty/tokens", data={"name": "CRM seven"}).text
    token_id = db.session.scalars(select(ApiToken.id)).one()
    for _ in range(2):
        assert admin.post(f"/duty/tokens/{token_id}/revoke").status_code == 303
    assert app.test_client().get(question, headers=headers).status_code == 401
    assert "opens nothing any more" in admin.get("/duty").text
    assert "CRM seven" not in admin.get("/duty").text
    assert actions() == ["token.create", "token.revoke"]
    entries = db.session.scalars(select(AuditEntry.details))
    assert not [e for e in entries if token in str(e)]
    again = admin.post("/duty/tokens", data={"name": "CRM seven"}, follow_redirects=True)
    assert shown(again.text) not in (None, token)


def test_an_endpoint_is_tried_and_its_message_sent_again(
    admin: FlaskClient, clock: SettableClock, receiver: Receiver
) -> None:
    page = admin.post("/duty/endpoints", data={"url": receiver.url}, follow_redirects=True).text
    endpoint = db.session.scalars(select(Endpoint)).one()
    assert shown(page) == endpoint.secret
    assert endpoint.secret not in admin.get("/duty").text
    receiver.status = 500
    admin.post(f"/duty/endpoints/{endpoint.id}/test")
    deliver(db.session(), {}, clock.now())
    assert "HTTP 500" in admin.get("/duty/deliveries?state=waiting").text
    assert "1 waits" in admin.get("/duty").text
    receiver.status = 200
    delivery_id = db.session.scalars(select(Delivery.id)).one()
    admin.post(f"/duty/deliveries/{delivery_id}/again")
    deliver(db.session(), {}, clock.now())
    assert len(receiver.got) == 2
    assert "HTTP 200" in admin.get("/duty/deliveries?state=delivered").text
    admin.post(f"/duty/endpoints/{endpoint.id}/remove")
    assert receiver.url not in admin.get("/duty").text
    assert "Send again" not in admin.get("/duty/deliveries").text
    assert admin.post(f"/duty/deliveries/{delivery_id}/again").status_code == 404
    assert admin.post(f"/duty/endpoints/{endpoint.id}/test").status_code == 404
    assert actions() == ["duty.endpoint_add", "duty.endpoint_test", "duty.endpoint_remove"]


@pytest.mark.parametrize(
    ("path", "field", "value", "words"),
    [
        ("/duty/endpoints", "url", "http://example.org/", "Only https is sent to"),
        ("/duty/endpoints", "url", "", "Enter the address."),
        ("/duty/tokens", "name", " ", "Name the system"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    admin: FlaskClient, path: str, field: str, value: str, words: str
) -> None:
    page = admin.post(path, data={field: value}).text
    assert "form-error" in page and words in page
    assert actions() == []


@pytest.mark.parametrize("role", ["hr", "supervisor", "trainer", ""])
def test_it_is_the_admins_alone(app: Flask, auth: Auth, persons: People, role: str) -> None:
    client = auth.login(persons.add(*filter(None, [role])))
    assert client.get("/duty").status_code == client.get("/duty/deliveries").status_code == 403
    assert client.post("/duty/tokens", data={"name": "x"}).status_code == 403
    assert "/duty" not in client.get("/me").text


def test_a_form_without_its_csrf_token_changes_nothing(app: Flask, admin: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert admin.post("/duty/tokens", data={"name": "x"}).status_code == 400
    assert db.session.scalar(select(func.count(ApiToken.id))) == 0


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_many_rows_take_no_more_questions(
    app: Flask, auth: Auth, persons: People, clock: SettableClock, locale: str, listen: Listen
) -> None:
    client = auth.login(persons.add("admin"), locale)
    for number in range(3):
        listen(f"https://phone{number}.example.org/")
    for _ in range(12):
        grant_clearance(
            db.session(), persons.add().id, source="programme", from_day=date(2026, 11, 2),
            actor=OPERATOR, now=clock.now(),
        )  # fmt: skip
    db.session.commit()
    for path, words in (("/duty", "phone2"), ("/duty/deliveries", "36")):
        client.get(path)
        with statements() as seen:
            page = client.get(path).text
        assert words in page and len(seen) <= 6
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", page)
