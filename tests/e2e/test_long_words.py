"""Words without an end (an address, a slip of the cat on the keyboard) widen no page."""

import pytest

from lms.audit import Actor
from lms.cases import runs, scoring
from lms.cases.rooms import opening, talking
from lms.cases.scoring import LineNote, Marks
from lms.db import Localized, db
from tests.cases import kit
from tests.conftest import People
from tests.e2e.conftest import Windows, fits

pytestmark = pytest.mark.browser

LONG, ADDRESS = "W" * 190, "https://example.org/" + "a1b2" * 60
BOTH = Localized(LONG, LONG)


def test_long_words_widen_no_page(windows: Windows, persons: People) -> None:
    trainer, agent, now = persons.add("trainer"), persons.add(), windows.site.clock.now()
    version = kit.published_case(
        now, title=BOTH, category=BOTH, scenario=Localized(ADDRESS, ADDRESS), result=BOTH,
        tags={"zh": ["长" * 30], "en": ["W" * 30]}, handling=[BOTH],
    )  # fmt: skip
    made = kit.drill(now)
    made.title = made.persona = made.opening = made.mood = BOTH
    made.hidden_facts = made.triggers = made.script = [{"zh": LONG, "en": LONG}]
    run = runs.start(db.session(), made.id, agent.id, locale="en", now=now)
    runs.say(db.session(), run.id, agent.id, ADDRESS, client_key="a", now=now)
    runs.hand_in(db.session(), run.id, agent.id, now=now)
    said = {"empathy": LONG, "facts": ADDRESS}
    marks = Marks({"empathy": 1, "facts": 1}, said, (), ADDRESS, [LineNote(2, LONG)])
    scoring.rate(db.session(), run.id, marks, actor=Actor(trainer.id), now=now)
    room = opening.open_room(db.session(), made.id, agent, [], actor=Actor(trainer.id), now=now)
    opening.join(db.session(), room.id, agent.id, now=now)
    talking.say(db.session(), room.id, trainer.id, LONG, client_key="a", now=now)
    pages = (
        "/cases?q=WW", f"/cases/{version.case_id}", f"/cases/versions/{version.id}/drill",
        f"/cases/versions/{version.id}/lesson", f"/cases/versions/{version.id}/rubric",
        "/drills", f"/drills/{made.id}", f"/drills/{made.id}/edit", f"/drills/rooms/{room.id}",
        "/drills/rooms", f"/drills/runs/{run.id}/result", f"/scoring/{run.id}/amend",
        "/scoring?show=scored", f"/cases/{version.case_id}/keeping",
    )  # fmt: skip
    again = pages[-4], f"/drills/rooms/{room.id}", "/practice", "/"
    numbers = trainer.staff_no, agent.staff_no
    db.session.commit()
    desk, phone = (windows.sign_in(number) for number in numbers)
    for page in pages:
        desk.goto(page)
        assert fits(desk), page
    for page in again:
        phone.goto(page)
        assert fits(phone), page
