"""An external course: evidence sent in, looked at by somebody else, approved or sent back."""

import io
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit import AuditEntry
from lms.clock import SettableClock
from lms.courses.models import Enrolment, StepProgress
from lms.courses.steps.external import External
from lms.db import db
from lms.errors import DomainError
from lms.people.models import Notification, Person
from lms.uploads.models import Upload
from tests.conftest import Auth, People
from tests.courses.conftest import Documents, School, both, lesson
from tests.uploads import samples


@dataclass
class Desk:
    """A course of an external step and a lesson, and its learner; `url` is the step's page."""

    school: School
    learner: Person
    enrolment: Enrolment
    client: FlaskClient
    url: str

    def send(self, *files: tuple[bytes, str], to: FlaskClient | None = None) -> Any:
        data = {"file": [(io.BytesIO(content), name) for content, name in files]}
        return (to or self.client).post(
            f"{self.url}/evidence", data=data, content_type="multipart/form-data"
        )

    def state(self) -> str:
        return self.school.states(self.enrolment)[0]

    @property
    def sheet(self) -> str:
        return self.url.replace("/learn/", "/sign-offs/") + "/evidence"


@pytest.fixture
def desk(
    app: Flask, documents: Documents, persons: People, auth: Auth, clock: SettableClock
) -> Desk:
    step = {
        "key": "outside", "kind": "external", "title": both("Outside"), "minutes": 60,
        "task": {"zh": "去**听课**", "en": "Go and **listen**"}, "link": "https://example.org/x",
    }  # fmt: skip
    documents.programme("track", [[step, lesson("after")]], kind="track", grants_clearance=False)
    documents.load()
    school, learner = School(clock), persons.add(team="一组", name="林学员")
    enrolment = school.enrol(learner, "track")
    url = f"/learn/{enrolment.id}/{school.standing(enrolment).steps[0].step.id}"
    return Desk(school, learner, enrolment, auth.login(learner), url)


def uploads() -> list[str]:
    found = list(db.session.scalars(select(Upload.name).order_by(Upload.id)))
    db.session.rollback()
    return found


def page(client: FlaskClient, url: str) -> str:
    return client.get(url).get_data(as_text=True)


def test_from_the_task_to_the_approval(desk: Desk, persons: People, auth: Auth) -> None:
    boss = persons.add("supervisor", team="一组")
    first = page(desk.client, desk.url)
    assert "<strong>listen</strong>" in first and "https://example.org/x" in first
    assert "Hand in" not in first
    answer = desk.send((samples.PDF, "证书.pdf"), (samples.png(), "photo.png"))
    assert answer.status_code == 303
    desk.send((samples.PDF, "证书 (1).pdf"))  # the same once more
    assert uploads() == ["证书.pdf", "photo.png"] and desk.state() == "progress"
    db.session.rollback()
    desk.client.post(desk.url, data={"note": "Two days in May"})
    desk.client.post(desk.url, data={"note": "again"})
    assert desk.state() == "waiting"
    queue = page(auth.login(boss), "/sign-offs")
    assert "林学员" in queue and desk.sheet in queue and "External course" in queue
    shown = page(auth.login(boss), desk.sheet)
    assert "证书.pdf" in shown and "Two days in May" in shown
    db.session.rollback()
    assert desk.send((samples.gif(), "late.gif")).status_code == 409
    assert len(uploads()) == 2
    for _ in range(2):
        approval = auth.login(boss).post(
            desk.sheet, data={"decision": "approve", "word": "Well done"}
        )
        assert approval.status_code == 303
    assert desk.state() == "done"
    told = db.session.scalars(
        select(Notification.text).where(Notification.person_id == desk.learner.id)
    ).all()
    assert [text.en for text in told] == ["Your evidence for “Outside” is approved"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "step.approve")).one()
    assert (entry.actor_id, entry.reason) == (boss.id, "Well done")
    assert "Well done" in page(desk.client, desk.url)


def test_sent_back_with_a_word_and_sent_again(desk: Desk, persons: People, auth: Auth) -> None:
    trainer = auth.login(persons.add("trainer"))
    desk.send((samples.png(), "blurred.png"))
    desk.client.post(desk.url, data={"note": ""})
    silent = trainer.post(desk.sheet, data={"decision": "back", "word": " "})
    assert silent.status_code == 400 and "Say what is missing" in silent.get_data(as_text=True)
    trainer.post(desk.sheet, data={"decision": "back", "word": "The date cannot be read"})
    assert desk.state() == "progress"
    assert "The date cannot be read" in page(desk.client, desk.url)
    db.session.rollback()
    old = db.session.scalars(select(Upload.id)).one()
    desk.client.post(f"{desk.url}/evidence/{old}/remove")
    desk.send((samples.jpeg(), "sharp.jpg"))
    assert uploads() == ["sharp.jpg"]
    desk.client.post(desk.url, data={"note": ""})
    trainer.post(desk.sheet, data={"decision": "approve"})
    assert desk.state() == "done"


def test_only_one_of_two_decisions_holds(desk: Desk, persons: People, auth: Auth) -> None:
    one, two = persons.add("trainer"), persons.add("trainer")
    desk.send((samples.PDF, "a.pdf"))
    desk.client.post(desk.url)
    auth.login(one).post(desk.sheet, data={"decision": "approve"})
    late = auth.login(two).post(desk.sheet, data={"decision": "back", "word": "no"})
    assert late.status_code == 409
    assert db.session.scalars(select(AuditEntry.action).where(
        AuditEntry.action.startswith("step.")
    )).all() == ["step.approve"]  # fmt: skip


def test_who_may_decide(desk: Desk, persons: People, auth: Auth) -> None:
    desk.send((samples.PDF, "a.pdf"))
    early = auth.login(persons.add("trainer")).post(desk.sheet, data={"decision": "approve"})
    assert early.status_code == 409  # not handed in
    db.session.rollback()
    desk.client.post(desk.url)
    for person in (persons.add("supervisor", team="二组"), persons.add("hr"), desk.learner):
        decided = auth.login(person).post(desk.sheet, data={"decision": "approve"})
        assert decided.status_code == 403
    assert desk.state() == "waiting"


def test_nobody_approves_their_own(app: Flask, desk: Desk, persons: People, auth: Auth) -> None:
    trainer = persons.add("trainer")
    enrolment = desk.school.enrol(trainer, "track")
    own, url = auth.login(trainer), desk.url.replace(f"/{desk.enrolment.id}/", f"/{enrolment.id}/")
    own.post(f"{url}/evidence", data={"file": (io.BytesIO(samples.PDF), "a.pdf")})
    own.post(url)
    sheet = url.replace("/learn/", "/sign-offs/") + "/evidence"
    assert own.post(sheet, data={"decision": "approve"}).status_code == 403
    assert desk.school.states(enrolment)[0] == "waiting"


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (samples.png(), "lie.pdf", "what is in it is PNG"),
        (b"<svg onload=alert(1)>", "x.png", "no file of these kinds"),
        (samples.MP4, "film.mp4", "no file of these kinds"),
        (b"", "empty.pdf", "is empty"),
    ],
)
def test_one_refused_file_refuses_them_all(desk: Desk, content: bytes, name: str, why: str) -> None:
    answer = desk.send((samples.PDF, "good.pdf"), (content, name))
    assert answer.status_code == 400
    text = answer.get_data(as_text=True)
    assert why in text and 'id="file-error"' in text
    assert uploads() == [] and desk.state() == "next"


def test_nothing_and_too_many(desk: Desk) -> None:
    assert "Choose a file first." in desk.send().get_data(as_text=True)
    many = [(samples.png(number, 1), f"{number}.png") for number in range(1, 12)]
    assert "At most 10 files" in desk.send(*many).get_data(as_text=True)
    assert uploads() == []
    empty = desk.client.post(desk.url, data={"note": "kept?"})
    assert empty.status_code == 400
    assert db.session.scalars(select(StepProgress)).all() == []


def test_other_peoples_steps_and_files(desk: Desk, persons: People, auth: Auth) -> None:
    stranger = auth.login(persons.add(team="一组"))
    desk.send((samples.PDF, "mine.pdf"))
    number = db.session.scalars(select(Upload.id)).one()
    db.session.rollback()
    assert desk.send((samples.PDF, "a.pdf"), to=stranger).status_code == 404
    assert stranger.post(f"{desk.url}/evidence/{number}/remove").status_code == 404
    assert stranger.get(f"/uploads/{number}").status_code == 403
    lesson_url = (
        desk.url.rpartition("/")[0] + f"/{desk.school.standing(desk.enrolment).steps[1].step.id}"
    )
    assert desk.client.post(f"{lesson_url}/evidence").status_code == 403  # locked
    assert uploads() == ["mine.pdf"]


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"task": both("x"), "link": "javascript:alert(1)"}, "link"),
        ({"task": both("x"), "link": "example.org"}, "link"),
        ({"task": {"zh": "x"}}, "task"),
        ({"task": both("x"), "price": 3}, "price"),
    ],
)
def test_a_wrong_step_is_named_by_its_field(config: Any, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        External().check_config(config)
    assert refused.value.field == field
