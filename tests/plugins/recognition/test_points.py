"""The ledger, and qualifications from outside: who may do what, once, and never by editing."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit import Actor, AuditEntry
from lms.clock import now
from lms.db import db
from lms.errors import Conflict, NotAllowed
from lms.people.models import Notification, Person
from lms.people.privacy import erase_person, export_person
from lms.plugins.recognition import ledger, qualifications
from lms.plugins.recognition.models import Entry, Kind, Qualification
from lms.uploads.models import Upload
from tests.conftest import NOW, Auth, People
from tests.uploads import samples


@pytest.fixture
def team(app: Flask, persons: People) -> dict[str, Person]:
    return {
        "agent": persons.add(name="阿一"),
        "colleague": persons.add(name="阿二"),
        "other": persons.add(name="阿三", team="二组"),
        "supervisor": persons.add("supervisor", level="supervisor"),
        "hr": persons.add("hr", level="manager", team="人事"),
        "manager": persons.add("training_manager", level="manager", team="培训"),
    }


def ask(client: FlaskClient, url: str, **data: object) -> int:
    status = client.post(url, data=data).status_code
    db.session.rollback()
    return status


def total() -> int:
    return db.session.scalar(select(func.sum(Entry.points))) or 0


def test_praise_is_entered_once_within_ones_scope(team: dict[str, Person], auth: Auth) -> None:
    client, url = auth.login(team["supervisor"]), "/recognition/points/praise"
    sent = {"key": "k1", "person": team["agent"].staff_no, "reason": "so patient"}
    assert ask(client, url, **sent) == 303
    assert ask(client, url, **sent) == 303  # pressed twice
    assert total() == 5 and db.session.scalar(select(func.count(Entry.id))) == 1
    assert ask(client, url, **{**sent, "key": "k2", "person": team["other"].staff_no}) == 400
    assert ask(client, url, **{**sent, "key": "k3", "reason": " "}) == 400
    assert ask(client, url, **{**sent, "key": "k4", "person": team["supervisor"].staff_no}) == 400
    assert ask(auth.login(team["agent"]), url, **{**sent, "key": "k5"}) == 403
    assert total() == 5
    told = select(Notification.person_id).where(Notification.kind == "recognition.praise")
    assert db.session.scalars(told).all() == [team["agent"].id]


def test_a_mistake_is_countered_never_changed(team: dict[str, Person], auth: Auth) -> None:
    client = auth.login(team["hr"])
    sent = {"key": "p", "team_id": team["agent"].team_id, "points": "30", "reason": "peak"}
    assert ask(client, "/recognition/points/new", **sent) == 303
    assert ask(client, "/recognition/points/new", **{**sent, "key": "q", "points": "0"}) == 400
    [entry] = db.session.scalars(select(Entry)).all()
    url = f"/recognition/points/{entry.id}/counter"
    assert ask(auth.login(team["supervisor"]), url, reason="no") == 403
    assert ask(client, url, reason="wrong team") == 303
    assert ask(client, url, reason="wrong team") == 400
    rows = db.session.execute(select(Entry.kind, Entry.points).order_by(Entry.id)).all()
    assert [tuple(row) for row in rows] == [(Kind.OTHER, 30), (Kind.COUNTER, -30)]
    counter_id = db.session.scalars(select(Entry.id).where(Entry.points < 0)).one()
    with pytest.raises(Conflict):
        ledger.counter(db.session(), counter_id, "back", actor=Actor(team["hr"].id), now=NOW)


def test_who_reads_whose_praise(team: dict[str, Person], auth: Auth) -> None:
    hr = Actor(team["hr"].id)
    for key, who in (("a", "agent"), ("b", "other")):
        ledger.praise(db.session(), key, team[who], f"praise for {who}", actor=hr, now=NOW)
    db.session.commit()

    def page(who: str, url: str = "/recognition/points") -> str:
        text = auth.login(team[who]).get(url).text
        db.session.rollback()
        return text

    own, colleague, boss, every = map(page, ("agent", "colleague", "supervisor", "hr"))
    assert "praise for agent" in own and "阿一 · you" in own and "praise for other" not in own
    assert "praise for agent" in colleague and "阿一" not in colleague
    assert "阿一" in boss and "praise for other" not in boss
    assert "阿一" in every and "阿三" in every
    taken = page("hr", "/recognition/points?format=csv")
    assert "praise for other" in taken and team["other"].staff_no in taken
    assert auth.login(team["agent"]).get("/recognition/points?format=csv").status_code == 403


FORM = {
    "key": "form", "title": "PMP", "issuer": "PMI", "obtained_on": "2026-05-01",
    "expires_on": "2029-04-30",
}  # fmt: skip


def send_in(client: FlaskClient, **fields: object) -> int:
    sent = {**FORM, "file": (io.BytesIO(samples.PDF), "pmp.pdf"), **fields}
    status = client.post("/recognition/qualifications", data=sent).status_code
    db.session.rollback()
    return status


def test_a_double_click_sends_one_qualification(postgres_app: Flask, persons: People) -> None:
    person = persons.add()
    clients = [Auth(postgres_app).login(person) for _ in range(2)]
    db.session.rollback()
    together = threading.Barrier(2)

    def press(client: FlaskClient) -> int:
        together.wait()
        sent = {**FORM, "file": (io.BytesIO(samples.PDF), "pmp.pdf")}
        return client.post("/recognition/qualifications", data=sent).status_code

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(press, clients)) == [303, 303]
    assert db.session.scalar(select(func.count(Qualification.id))) == 1


def test_a_qualification_earns_points_once_somebody_else_approves(
    team: dict[str, Person], auth: Auth
) -> None:
    client, url = auth.login(team["manager"]), "/recognition/qualifications"
    assert send_in(client) == 303 and send_in(client) == 303  # twice, one
    assert send_in(client, key="x", expires_on="2026-01-01") == 400
    assert send_in(client, key="y", file=(io.BytesIO(b"MZ"), "x.pdf")) == 400
    [one] = db.session.scalars(select(Qualification)).all()
    decide = f"{url}/{one.id}/decide"
    assert ask(client, decide, approve="1") == 403  # one's own
    assert ask(auth.login(team["agent"]), decide, approve="1") == 403
    assert auth.login(team["agent"]).get(f"{url}/{one.id}/proof").status_code == 403
    hr = auth.login(team["hr"])
    proof = hr.get(f"{url}/{one.id}/proof", buffered=True)
    assert proof.data == samples.PDF
    db.session.rollback()
    assert "PMP" in hr.get(f"{url}/waiting").text
    db.session.rollback()
    assert ask(hr, decide, decline="1") == 400  # needs a word
    assert ask(hr, decide, approve="1") == 303 and ask(hr, decide, approve="1") == 303
    entries = db.session.execute(select(Entry.kind, Entry.points, Entry.team_id)).all()
    assert [tuple(e) for e in entries] == [(Kind.QUALIFICATION, 10, team["manager"].team_id)]
    assert "Approved" in client.get(url).text
    db.session.rollback()
    with pytest.raises(NotAllowed):
        qualifications.decide(
            db.session(), one.id, approved=True, word="", actor=Actor(team["manager"].id), now=NOW
        )


def test_what_goes_when_a_person_is_erased(team: dict[str, Person], auth: Auth) -> None:
    person, hr = team["agent"], Actor(team["hr"].id)
    assert send_in(auth.login(person)) == 303
    ledger.praise(db.session(), "k", person, "阿一最好", actor=hr, now=NOW)
    db.session.commit()
    found = export_person(db.session(), person, actor=hr, now=now())["recognition"]
    assert found["points"][0]["reason"] == "阿一最好"
    assert found["qualifications"][0]["title"] == "PMP"
    person.left_on = NOW.date()
    erase_person(db.session(), person, reason="asked", actor=hr, now=now())
    db.session.commit()
    left = export_person(db.session(), person, actor=hr, now=now())["recognition"]
    assert left["points"][0]["points"] == 5 and left["points"][0]["reason"] == ""
    assert left["qualifications"][0]["title"] == ""
    assert db.session.scalars(select(Upload)).all() == []


def test_who_has_which_qualification_is_not_everybodys(
    team: dict[str, Person], persons: People, auth: Auth
) -> None:
    hr, quality = Actor(team["hr"].id), persons.add("quality", team="质检")
    entry = ledger.for_qualification(
        db.session(), 1, team["agent"], "SECRET-PMP", actor=hr, now=NOW
    )
    assert entry is not None
    ledger.counter(db.session(), entry.id, "SECRET-wrong", actor=hr, now=NOW)
    db.session.commit()
    url = "/recognition/points"
    for who, sees in (
        (team["agent"], True), (team["supervisor"], True), (team["hr"], True),
        (team["colleague"], False), (quality, False),
    ):  # fmt: skip
        shown = auth.login(who).get(url).text
        db.session.rollback()
        assert ("SECRET" in shown, "阿一" in shown) == (sees, sees), who.name
    taken = auth.login(quality).get(f"{url}?format=csv").text
    assert "SECRET" not in taken and team["agent"].staff_no not in taken and "-10" in taken


def test_a_look_at_anothers_proof_is_on_record(team: dict[str, Person], auth: Auth) -> None:
    assert send_in(auth.login(team["agent"])) == 303
    one = db.session.scalars(select(Qualification)).one()
    for who in ("agent", "hr"):
        got = auth.login(team[who]).get(f"/recognition/qualifications/{one.id}/proof")
        assert got.data == samples.PDF
        got.close()
        db.session.rollback()
    looked = select(AuditEntry).where(AuditEntry.action == "recognition.proof")
    (entry,) = db.session.scalars(looked).all()
    assert (entry.actor_id, entry.subject_id) == (team["hr"].id, one.id)
