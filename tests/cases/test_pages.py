"""Pages: who sees what, what is sent, how many queries it takes, and that a form keeps its text."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit import Actor
from lms.cases import authoring, content, publishing, runs, scoring
from lms.cases.models import CaseState, CaseVersion, Drill, DrillMessage, DrillRun, Rating
from lms.cases.scoring import Marks
from lms.clock import SettableClock
from lms.db import Localized, db
from tests.cases import kit
from tests.conftest import Auth, People

SECRETS = ("SECRET-BIRTHDAY", "SECRET-TRIGGER", "in a hurry", "Worried", "All right then")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SELECTs sent meanwhile."""
    sent: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def trainer(auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add("trainer"))


@pytest.fixture
def agent(auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add())


def text_of(client: FlaskClient, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.text[:400]
    return response.text


def handed_in(persons: People, clock: SettableClock, drill: Drill | None = None) -> DrillRun:
    drill, person = drill or kit.drill(clock.now()), persons.add()
    run = runs.start(db.session(), drill.id, person.id, locale="en", now=clock.now())
    runs.say(db.session(), run.id, person.id, "MY-OWN-WORDS", client_key="a", now=clock.now())
    runs.hand_in(db.session(), run.id, person.id, now=clock.now())
    db.session.commit()
    return run


def second_version(clock: SettableClock, author: int) -> CaseVersion:
    old = kit.published_case(clock.now())
    draft = authoring.new_draft(db.session(), old.case_id, actor=Actor(author), now=clock.now())
    draft.title = Localized("未发布", "Unpublished thought")
    db.session.commit()
    return draft


def test_library(agent: FlaskClient, clock: SettableClock) -> None:
    kit.published_case(clock.now(), title=Localized("<b>包裹</b>", "<b>Parcel</b>"))
    db.session.commit()
    page = text_of(agent, "/cases?q=parc&stage=after_sales&tag=delay&page=7")
    assert "&lt;b&gt;<mark>Parcel</mark>&lt;/b&gt;" in page
    assert 'name="stage" value="after_sales"' in page
    assert "No case has all of these" in text_of(agent, "/cases?q=zebra")
    assert "Nothing in this can be searched" in text_of(agent, "/cases?q=🙂")
    for odd in ("q=%00", "tag=%00", "q=%22%27*", "page=x", "level=%F0%9F%99%82", "q=" + "a" * 9000):
        text_of(agent, f"/cases?{odd}")


def test_drafts_are_for_authors(
    agent: FlaskClient, trainer: FlaskClient, persons: People, clock: SettableClock
) -> None:
    draft = second_version(clock, persons.add("trainer").id)
    for url in ("/cases/desk", "/cases/new", f"/cases/draft/{draft.id}"):
        assert agent.get(url).status_code == 403
    page = text_of(agent, f"/cases/{draft.case_id}")
    assert "Unpublished" not in page and "Version 2" not in page
    text_of(agent, f"/cases/{draft.case_id}?version=2", 404)
    text_of(agent, f"/cases/{draft.case_id}/compare?a=1&b=2", 404)
    assert "Unpublished" in text_of(trainer, f"/cases/draft/{draft.id}")
    assert "<ins>" in text_of(trainer, f"/cases/{draft.case_id}/compare?a=1&b=2")


def test_a_case_that_was_never_published_is_not_there(
    agent: FlaskClient, persons: People, clock: SettableClock
) -> None:
    author = Actor(persons.add("trainer").id)
    draft = authoring.create_case(db.session(), kit.some_content(), actor=author, now=clock.now())
    db.session.commit()
    text_of(agent, f"/cases/{draft.case_id}", 404)


def typed(**changes: str) -> dict[str, str]:
    form = {
        "stage": "after_sales", "channel": "online", "complaint_level": "1", "outcome": "success",
        "title_zh": "", "title_en": "Late parcel", "scenario_en": "It was late",
        "tags_zh": "延误，大促", "lessons_en": "- Listen", "edit_count": "0",
        "dialogue-0-who": "customer", "dialogue-0-en": "Where is it?", "dialogue-0-zh": "",
        "dialogue-1-who": "agent", "dialogue-1-en": "Checking", "dialogue-1-zh": "",
        "handling-0-en": "Looked it up", "handling-0-zh": "",
    }  # fmt: skip
    return form | changes


def test_writing_and_reviewing_in_the_browser(
    auth: Auth, trainer: FlaskClient, persons: People
) -> None:
    lines = {f"dialogue-{n}-{k}": v for n in range(80) for k, v in (("who", "agent"), ("en", "x"))}
    full = trainer.post("/cases/new", data=typed(do="add-line", **lines))
    assert "80 lines at most" in full.text and 'name="dialogue-79-en"' in full.text
    grown = trainer.post("/cases/new", data=typed(do="add-line"))
    assert grown.status_code == 200 and "dialogue-2-who" in grown.text
    assert db.session.scalar(select(func.count(CaseVersion.id))) == 0
    shrunk = trainer.post("/cases/new", data=typed(do="drop-line-0"))
    assert "Where is it?" not in shrunk.text and "Checking" in shrunk.text
    swapped = trainer.post("/cases/new", data=typed(do="up-line-1"))
    assert swapped.text.index("Checking") < swapped.text.index("Where is it?")
    wrong = trainer.post("/cases/new", data=typed(title_en="", do="save"))
    assert wrong.status_code == 400 and "Give the case a title" in wrong.text

    # what a reviewer would miss is said in one go
    lacking = {"scenario_en": "", "lessons_en": "", "handling-0-en": "", "dialogue-1-en": ""}
    short = trainer.post("/cases/new", data=typed(do="review", title_en="", **lacking))
    for said in ("Give the case a title", "Describe the scenario", "one of the agent",
                 "at least one step", "what is to be learnt"):  # fmt: skip
        assert said in short.text
    assert trainer.post("/cases/new", data=typed(do="review")).status_code == 303
    version = db.session.scalars(select(CaseVersion)).one()
    assert (version.state, version.tags["zh"]) == ("in_review", ["延误", "大促"])
    url = f"/cases/draft/{version.id}/review"
    assert trainer.post(url, data={"do": "publish", "edit_count": "0"}).status_code == 403
    reviewer = auth.login(persons.add("trainer"))
    assert "Late parcel" in text_of(reviewer, "/cases/desk")
    assert "Your review" in text_of(reviewer, f"/cases/draft/{version.id}")
    reviewer.post(url, data={"do": "publish", "edit_count": "0"})
    reviewer.post(url, data={"do": "publish", "edit_count": "0"})
    assert "Late parcel" in text_of(trainer, "/cases?q=大促")


def test_lost_update_keeps_what_was_typed(
    trainer: FlaskClient, persons: People, clock: SettableClock
) -> None:
    draft = second_version(clock, persons.add("trainer").id)
    draft.edit_count = 3
    db.session.commit()
    url = f"/cases/draft/{draft.id}/edit"
    page = trainer.post(url, data=typed(title_en="Mine", do="save"))
    assert page.status_code == 409
    assert "Mine" in page.text and "Somebody else has saved" in page.text
    again = trainer.post(url, data=typed(title_en="Mine", edit_count="3", do="save"))
    assert again.status_code == 303
    assert db.session.get_one(CaseVersion, draft.id).title.en == "Mine"


def test_make_a_drill(trainer: FlaskClient, agent: FlaskClient, clock: SettableClock) -> None:
    kit.rubric(clock.now(), key="after-sales")
    version = kit.published_case(clock.now())
    db.session.commit()
    url = f"/cases/versions/{version.id}/drill"
    assert agent.get(url).status_code == 403
    assert "Where is it" in text_of(trainer, url)
    data = {
        "rubric_id": "1", "first_reply_seconds": "10", "later_reply_seconds": "60",
        "start_mood": "2", "title_en": "Practise it",
        "opening_en": "Hello?", "script-0-zh": "一", "script-0-en": "one", "script-1-zh": "二",
    }  # fmt: skip
    assert trainer.post(url, data=data | {"title_en": "", "title_zh": ""}).status_code == 400
    first, second = (trainer.post(url, data=data).location for _ in range(2))
    assert first == second
    drill = db.session.scalars(select(Drill)).one()
    assert drill.script == [{"zh": "一", "en": "one"}, {"zh": "二", "en": ""}]
    changed = trainer.post(f"/drills/{drill.id}/edit", data=data | {"title_en": "Renamed"})
    assert changed.status_code == 303
    assert "Renamed" in text_of(agent, f"/drills/{drill.id}")


def test_the_room_and_its_secrets(
    agent: FlaskClient, trainer: FlaskClient, clock: SettableClock
) -> None:
    drill = kit.drill(clock.now())
    secret = SECRETS[:4]
    assert not any(word in text_of(agent, f"/drills/{drill.id}") for word in secret)
    assert all(word in text_of(trainer, f"/drills/{drill.id}") for word in secret)
    room = agent.post(f"/drills/{drill.id}/start").location
    assert agent.post(f"/drills/{drill.id}/start").location == room
    assert not any(word in text_of(agent, room) for word in SECRETS)
    say = {"text": "Hello <there>", "client_key": "k"}
    for _ in range(2):
        assert agent.post(f"{room}/say", data=say).status_code == 303
    page = text_of(agent, room)
    assert "Hello &lt;there&gt;" in page and "Order 4471" in page
    assert db.session.scalar(select(func.count(DrillMessage.id))) == 3
    refused = agent.post(f"{room}/say", data={"text": "x" * 2100, "client_key": "z"})
    assert refused.status_code == 400 and "x" * 2100 in refused.text
    for _ in range(2):
        assert agent.post(f"{room}/hand-in").status_code == 303
    assert agent.get(room).status_code == 302
    result = text_of(agent, f"{room}/result")
    assert "Waiting for scoring" in result and not any(word in result for word in SECRETS)
    assert trainer.get(room).status_code == 404


def test_others_cannot_see_a_run(
    auth: Auth, agent: FlaskClient, persons: People, clock: SettableClock
) -> None:
    run = handed_in(persons, clock)
    for url in (f"/drills/runs/{run.id}", f"/drills/runs/{run.id}/result"):
        text_of(agent, url, 404)
    for url in (f"/drills/runs/{run.id}/say", f"/drills/runs/{run.id}/hand-in"):
        assert agent.post(url, data={"text": "x", "client_key": "y"}).status_code in (403, 404)
    for url in ("/scoring", f"/scoring/{run.id}", f"/scoring/{run.id}/amend"):
        assert agent.get(url).status_code == 403
    own_team = auth.login(persons.add("supervisor"))
    other_team = auth.login(persons.add("supervisor", team="二组"))
    assert "MY-OWN-WORDS" in text_of(own_team, f"/drills/runs/{run.id}/result")
    text_of(other_team, f"/drills/runs/{run.id}/result", 404)


def test_scoring_in_the_browser(
    auth: Auth, trainer: FlaskClient, persons: People, clock: SettableClock
) -> None:
    run = handed_in(persons, clock)
    assert "The late parcel" in text_of(trainer, "/scoring")
    url = f"/scoring/{run.id}"
    assert "SECRET-BIRTHDAY" in text_of(trainer, url)
    marks = {"level-empathy": "2", "level-facts": "4", "comment": "KEPT-WORDS"}
    refused = trainer.post(url, data=marks)
    assert refused.status_code == 400
    assert "this level needs a comment" in refused.text and "KEPT-WORDS" in refused.text

    other = auth.login(persons.add("quality"))
    assert other.post(url, data=marks | {"level-empathy": "5"}).status_code == 303
    late = trainer.post(url, data=marks | {"comment-empathy": "LATE-WORDS"})
    assert late.status_code == 409
    assert "LATE-WORDS" in late.text and "Somebody else has scored" in late.text
    assert db.session.scalar(select(func.count(Rating.id))) == 1

    learner = auth.login(run.person)
    page = text_of(learner, f"/drills/runs/{run.id}/result")
    assert "90" in page and "KEPT-WORDS" in page and "Passed" in page
    assert not any(word in page for word in SECRETS[:4])
    assert trainer.get(f"{url}/amend").status_code == 403
    amended = marks | {"comment-empathy": "cold", "reason": "Read it again"}
    assert other.post(f"{url}/amend", data=amended).status_code == 303
    page = text_of(learner, f"/drills/runs/{run.id}/result")
    assert "Read it again" in page and "Not passed" in page
    assert "45" in text_of(other, "/scoring?show=scored")


def test_a_single_rating_of_two_is_shown_to_nobody(
    auth: Auth, trainer: FlaskClient, persons: People, clock: SettableClock
) -> None:
    from tests.cases.test_scoring import need_two

    need_two(clock)
    run = handed_in(persons, clock)
    rater = persons.add("trainer")
    marks = Marks({"empathy": 5, "facts": 4}, comment="BLIND-WORDS")
    scoring.rate(db.session(), run.id, marks, actor=Actor(rater.id), now=clock.now())
    db.session.commit()
    urls = (f"/scoring/{run.id}", f"/drills/runs/{run.id}/result")
    assert not any("BLIND-WORDS" in text_of(trainer, url) for url in urls)
    assert "BLIND-WORDS" not in text_of(auth.login(run.person), urls[1])


def test_nobody_scores_their_own(auth: Auth, persons: People, clock: SettableClock) -> None:
    run = handed_in(persons, clock)
    from lms.people.models import RoleAssignment

    db.session.add(RoleAssignment(person_id=run.person_id, role="trainer"))
    db.session.commit()
    learner = auth.login(run.person)
    assert "All scored" in text_of(learner, "/scoring")
    text_of(learner, f"/scoring/{run.id}", 403)


@pytest.mark.parametrize("rows", [2, 12])
def test_queries_do_not_grow(auth: Auth, persons: People, clock: SettableClock, rows: int) -> None:
    drill = kit.drill(clock.now())
    run = None
    for _ in range(rows):
        kit.drill(clock.now())
        run = handed_in(persons, clock, drill)
    assert run is not None
    trainer = persons.add("trainer")
    case_id = drill.case_version.case_id
    drill_id, run_id = drill.id, run.id
    open_run = runs.start(db.session(), drill_id, trainer.id, locale="en", now=clock.now())
    for n in range(rows):
        runs.say(
            db.session(), open_run.id, trainer.id, f"Reply {n}", client_key=f"{n}", now=clock.now()
        )
    version = second_version(clock, trainer.id)
    db.session.commit()
    client = auth.login(trainer)
    pages = {
        "/cases?q=包裹": 7,
        f"/cases/{case_id}": 7,
        f"/cases/draft/{version.id}": 8,
        "/cases/desk": 5,
        "/drills": 7,
        f"/drills/{drill_id}": 6,
        f"/drills/runs/{open_run.id}": 6,
        f"/drills/runs/{run_id}/result": 8,
        "/scoring": 6,
        f"/scoring/{run_id}": 8,
    }
    for url, most in pages.items():
        client.get(url)
        db.session.expire_all()
        with counted() as sent:
            text_of(client, url)
        assert len(sent) <= most, (url, len(sent), sent)


def test_english_and_chinese(auth: Auth, persons: People, clock: SettableClock) -> None:
    drill = kit.drill(clock.now())
    client = auth.login(persons.add(), locale="zh_Hans")
    assert "迟到的包裹" in text_of(client, f"/drills/{drill.id}")
    room = client.post(f"/drills/{drill.id}/start").location
    assert "我的快递呢" in text_of(client, room)


def test_superseded_versions_stay_readable(agent: FlaskClient, clock: SettableClock) -> None:
    old = kit.published_case(clock.now())
    new = CaseVersion(case_id=old.case_id, number=2, state=CaseState.DRAFT, created_at=clock.now())
    kit.some_content(title=Localized("新", "Newer title")).write_to(new)
    db.session.add(new)
    publishing.make_public(db.session(), new, clock.now())
    db.session.commit()
    assert "Newer title" in text_of(agent, f"/cases/{old.case_id}")
    page = text_of(agent, f"/cases/{old.case_id}?version=1")
    assert "A newer one is in force" in page
    assert "<del>" in text_of(agent, f"/cases/{old.case_id}/compare")


def test_what_changed_in_the_other_language_and_beside_the_text_is_compared(
    agent: FlaskClient, clock: SettableClock
) -> None:
    old = kit.published_case(clock.now())
    new = CaseVersion(case_id=old.case_id, number=2, state=CaseState.DRAFT, created_at=clock.now())
    content.of(old).write_to(new)
    db.session.add(new)
    publishing.make_public(db.session(), new, clock.now())
    db.session.commit()
    url = f"/cases/{old.case_id}/compare"
    assert "say the same" in text_of(agent, url)
    db.session.rollback()
    new.title = Localized("换了的标题", new.title.en)
    new.complaint_level = 3
    db.session.commit()
    page = text_of(agent, url)
    assert "say the same" not in page and "<h2>中文</h2>" in page and "换了的标题" in page
    assert "<ins>Complaint level 3</ins>" in page
