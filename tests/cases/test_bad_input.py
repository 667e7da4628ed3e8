"""What people should not send, through the pages: a clear refusal, and nothing is lost or run."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit import Actor
from lms.cases import runs, scoring
from lms.cases.models import Case, CaseVersion, Drill, DrillMessage, Rubric
from lms.cases.scoring import Marks
from lms.clock import SettableClock
from lms.db import db
from tests.cases import kit
from tests.cases.rubrics import test_editor as rubric_form
from tests.cases.test_pages import typed
from tests.conftest import Auth, People

NASTY = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}{% raw %}",
    "'; DROP TABLE drill; --", "%s %(name)s %n", "\u202ereversed", "Z̷̡a͜l̴g̢o", "👩‍👩‍👧‍👦 🏳️‍🌈",
    "\ufeff\u200b\u00ad", "\\x00\\", "ﷺ" * 40, "javascript:alert(1)", "=cmd|' /C calc'!A0",
)  # fmt: skip
ALL = " ".join(NASTY)
DRILL = {
    "first_reply_seconds": "10", "later_reply_seconds": "60", "start_mood": "2",
    "title_en": "Practise", "opening_en": "Hello?",
}  # fmt: skip


@pytest.fixture
def trainer(auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add("trainer"))


def harmless(page: str) -> bool:
    return not any(bad in page for bad in ("<script>alert", "<img src=x", "49{%"))


def test_nasty_texts_in_every_field(
    trainer: FlaskClient, auth: Auth, persons: People, clock: SettableClock
) -> None:
    kit.rubric(clock.now(), key="after-sales")
    db.session.commit()
    names = ("title", "category", "scenario", "result", "lessons")
    sides = {f"{name}_{side}": ALL[:190] for name in names for side in ("zh", "en")}
    lines = {f"dialogue-{n}-{side}": ALL for n in (0, 1) for side in ("zh", "en")}
    steps = {"handling-0-zh": ALL, "handling-0-en": ALL}
    saved = trainer.post("/cases/new", data=typed(do="save", **sides, **lines, **steps))
    assert saved.status_code == 303, saved.text[:300]
    assert harmless(trainer.get(saved.location).text)
    version = db.session.scalars(select(CaseVersion)).one()
    assert version.dialogue[0]["en"] == ALL and harmless(trainer.get("/cases/desk").text)

    whole = rubric_form.fields(
        **{"title-en": ALL[:290], "c-calm-en": ALL[:290], "e-leak-en": ALL[:290]}
    )
    kept = trainer.post("/rubrics/new", data=whole)
    assert kept.status_code == 303 and harmless(trainer.get(kept.location).text)
    rubric = db.session.scalars(select(Rubric).where(Rubric.key == "rubric-new")).one()

    published = kit.published_case(clock.now())
    db.session.commit()
    texts = ("title", "opening", "persona", "mood", "hidden_facts")
    fields = {f"{name}_en": ALL[:190] for name in texts} | {"triggers": ALL, "script-0-en": ALL}
    url, chosen = f"/cases/versions/{published.id}/drill", {"rubric_id": str(rubric.id)}
    made = trainer.post(url, data=DRILL | chosen | fields)
    assert made.status_code in (303, 400) and harmless(made.text)
    if made.status_code == 400:  # a trigger of this kind is refused by its line, and stays typed
        made = trainer.post(url, data=DRILL | chosen | fields | {"triggers": ""})
    agent = auth.login(persons.add())
    assert harmless(trainer.get(made.location).text) and harmless(agent.get(made.location).text)
    room = agent.post(f"{made.location}/start").location
    for number, text in enumerate((*NASTY, ALL)):
        answer = agent.post(f"{room}/say", data={"text": text, "client_key": str(number)})
        assert answer.status_code in (303, 400)  # only invisible: nothing was said
    assert harmless(agent.get(room).text)
    agent.post(f"{room}/hand-in")
    assert harmless(agent.get(f"{room}/result").text) and harmless(trainer.get("/scoring").text)
    assert db.session.scalar(select(func.count(Drill.id))) == 1


def test_a_message_of_a_megabyte(auth: Auth, persons: People, clock: SettableClock) -> None:
    drill, agent = kit.drill(clock.now()), auth.login(persons.add())
    room = agent.post(f"/drills/{drill.id}/start").location
    refused = agent.post(f"{room}/say", data={"text": "x" * 2**20, "client_key": "k"})
    assert refused.status_code == 400 and "2000" in refused.text
    assert db.session.scalar(select(func.count(DrillMessage.id))) == 1


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (("a", "b", "a"), "never comes to an end"),  # an endless loop
        (("a", "end", ""), "never comes to “b”"),
    ],
)
def test_a_script_that_cannot_be_played(
    trainer: FlaskClient, clock: SettableClock, script: tuple[str, str, str], said: str
) -> None:
    rubric, version = kit.rubric(clock.now()), kit.published_case(clock.now())
    db.session.commit()
    first, leads, back = script
    nodes = {
        "script-0-key": first, "script-0-en": "One", "script-0-next": leads,
        "script-1-key": "b", "script-1-en": "MY-OWN-LINE", "script-1-next": back or "end",
    }  # fmt: skip
    url = f"/cases/versions/{version.id}/drill"
    answer = trainer.post(url, data=DRILL | nodes | {"rubric_id": str(rubric.id)})
    assert answer.status_code == 400 and said in answer.text and "MY-OWN-LINE" in answer.text
    assert db.session.scalar(select(func.count(Drill.id))) == 0


def test_two_publish_one_case(trainer: FlaskClient, auth: Auth, persons: People) -> None:
    trainer.post("/cases/new", data=typed(do="review"))
    version = db.session.scalars(select(CaseVersion)).one()
    url, reviewers = f"/cases/draft/{version.id}/review", [persons.add("trainer") for _ in "ab"]
    both = [auth.login(person) for person in reviewers]
    for one in both:
        answer = one.post(url, data={"do": "publish", "edit_count": "0"})
        assert answer.status_code == 303
    db.session.expire_all()
    published = db.session.scalars(select(CaseVersion)).one()
    assert (published.state, published.reviewer_id) == ("published", reviewers[0].id)
    assert "Late parcel" in both[1].get("/cases").text
    assert db.session.scalar(select(func.count(Case.id))) == 1


def test_a_rater_opens_the_scores_of_another(
    auth: Auth, persons: People, clock: SettableClock
) -> None:
    drill = kit.drill(clock.now(), raters_needed=2)
    learner, first, second = persons.add(), persons.add("trainer"), persons.add("trainer")
    run = runs.start(db.session(), drill.id, learner.id, locale="en", now=clock.now())
    runs.say(db.session(), run.id, learner.id, "Sorry", client_key="a", now=clock.now())
    runs.hand_in(db.session(), run.id, learner.id, now=clock.now())
    marks = Marks({"empathy": 1, "facts": 5}, {"empathy": "OF-THE-FIRST"}, [], "SECRET-WORDS")
    scoring.rate(db.session(), run.id, marks, actor=Actor(first.id), now=clock.now())
    db.session.commit()
    client = auth.login(second)
    for url in (
        f"/scoring/{run.id}", f"/drills/runs/{run.id}/result", f"/drills/runs/{run.id}",
        f"/scoring/{run.id}/amend", f"/scoring/agreement?run={run.id}", "/scoring",
    ):  # fmt: skip
        page = client.get(url).text
        assert "OF-THE-FIRST" not in page and "SECRET-WORDS" not in page, url
