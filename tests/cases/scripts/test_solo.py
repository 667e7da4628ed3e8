"""The solo room: heard and shown, overruled and kept, mood, branches, practice without a score."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.cases.models import Drill, DrillRun
from lms.clock import SettableClock
from lms.db import db
from tests.cases import kit
from tests.conftest import Auth, People

SCRIPT: list[dict[str, Any]] = [
    {
        "key": "start",
        "points": [
            {"zh": "道歉", "en": "Apologises", "words": ["sorry", "抱歉"], "mood": 1, "to": "calm"}
        ],
        "next": "cross",
    },
    {"key": "cross", "zh": "你们就这样？", "en": "Is that all?", "next": "end"},
    {
        "key": "calm",
        "zh": "好吧",
        "en": "All right",
        "choices": [{"zh": "今晚", "en": "Tonight <b>", "mood": 1, "to": "end"}],
    },
    {"key": "escalated", "zh": "我要投诉", "en": "I complain", "next": "end"},
]
TRIGGERS = [{"zh": "推给快递", "en": "Sends away", "words": ["courier"], "mood": -2}]


@pytest.fixture
def drill(app: object, clock: SettableClock) -> Drill:
    made = kit.drill(clock.now())
    made.script, made.triggers = SCRIPT, TRIGGERS
    db.session.commit()
    return made


@pytest.fixture
def agent(auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add())


def begin(agent: FlaskClient, drill: Drill) -> str:
    return str(agent.post(f"/drills/{drill.id}/start").location)


def say(agent: FlaskClient, url: str, text: str, key: str, **more: Any) -> str:
    data = {"text": text, "client_key": key, **more}
    agent.post(f"{url}/say", data=data)
    page = agent.get(url).text
    db.session.rollback()
    return page


def transcript() -> list[tuple[str, str]]:
    run = db.session.scalars(select(DrillRun)).one()
    found = [(m.who, m.text) for m in run.messages]
    db.session.rollback()
    return found


def test_heard_branch_and_choice(agent: FlaskClient, drill: Drill) -> None:
    url = begin(agent, drill)
    page = say(agent, url, "We are SORRY for that", "a")
    assert "All right" in page and "is-made" in page and "Apologises" in page
    assert "Calm" in page and "Tonight &lt;b&gt;" in page
    page = say(agent, url, "", "b", choice=0)
    assert "Pleased" in page and "nothing more to say" in page
    say(agent, url, "", "b2", choice=0)  # not there any more
    assert transcript()[-1] == ("agent", "Tonight <b>") and len(transcript()) == 4
    assert "Goodbye" in say(agent, url, "Goodbye", "c")


def test_overruled_and_seen_by_the_rater(
    agent: FlaskClient, drill: Drill, auth: Auth, persons: People, clock: SettableClock
) -> None:
    url = begin(agent, drill)
    page = say(agent, url, "How unfortunate", "a")
    assert "Is that all?" in page and "is-made" not in page and "Correct it" in page
    clock.advance(seconds=30)
    assert agent.post(f"{url}/overrule", data={"seq": 2, "said": 0}).status_code == 303
    assert "corrected by the learner" in agent.get(url).text
    assert transcript()[2:] == [("customer", "Is that all?"), ("customer", "All right")]
    clock.advance(seconds=4)
    page = say(agent, url, "Tonight", "b")
    assert "answered after 4 s" in page and "taken back" in page
    agent.post(f"{url}/overrule", data={"seq": 2, "said": 0})
    assert "Only the last reply" in agent.get(url).text
    agent.post(f"{url}/hand-in")
    rater = auth.login(persons.add("trainer"))
    run = db.session.scalars(select(DrillRun)).one()
    assert "corrected by the learner" in rater.get(f"/scoring/{run.id}").text


def test_a_trigger_escalates(agent: FlaskClient, drill: Drill) -> None:
    url = begin(agent, drill)
    page = say(agent, url, "Ask the courier, sorry", "a")
    assert "Made it worse: Sends away" in page and "Annoyed" in page
    agent.post(f"{url}/overrule", data={"seq": 2})
    assert "Furious" in agent.get(url).text
    assert transcript()[-1] == ("customer", "I complain")


def test_practice_is_ones_own(
    agent: FlaskClient, drill: Drill, auth: Auth, persons: People
) -> None:
    url = begin(agent, drill)
    assert agent.post(f"{url}/finish").status_code == 400
    say(agent, url, "Sorry", "a")
    assert agent.post(f"{url}/finish").location == f"{url}/result"
    assert "Practised: nobody scores this" in agent.get(f"{url}/result").text
    trainer = auth.login(persons.add("trainer"))
    run = db.session.scalars(select(DrillRun)).one()
    assert trainer.get(f"{url}/result").status_code == 404
    assert trainer.get(f"/scoring/{run.id}").status_code == 404
    assert "All scored" in trainer.get("/scoring").text
    stranger = auth.login(persons.add())
    for path in ("finish", "overrule", "hand-in"):
        assert stranger.post(f"{url}/{path}", data={"seq": 2}).status_code == 404
    assert agent.post(f"{url}/hand-in").status_code == 303
    assert trainer.get(f"/scoring/{run.id}").status_code == 200


def test_making_one_from_a_case(auth: Auth, persons: People, clock: SettableClock) -> None:
    kit.rubric(clock.now(), key="after-sales")
    version = kit.published_case(clock.now())
    db.session.commit()
    trainer = auth.login(persons.add("trainer"))
    url = f"/cases/versions/{version.id}/drill"
    page = trainer.get(url).text
    assert "Filled in from the case" in page and "Sends the customer to somebody else" in page
    data = {
        "rubric_id": "1", "first_reply_seconds": "10", "later_reply_seconds": "60",
        "start_mood": "2", "title_en": "Practise it", "opening_en": "Hello?",
        "script-0-key": "a", "script-0-en": "First <i>", "script-0-next": "a",
        "triggers": "Argues = wrong ; -2",
    }  # fmt: skip
    grown = trainer.post(url, data=data | {"do": "add-node"})
    assert 'name="script-1-key"' in grown.text and "First &lt;i&gt;" in grown.text
    full = data | {f"script-{n}-key": f"n{n}" for n in range(60)} | {"do": "add-node"}
    refused = trainer.post(url, data=full).text
    assert "60 lines at most" in refused and 'name="script-59-key"' in refused
    looped = trainer.post(url, data=data)
    assert looped.status_code == 400 and "never comes to an end" in looped.text
    unread = trainer.post(url, data=data | {"triggers": "= x"})
    assert unread.status_code == 400 and "cannot be read" in unread.text
    saved = trainer.post(url, data=data | {"script-0-next": "end"})
    assert saved.status_code == 303, saved.text
    drill = db.session.scalars(select(Drill)).one()
    assert drill.script == [{"key": "a", "zh": "", "en": "First <i>", "next": "end"}]
    assert drill.triggers[0]["words"] == ["wrong"]
    again = trainer.get(f"/drills/{drill.id}/edit").text
    assert "First &lt;i&gt;" in again and "Argues = wrong ; -2" in again
