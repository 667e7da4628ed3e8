"""A draft is changed part by part: what is kept, what is refused, and who is told."""

import io
import threading
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.access import TRAINER
from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.courses.authoring import drafts, listing, publishing
from lms.courses.authoring.parts import Part
from lms.db import db
from lms.uploads.models import Upload
from tests.conftest import Auth, People
from tests.courses.conftest import Documents, School, both, lesson, signoff
from tests.web.routes_kit import _PNG

from .kit import Sent, begin, change, draft, move, programme, publish, shown


def keys() -> list[list[str]]:
    return [[step["key"] for step in m["steps"]] for m in draft().document["modules"]]


def test_two_people_in_one_step(trainer: FlaskClient, auth: Auth, persons: People) -> None:
    other = auth.login(persons.add(TRAINER, name="钱老师"))
    at = begin(trainer)
    assert begin(other) == at  # one draft for both
    step = f"{at}/steps/one"
    mine, theirs = shown(trainer, step), shown(other, step)
    assert other.post(step, data=theirs | {"body.en": "Theirs"}).status_code == 303
    # Another part is not in the way.
    assert change(trainer, f"{at}/steps/two", minutes="20").status_code == 303
    refused = trainer.post(step, data=mine | {"body.en": "Mine"})
    assert refused.status_code == 409
    assert "in the meantime" in refused.text
    again = Sent(refused.text).values
    assert again["body.en"] == "Mine" and "Theirs" in refused.text
    assert draft().document["modules"][0]["steps"][0]["body"]["en"] == "Theirs"
    assert trainer.post(step, data=again).status_code == 303
    assert draft().document["modules"][0]["steps"][0]["body"]["en"] == "Mine"
    count = draft().edit_count
    assert trainer.post(step, data=again).status_code == 303  # pressed twice
    assert draft().edit_count == count
    # What a script sends while one types answers with what the next save must know.
    saved = trainer.post(step, data=shown(trainer, step) | {"body.en": "Typed", "do": "autosave"})
    assert saved.json and saved.json["was"] == shown(trainer, step)["was"]
    # What is looked at is what is published.
    stale = {"edit_count": count, "latest": 1}
    assert trainer.post(f"{at}/publish", data=stale).status_code == 409


def test_order_and_what_waits_for_what(trainer: FlaskClient) -> None:
    at = begin(trainer)
    assert keys() == [["one", "two"], ["three", "four"]]
    move(trainer, at, "up:step", "three")
    assert keys() == [["one", "two", "three"], ["four"]]
    count = draft().edit_count
    move(trainer, at, "up:step", "three", count)
    twice = move(trainer, at, "up:step", "three", count)  # pressed twice
    assert "in the meantime" in trainer.get(twice.location).text
    assert keys() == [["one", "three", "two"], ["four"]]
    move(trainer, at, "down:module", "day-1")
    assert keys() == [["four"], ["one", "three", "two"]]
    move(trainer, at, "up:module", "day-1")
    after = {"_opens": "after", "after": ["two"]}
    assert change(trainer, f"{at}/steps/four", **after).status_code == 303
    circle = change(trainer, f"{at}/steps/two", _opens="after", after=["four"])
    assert circle.status_code == 400
    assert "waits, in a circle, for itself" in circle.text
    assert 'id="after-error"' in circle.text
    assert "after" not in draft().document["modules"][0]["steps"][2]
    none = change(trainer, f"{at}/steps/two", _opens="after")
    assert none.status_code == 400 and "Tick at least one step." in none.text
    too_many = change(trainer, f"{at}/parts/day-1", needs="4")
    assert too_many.status_code == 400 and "There are only 3 steps." in too_many.text
    kept = move(trainer, at, "remove:step", "two")
    assert "“four” opens after “two”" in trainer.get(kept.location).text
    assert change(trainer, f"{at}/steps/four", _opens="now").status_code == 303
    assert move(trainer, at, "remove:step", "two").status_code == 303
    assert move(trainer, at, "remove:step", "two", 0).status_code == 303  # pressed twice
    assert keys() == [["one", "three"], ["four"]]
    page = trainer.get(f"{at}/publish").text
    for words in ("Removed", "Moved", "At once"):
        assert words in page, words
    assert publish(trainer).status_code == 303
    assert trainer.post(f"{at}/publish", data={}).status_code == 303  # pressed twice
    assert trainer.get(at).status_code == 404


def test_what_the_file_refuses_is_said_at_its_field(trainer: FlaskClient) -> None:
    at = begin(trainer)
    step = f"{at}/steps/one"
    saved = change(trainer, step, title__zh="", minutes="soon", check__answer="", body__en="")
    assert saved.location == step, "it is kept, and the form says what is missing"
    page = trainer.get(step).text
    for name in ("title", "minutes", "body", "check.answer"):
        assert f'id="{name}-error"' in page, name
    assert shown(trainer, step)["minutes"] == "soon"
    assert "4 things to do before it can be published" in trainer.get(at).text
    assert trainer.get(f"{at}/preview/1").status_code == 200
    assert publish(trainer).status_code == 400
    assert change(trainer, f"{at}/settings", due_days="9" * 7).status_code == 303
    assert "This is too large." in trainer.get(f"{at}/settings").text
    # Each language by itself is looked at without being stored.
    sent = {"body.en": "Say **so** <script>"}
    look = trainer.post(f"{at}/show?of=body.en", data=sent, headers={"HX-Request": "true"}).text
    assert "<strong>so</strong>" in look and "<script>" not in look


def test_no_programme_waits_for_itself(trainer: FlaskClient) -> None:
    at = begin(trainer, "temporary")
    assert change(trainer, f"{at}/settings", requires=["onboarding"]).status_code == 303
    assert publish(trainer).status_code == 303
    at = begin(trainer)
    circle = change(trainer, f"{at}/settings", requires=["temporary"])
    assert circle.status_code == 400 and 'id="requires-error"' in circle.text
    assert "requires" not in draft().document
    # Two drafts that make a circle only together: the second to be published says so.
    other = begin(trainer, "temporary")
    assert change(trainer, f"{other}/settings", requires=[]).status_code == 303
    assert publish(trainer, "temporary").status_code == 303
    assert change(trainer, f"{at}/settings", requires=["temporary"]).status_code == 303
    other = begin(trainer, "temporary")
    assert change(trainer, f"{other}/settings", requires=["onboarding"]).status_code == 303
    assert publish(trainer, "temporary").status_code == 303
    late = publish(trainer, "onboarding")
    assert late.status_code == 400 and "waits, in a circle, for itself" in late.text


def kept() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Upload.name).order_by(Upload.name)))


def test_pictures_in_a_lesson(trainer: FlaskClient, school: School) -> None:
    def add_unused(at: str) -> None:
        file = {"do": "upload", "file": (io.BytesIO(_PNG + b"."), "unused.png")}
        sent = shown(trainer, f"{at}/steps/one") | file
        trainer.post(f"{at}/steps/one", data=sent, content_type="multipart/form-data")

    at = begin(trainer)
    step = f"{at}/steps/one"
    sent = shown(trainer, step) | {"do": "upload", "body.en": "Typed"}
    lying = sent | {"file": (io.BytesIO(b"<html>"), "shelf.png")}
    refused = trainer.post(step, data=lying, content_type="multipart/form-data")
    assert refused.status_code == 400 and "Typed" in refused.text
    assert 'id="file-error"' in refused.text
    added = trainer.post(
        step, data=sent | {"file": (io.BytesIO(_PNG), "货架 shelf.PNG")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert added.status_code == 200
    values = Sent(added.text).values
    assert values["body.en"].endswith("![shelf](file:shelf.png)")
    assert trainer.post(step, data=values).status_code == 303
    seen = trainer.get(f"{at}/preview/1")
    assert 'src="1/media/shelf.png"' in seen.text
    assert trainer.get(f"{at}/preview/1/media/shelf.png", buffered=True).data == _PNG
    add_unused(at)
    assert publish(trainer).status_code == 303
    assert kept() == ["货架 shelf.PNG"], "nothing shows the other file"
    at = begin(trainer)
    add_unused(at)
    assert kept() == ["unused.png", "货架 shelf.PNG"]
    step = f"{at}/steps/one"
    shows = change(trainer, step, do="remove-file:shelf.png", body__en="Typed")
    assert shows.status_code == 400 and "Take its line out" in shows.text
    assert Sent(shows.text).values["body.en"] == "Typed" and "shelf.png" in draft().files
    for _ in range(2):  # pressed twice
        gone = change(trainer, step, do="remove-file:unused.png", body__en="Typed")
        assert gone.status_code == 200 and "unused.png" not in gone.text
        assert Sent(gone.text).values["body.en"] == "Typed"
    assert list(draft().files) == ["shelf.png"] and kept() == ["货架 shelf.PNG"]
    add_unused(at)
    trainer.post(f"{at}/give-up")
    assert kept() == ["货架 shelf.PNG"], "a version still shows it"
    number = 2
    version = f"/programmes/{programme().id}/versions/{number}"
    assert 'src="1/media/shelf.png"' in trainer.get(f"{version}/1").text
    assert trainer.get(f"{version}/1/media/shelf.png", buffered=True).data == _PNG


ALL_KINDS: dict[str, dict[str, Any]] = {
    "lesson": lesson("a-lesson"),
    "signoff": signoff("a-signoff"),
    "session": {"place": both("Room 5"), "minimum_minutes": 30},
    "drill": {"drill": "a-drill", "pass_mark": 70},
    "external": {"task": both("Read\n\nthis\n"), "link": "https://example.org/"},
    "exam": {"exam": "an-exam"},
    "survey": {
        "questions": [
            {"key": "happy", "type": "scale", "text": both("Happy?"), "satisfaction": True},
            {"key": "pace", "type": "choice", "text": both("?"), "options": [both("a"), both("b")]},
        ]
    },
}  # fmt: skip


def test_every_kind_of_step(app: Flask, trainer: FlaskClient, documents: Documents) -> None:
    steps = [
        {**config, "key": f"a-{kind}", "kind": kind, "title": both(kind), "minutes": 5}
        for kind, config in ALL_KINDS.items()
    ]
    documents.programme("kinds", [steps], kind="topic", grants_clearance=False)
    documents.load()
    at = begin(trainer, "kinds")
    before = draft().document
    for place, step in enumerate(steps, 1):
        assert trainer.get(f"{at}/preview/{place}").status_code == 200
        answer = change(trainer, f"{at}/steps/{step['key']}")
        assert answer.status_code == 303, step["kind"]
        assert trainer.get(f"{at}/parts/day-1/add/{step['kind']}").status_code == 200
    assert draft().document == before, "a form sent back as it was changes nothing"
    # Rows are added, moved and dropped without anything being stored.
    survey = f"{at}/steps/a-survey"
    more = change(trainer, survey, do="add:questions")
    assert 'name="questions[3].text.zh"' in more.text
    up = trainer.post(survey, data=Sent(more.text).values | {"do": "up:questions:2"})
    values = Sent(up.text).values
    assert values["questions[1].key"] == "pace"
    assert draft().document == before
    values["questions[3].text.zh"] = values["questions[3].text.en"] = "Why?"
    assert trainer.post(survey, data=values).status_code == 303
    asked = draft().document["modules"][0]["steps"][6]["questions"]
    assert [question["key"] for question in asked] == ["pace", "happy", "q1"]
    assert asked[1] == before["modules"][0]["steps"][6]["questions"][0]


def test_on_both_databases(both_apps: Flask, documents: Documents, clock: SettableClock) -> None:
    documents.programme("welcome", [[lesson("one")], [signoff("two")]])
    documents.load()
    session, now = db.session(), clock.now()
    programme_id = programme("welcome").id
    draft_id = drafts.begin(session, programme_id, actor=OPERATOR, now=now).id
    assert drafts.begin(session, programme_id, actor=OPERATOR, now=now).id == draft_id
    head = {"title": both("Hello"), "summary": both("s"), "due_days": 3, "key": "welcome"}
    new = head | {"kind": "onboarding", "grants_clearance": True}
    document = drafts.one(session, draft_id).document
    was = drafts.parts.digest(drafts.parts.content(document, Part("head")))
    drafts.save(session, draft_id, Part("head"), new, was=was, actor=OPERATOR, now=now)
    (line,) = listing.lines(session, text="WELCOME")
    assert (line.number, line.steps, line.draft is not None) == (1, 2, True)
    publishing.publish(session, draft_id, edit_count=1, latest=1, actor=OPERATOR, now=now)
    (line,) = listing.lines(session, kind="onboarding")
    assert (line.number, line.title.en, line.draft) == (2, "Hello", None)
    assert [v.number for v in listing.versions(session, programme_id)] == [2, 1]


def test_a_new_programme_sent_twice_at_once(postgres_app: Flask, clock: SettableClock) -> None:
    key, now, made = drafts.new_key(), clock.now(), []

    def send() -> None:
        draft = drafts.new(
            db.session(), key, both("Manners"), "topic", None, actor=OPERATOR, now=now
        )
        made.append(draft.id)

    def second() -> None:
        with postgres_app.app_context():
            send()  # waits for the first one's commit
            db.session.remove()

    send()
    thread = threading.Thread(target=second)
    thread.start()
    thread.join(0.3)
    db.session.commit()
    thread.join()
    assert len(made) == 2 and made[0] == made[1]
