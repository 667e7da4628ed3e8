"""What people should not send, through the pages: a clear refusal, and nothing is lost or run."""

import html
import itertools
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit import Actor
from lms.cases import content, runs, scoring
from lms.cases.dumping import case_document
from lms.cases.files import folders, reading
from lms.cases.files.writing import as_markdown
from lms.cases.models import Case, CaseVersion, Drill, DrillMessage, Rating, Rubric
from lms.cases.scoring import Marks
from lms.clock import SettableClock
from lms.db import db
from lms.errors import DomainError
from tests.cases import kit
from tests.cases.files.test_pictures import zipped
from tests.cases.rubrics import test_editor as rubric_form
from tests.cases.test_pages import typed
from tests.conftest import NOW, Auth, People
from tests.nasty import SCRIPTS, pieces

DRILL = {
    "first_reply_seconds": "10", "later_reply_seconds": "60", "start_mood": "2",
    "title_en": "Practise", "opening_en": "Hello?",
}  # fmt: skip


@pytest.fixture
def trainer(auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add("trainer"))


LONG, SHORT = pieces(1000), pieces(180)


def shown(page: str, *texts: str) -> None:
    """Each as it was typed, and nothing of it as markup."""
    for bad in ("<script>alert", "<img src=x", "<svg onload", "<iframe", "49{%"):
        assert bad not in page
    read = html.unescape(page)
    for text in texts:
        assert text in read


def test_nasty_texts_in_every_field(
    both_apps: Flask, persons: People, clock: SettableClock
) -> None:
    """Typed with a NUL in the middle, which no text has: it is taken out, all else stays."""
    auth = Auth(both_apps)
    trainer, other = (auth.login(persons.add("trainer")) for _ in "ab")
    agent = auth.login(persons.add())
    kit.rubric(clock.now(), key="after-sales")
    db.session.commit()

    def sent(client: FlaskClient, url: str, data: dict[str, Any], status: int = 303) -> str:
        holed = {k: v.replace("| |", "|\0 |") if isinstance(v, str) else v for k, v in data.items()}
        answer = client.post(url, data=holed)
        said = re.findall(r"(?s)(?:feedback|form-error|notice|alert)[^>]*>(.{0,200})", answer.text)
        assert answer.status_code == status, said
        db.session.rollback()
        return str(answer.location)

    # a case, a remark on it, what a reviewer wants changed
    long = {f"{n}_{side}": text for n in ("scenario", "result", "lessons")
            for side, text in zip(("zh", "en"), LONG, strict=False)}  # fmt: skip
    short = {f"{n}_{side}": SHORT[i % len(SHORT)] for i, (n, side) in
             enumerate(itertools.product(("title", "category", "tags"), ("zh", "en")))}  # fmt: skip
    short |= {f"tags_{side}": "，".join(t[:28] for t in SCRIPTS[i : i + 5]) for i, side in
              enumerate(("zh", "en"))}  # fmt: skip
    lines = {f"dialogue-{n}-{side}": text for n, text in enumerate(LONG) for side in ("zh", "en")}
    who = {f"dialogue-{n}-who": ("customer", "agent")[n % 2] for n, _text in enumerate(LONG)}
    steps = {f"handling-{n}-{side}": text for n, text in enumerate(LONG) for side in ("zh", "en")}
    draft = sent(trainer, "/cases/new", typed(do="save", **long, **short, **lines, **who, **steps))
    version = db.session.scalars(select(CaseVersion)).one()
    for name in ("scenario", "result", "lessons"):
        assert (getattr(version, name).zh, getattr(version, name).en) == tuple(LONG[:2])
    assert [line["en"] for line in version.dialogue] == LONG
    assert [step["zh"] for step in version.handling] == LONG
    assert version.title.zh == SHORT[0] and version.category.en == SHORT[3]
    shown(trainer.get(draft).text, *LONG, SHORT[0])
    shown(trainer.get("/cases/desk").text, SHORT[1])
    url = f"/cases/draft/{version.id}"
    sent(trainer, f"{url}/comments", {"section": "scenario", "row": "0", "text": LONG[0]})
    shown(trainer.get(url).text, LONG[0])
    content.of(version).digest()
    text = as_markdown(case_document(version) | {"key": "nasty"})
    assert reading.read("n.md", text.encode())[1].says_the_same(content.of(version))

    # a rubric
    fields = {"title-en": SHORT[0], "c-calm-en": SHORT[1], "e-leak-en": SHORT[2],
              "c-calm-levels-en": "\n".join(" ".join(t.split()) for t in SHORT[3:8])}  # fmt: skip
    kept = sent(trainer, "/rubrics/new", rubric_form.fields(**fields))
    rubric = db.session.scalars(select(Rubric).where(Rubric.key == "rubric-new")).one()
    assert rubric.title.en.split() == SHORT[0].split()
    assert [level["en"] for level in rubric.criteria[0]["levels"]] == [
        " ".join(t.split()) for t in SHORT[3:8]
    ]
    shown(trainer.get(kept).text, rubric.title.en)

    # a drill, the messages in it, and what a rater says of them
    published = kit.published_case(clock.now())
    db.session.commit()
    names = ("persona", "mood", "hidden_facts")
    of_drill = {f"{name}_en": " ".join(LONG[0].split()) for name in names}
    of_drill |= {"title_en": SHORT[4], "opening_en": LONG[1], "script-0-en": LONG[0],
                 "rubric_id": str(rubric.id)}  # fmt: skip
    made = sent(trainer, f"/cases/versions/{published.id}/drill", DRILL | of_drill)
    drill = db.session.scalars(select(Drill)).one()
    assert (drill.opening.en, drill.script[0]["en"]) == (LONG[1], LONG[0])
    shown(trainer.get(made).text, SHORT[4])
    shown(agent.get(made).text, SHORT[4])
    room = sent(agent, f"{made}/start", {})
    for number, said in enumerate(LONG):
        sent(agent, f"{room}/say", {"text": said, "client_key": f"{number}\0{SHORT[5][:20]}"})
    messages = db.session.scalars(select(DrillMessage.text).where(DrillMessage.who == "agent"))
    assert messages.all() == LONG
    shown(agent.get(room).text, LONG[0], LONG[1])
    sent(agent, f"{room}/hand-in", {})
    run_id = int(room.rsplit("/", 1)[1])
    shown(trainer.get("/scoring").text, SHORT[4])
    marks = {"level-calm": "2", "level-facts": "4", "comment": LONG[1],
             "comment-calm": LONG[0], "line-2": LONG[1]}  # fmt: skip
    url = f"/scoring/{run_id}"
    sent(other, url, marks)
    (rating,) = db.session.scalars(select(Rating))
    assert (rating.comments["calm"], rating.comment) == (LONG[0], LONG[1])
    assert rating.lines == [{"seq": 2, "text": LONG[1]}]
    for client in (other, agent):
        shown(client.get(f"{room}/result").text, *LONG[:2])
    # an appeal with them, and a query of each
    sent(agent, f"/appeals/new/drill/{run_id}", {"reason": LONG[0]})
    shown(agent.get("/appeals").text)
    for text in SHORT:
        assert (
            agent.get("/cases", query_string={"q": text, "tag": text, "stage": text}).status_code
            == 200
        )


def test_half_a_sign_is_refused(app: Flask) -> None:
    """Written as JSON in a file; a browser cannot send one."""
    text = as_markdown(case_document(kit.published_case(NOW)))
    holed = text.replace("- 中文：查单", '- 中文：`"x\\ud800y"`')
    assert holed != text
    with pytest.raises(DomainError, match="no text has"):
        body = zipped({"a.md": holed.encode()})
        folders.read_zip(db.session(), body, "a.zip").refuse_problems()


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
