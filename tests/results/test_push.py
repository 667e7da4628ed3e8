"""A service desk sends its figures by itself: `POST /api/v1/kpi`."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month, SettableClock
from lms.db import db
from lms.people import tokens
from lms.people.models import ApiToken
from lms.results.models import ImportRun, KpiCorrection, KpiPush, KpiValue
from tests.conftest import Auth, Facts, People

Send = Callable[..., TestResponse]


@pytest.fixture
def send(app: Flask, clock: SettableClock) -> Send:
    secret = tokens.create(db.session(), "kpi", "Service desk", actor=OPERATOR, now=clock.now())
    db.session.commit()

    def sending(rows: Any, key: str = "k1", token: str = secret, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key,
                   "Accept-Language": "en"}  # fmt: skip
        answer = app.test_client().post("/api/v1/kpi", json={"rows": rows, **more}, headers=headers)
        db.session.rollback()
        return answer

    return sending


def stored() -> list[tuple[str, float]]:
    found = db.session.execute(select(KpiValue.metric, KpiValue.value).order_by(KpiValue.metric))
    return [(metric, value) for metric, value in found]


def test_rows_are_taken_as_from_a_file(send: Send, persons: People) -> None:
    person = persons.add()
    row = {
        "工号": person.staff_no,
        "月份": "2026-10",
        "frt": 28,
        "一次性解决率": "92.3%",
        "csat": None,
    }
    answer = send([row])
    assert answer.status_code == 201 and answer.json is not None
    assert answer.json["counts"]["added"] == 2 and not answer.json["refused"]
    assert stored() == [("fcr", pytest.approx(0.923)), ("frt", 28)]
    [run] = db.session.scalars(select(ImportRun))
    assert run.filename == "Service desk k1.csv" and answer.json["import"] == run.id
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "import.push"))
    assert entry.details["token"] == "Service desk"


def test_the_same_key_is_answered_the_same_and_stores_nothing(send: Send, persons: People) -> None:
    number = persons.add().staff_no
    first = send([{"工号": number, "月份": "2026-10", "frt": 28}])
    again = send([{"工号": number, "月份": "2026-10", "frt": 28}])
    assert (again.status_code, again.json) == (200, first.json)
    other = send([{"工号": number, "月份": "2026-10", "frt": 99}])
    assert other.status_code == 409 and other.json is not None
    assert "other rows before" in other.json["message"]
    assert stored() == [("frt", 28)]
    assert db.session.scalar(select(func.count(ImportRun.id))) == 1


def test_a_refused_row_is_named_as_sent_and_nothing_is_stored(send: Send, persons: People) -> None:
    number = persons.add().staff_no
    rows = [{"工号": number, "月份": "2026-10", "csat": 4.6},
            {"工号": "nobody", "月份": "2026-10", "csat": 4.6},
            {"工号": number, "月份": "2026-09", "csat": 9}]  # fmt: skip
    refused = send(rows)
    assert refused.status_code == 422 and refused.json is not None
    assert [entry["row"] for entry in refused.json["refused"]] == [2, 3]
    assert all(entry["reasons"] for entry in refused.json["refused"])
    assert not stored() and not db.session.scalar(select(func.count(KpiPush.id)))
    taken = send(
        rows, accept_valid=True
    )  # the same key may come again: nothing was stored under it
    assert taken.status_code == 201 and len(stored()) == 1
    assert taken.json is not None and len(taken.json["refused"]) == 2
    none = send(rows[1:], key="k2", accept_valid=True)
    assert none.status_code == 422 and none.json is not None and len(none.json["refused"]) == 2


def test_a_closed_months_figure_waits_as_a_correction(
    send: Send, persons: People, facts: Facts
) -> None:
    person = persons.add()
    facts.close(Month.parse("2026-09"), {person.id: 9000})
    db.session.commit()
    answer = send([{"工号": person.staff_no, "月份": "2026-09", "frt": 31}])
    assert answer.json is not None and answer.json["counts"]["held"] == 1
    assert db.session.scalar(select(func.count(KpiCorrection.id))) == 1


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (None, "list"), ([], "at least one"), ([1], "Row 1 is not an object"),
        ([{"frt": 1}, {"frt": [1]}], "Row 2, “frt”"), ([{"frt": True}], "Row 1"),
        ([{"frt": 1}], "工号"),
        ([{f"c{i}": 1 for i in range(101)}], "different columns"),
        ([{}] * 5001, "5000 rows"), ([{"工号": "\ud800", "month": "2026-10"}], "no text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(send: Send, rows: Any, said: str) -> None:
    answer = send(rows)
    assert answer.status_code == 400 and answer.json is not None
    assert said in answer.json["message"]


def test_without_key_token_or_json(
    app: Flask, send: Send, persons: People, clock: SettableClock
) -> None:
    row = {"工号": persons.add().staff_no, "月份": "2026-10", "frt": 28}
    assert send([row], key="").status_code == 400
    assert send([row], token="wrong").status_code == 401
    duty = tokens.create(db.session(), "duty", "Phone", actor=OPERATOR, now=clock.now())
    db.session.commit()
    assert send([row], token=duty).status_code == 401  # made for another purpose
    assert app.test_client().get("/api/v1/kpi").status_code == 405
    assert not stored()


def test_tokens_are_made_and_revoked_by_hr_only(
    app: Flask, auth: Auth, persons: People, send: Send
) -> None:
    hr, agent = auth.login(persons.add("hr")), auth.login(persons.add("employee"))
    assert agent.get("/results/systems").status_code == 403
    assert agent.post("/results/systems", data={"name": "x"}).status_code == 403
    page = hr.post("/results/systems", data={"name": "CRM"}, follow_redirects=True)
    assert "Shown this once" in page.text and "CRM" in page.text
    assert "Shown this once" not in hr.get("/results/systems").text
    assert "has this name" in hr.post("/results/systems", data={"name": "CRM"}).text
    token_id = db.session.scalar(select(ApiToken.id).where(ApiToken.name == "CRM"))
    assert hr.post(f"/results/systems/{token_id}/revoke").status_code == 303
    assert "CRM</strong>" not in hr.get("/results/systems").text
