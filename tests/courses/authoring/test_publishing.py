"""From a copy to a published version, as a trainer does it in the browser."""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit import AuditEntry
from lms.content_files import export_content, load_content
from lms.courses import queries
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.models import Module, Step
from lms.db import db
from tests.conftest import Auth, People
from tests.courses.conftest import School

from .kit import begin, change, draft, programme, publish


def test_a_new_hire_gets_the_new_version_and_the_old_keep_theirs(
    app: Flask, school: School, trainer: FlaskClient, persons: People, auth: Auth, tmp_path: Path
) -> None:
    early = persons.add()
    before = school.enrol(early)
    at = begin(trainer)
    assert trainer.get(at).status_code == 200
    saved = change(trainer, f"{at}/steps/one", body__en="Say **hello** first")
    assert saved.status_code == 303
    assert saved.location.startswith(at)
    done = publish(trainer)
    assert done.status_code == 303, done.text
    late = persons.add()
    after = school.enrol(late)
    assert (before.version.number, after.version.number) == (1, 2)
    texts = {}
    for person, enrolment in ((early, before), (late, after)):
        step = school.standing(enrolment).steps[0].step
        db.session.rollback()
        texts[person.id] = auth.login(person).get(f"/learn/{enrolment.id}/{step.id}").text
    assert "<strong>hello</strong>" in texts[late.id]
    assert "<strong>hello</strong>" not in texts[early.id]
    # Nothing but this one text is another.
    old, new = (
        {
            step.key: step.config
            for step in db.session.scalars(
                select(Step).join(Module).where(Module.version_id == enrolment.version_id)
            )
        }
        for enrolment in (before, after)
    )
    assert {key for key in old if old[key] != new[key]} == {"one"}
    assert old["one"]["body"]["zh"] == new["one"]["body"]["zh"]
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert {"programme.draft", "programme.publish"} <= set(actions)
    # What was made on screen is written, and loading it changes nothing.
    export_content(db.session(), tmp_path / "out")
    assert load_content(db.session(), tmp_path / "out", school.clock.now()) == 0
    assert "Say **hello** first" in (tmp_path / "out/programmes/onboarding/one.en.md").read_text()


def test_a_programme_from_nothing(
    app: Flask, school: School, trainer: FlaskClient, tmp_path: Path
) -> None:
    sent = {
        "key": "programme-0123abcd",
        "title.zh": "礼貌用语",
        "title.en": "Manners",
        "kind": "topic",
    }
    first = trainer.post("/programmes/new", data=sent)
    assert first.status_code == 303
    assert trainer.post("/programmes/new", data=sent).location == first.location  # pressed twice
    at = f"/programmes/drafts/{draft().id}"
    page = trainer.get(at).text
    assert "2 things to do" in page  # a summary, and steps
    step = {
        "key": "lesson-1", "title.zh": "开口", "title.en": "Openings", "minutes": "10",
        "body.zh": "您好。\r\n\r\n请讲。", "body.en": "Hello.",
        "check.question.zh": "哪句？", "check.question.en": "Which?",
        "check.options[1].zh": "喂", "check.options[1].en": "Oi",
        "check.options[2].zh": "", "check.options[2].en": "",
        "check.options[3].zh": "您好", "check.options[3].en": "Hello",
        "check.answer": "3", "check.explanation.zh": "礼貌", "check.explanation.en": "Polite",
    }  # fmt: skip
    adding = f"{at}/parts/module-1/add/lesson"
    assert trainer.post(adding, data=step).status_code == 303
    assert trainer.post(adding, data=step).status_code == 303
    steps = draft().document["modules"][0]["steps"]
    assert len(steps) == 1
    assert steps[0]["check"]["answer"] == 2, "the empty row is left out, the right answer stays"
    assert steps[0]["body"]["zh"] == "您好。\n\n请讲。"
    refused = publish(trainer)
    assert refused.status_code == 400
    assert "This needs a text in zh and one in en." in refused.text
    change(trainer, f"{at}/settings", summary__zh="怎么说", summary__en="What to say")
    assert publish(trainer).status_code == 303
    made = programme("programme-0123abcd")
    version = queries.latest_version(db.session(), made.id)
    assert version and (version.number, version.due_days) == (1, 14)
    db.session.rollback()
    late = trainer.post("/programmes/new", data=sent)  # the old form, from the browser's history
    assert "published already" in trainer.get(late.location).text
    for forged in ("onboarding", "programme-0123ABCD", "../x", ""):
        assert trainer.post("/programmes/new", data=sent | {"key": forged}).status_code == 400
    assert not db.session.scalars(select(ProgrammeDraft)).all()
    export_content(db.session(), tmp_path / "out")
    assert load_content(db.session(), tmp_path / "out", school.clock.now()) == 0
