"""The scoring page: what does not apply, comments on lines, the draft, and what is refused."""

import pytest
from flask import Flask
from sqlalchemy import select

from lms.cases import scoring
from lms.cases.models import Rating
from lms.cases.scoring import LineNote, Marks
from lms.cases.scoring.models import RatingDraft
from lms.db import db
from lms.errors import DomainError
from tests.cases import kit
from tests.cases.scoring.kit import GOOD, Desk, form
from tests.conftest import Auth

NASTY = "<script>alert(1)</script>'\"\u202e\ufeff{{7*7}}\r\n%s\0 𠮷"


def test_points_of_what_applies(app: Flask, desk: Desk) -> None:
    made = kit.rubric(desk.clock.now())
    assert scoring.points(made, {"empathy": None, "facts": 4}) == 7500
    assert scoring.points(made, {"empathy": 5, "facts": None}) == 10000
    made.criteria = [{"key": k, "weight": w} for k, w in (("a", 33), ("b", 33), ("c", 34))]
    # (33 x 75 + 34 x 25) / 67 = 49.626..., half up
    assert scoring.points(made, {"a": 4, "b": None, "c": 2}) == 4963


@pytest.mark.parametrize(
    ("marks", "field"),
    [
        (Marks({"empathy": None, "facts": 4}), "comment-empathy"),
        (Marks({"empathy": None, "facts": None}, {"empathy": "x", "facts": "y"}), None),
        (Marks({"empathy": 0, "facts": 4}, {"empathy": "x"}), "level-empathy"),
    ],
)
def test_refused(app: Flask, desk: Desk, marks: Marks, field: str | None) -> None:
    with pytest.raises(DomainError) as refused:
        scoring.check(kit.rubric(desk.clock.now()), marks)
    assert refused.value.field == field


def test_comments_on_lines_come_back_in_the_transcript(app: Flask, desk: Desk, auth: Auth) -> None:
    run, trainer = desk.run(), auth.login(desk.persons.add("trainer"))
    lines = [LineNote(2, "LINE-TWO"), LineNote(77, "NO-SUCH-LINE")]
    given = Marks({"empathy": None, "facts": 4}, {"empathy": NASTY}, (), NASTY, lines)
    assert trainer.post(f"/scoring/{run.id}", data=form(given)).status_code == 303
    rating = db.session.scalars(select(Rating)).one()
    assert rating.lines == [{"seq": 2, "text": "LINE-TWO"}]
    assert (rating.levels, run.score) == ({"empathy": None, "facts": 4}, 7500)
    page = auth.login(run.person).get(f"/drills/runs/{run.id}/result").text
    message = page.split('id="m2"')[1].split("</li>")[0]
    assert "LEARNERS-WORDS" in message and "LINE-TWO" in message
    assert "Not applicable" in page and "<script>alert" not in page and "&lt;script&gt;" in page


def test_a_draft_is_kept_and_is_its_raters_alone(app: Flask, desk: Desk, auth: Auth) -> None:
    run = desk.run()
    url, person = f"/scoring/{run.id}", desk.persons.add("trainer")
    trainer, other = auth.login(person), auth.login(desk.persons.add("trainer"))
    half = {"level-facts": "3", "line-1": "DRAFT-LINE", "comment": f"DRAFT-WORDS {NASTY}"}
    said = trainer.post(f"{url}/draft", data=half, headers={"Accept": "application/json"})
    assert said.status_code == 200 and "Draft saved" in said.json["said"]
    assert trainer.post(f"{url}/draft", data=half | {"level-facts": "4"}).status_code == 303
    page = trainer.get(url).text
    assert "DRAFT-WORDS" in page and "DRAFT-LINE" in page
    assert 'name="level-facts" value="4" checked' in page
    assert "DRAFT-" not in other.get(url).text
    db.session.rollback()
    assert trainer.post(url, data=form(GOOD)).status_code == 303
    assert db.session.scalars(select(RatingDraft)).all() == []
    assert trainer.post(f"{url}/draft", data=half).status_code == 409
    assert auth.login(run.person).post(f"{url}/draft", data=half).status_code == 403


def test_the_learner_acknowledges_once_and_anew_after_an_amendment(
    app: Flask, desk: Desk, auth: Auth
) -> None:
    run, (rater,) = desk.run(), desk.raters(1)
    url = f"/drills/runs/{run.id}/acknowledge"
    learner = auth.login(run.person)
    assert learner.post(url).status_code == 409
    desk.rate(run, GOOD, rater)
    assert learner.post(url).status_code == 303
    first = run.acknowledged_at
    desk.clock.advance(days=1)
    assert learner.post(url).status_code == 303
    assert run.acknowledged_at == first is not None
    assert auth.login(desk.persons.add("trainer")).post(url).status_code == 404
    changed = Marks({"empathy": 4, "facts": 4}, comment="Again")
    scoring.amend(db.session(), run.id, changed, "why", actor=rater, now=desk.clock.now())
    assert run.acknowledged_at is None
    assert "Earlier:" in learner.get(f"/drills/runs/{run.id}/result").text
