"""The rule is built on screen, looked at before it is saved, and carried out while one waits."""

import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.courses.audience.models import AudienceVersion, ProgrammeAssignment
from lms.db import db
from lms.people.models import Level, Person, Team
from tests.conftest import Auth, People
from tests.counting import statements

from .conftest import TODAY, Course


@pytest.fixture
def trainer(persons: People, auth: Auth) -> FlaskClient:
    return auth.login(persons.add("trainer", level=Level.MANAGER, team="培训", name="Tess"))


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    db.session.rollback()
    return re.sub(r"\s+", " ", answer.text)


def post(client: FlaskClient, path: str, **fields: object) -> tuple[int, str]:
    answer = client.post(path, data=fields)
    db.session.rollback()
    return answer.status_code, answer.location or re.sub(r"\s+", " ", answer.text)


def test_look_save_assign(course: Course, persons: People, trainer: FlaskClient) -> None:
    for number in range(23):
        persons.add(name=f"agent {number:02d}")
    other = persons.add(team="二组", name="somebody else")
    page = f"/assign/{course.programme_id}"
    assert "No rule yet" in text_of(trainer, "/assign")
    assert "25 people fit" in text_of(trainer, page)
    team = db.session.scalars(select(Team).where(Team.name == "一组")).one()
    looked_at = text_of(trainer, f"{page}?look=1&teams={team.id}&levels=agent")
    assert "23 people fit" in looked_at and "Team: 一组; Level: Agent" in looked_at
    assert "agent 19" in looked_at and "agent 20" not in looked_at
    assert "and 3 more people" in looked_at
    assert "agent 22" in text_of(trainer, f"{page}?look=1&teams={team.id}&q=agent+22")
    assert "is not among them" in text_of(trainer, f"{page}?look=1&teams={team.id}&q={other.name}")
    assert db.session.scalars(select(AudienceVersion)).all() == []

    rule = re.search(r'name="rule" type="hidden" value="([^"]*)"', looked_at)
    assert rule is not None
    raw = rule[1].replace("&#34;", '"')
    assert json.loads(raw) == {"teams": [team.id], "levels": ["agent"]}
    assert post(trainer, f"{page}/rule", rule=raw, base="0") == (303, page)
    status, answer = post(trainer, f"{page}/rule", rule=raw, base="0")
    assert status == 400 and "in the meantime" in answer
    assert "Team: 一组; Level: Agent" in text_of(trainer, "/assign")

    status, where = post(
        trainer, page, base="1", starts_on=TODAY.isoformat(), skip_completed="y", reason="peak"
    )
    assert status == 303
    waiting = text_of(trainer, where)
    assert "Enrolling 23 people" in waiting and 'hx-trigger="every 1s"' in waiting
    course.run()
    db.session.rollback()
    done = text_of(trainer, where)
    assert "Everybody enrolled has been told" in done and "every 1s" not in done
    assert "23 of them are under way" in text_of(trainer, page)


def test_a_rule_for_nobody_needs_a_word(course: Course, trainer: FlaskClient) -> None:
    page = f"/assign/{course.programme_id}"
    shown = text_of(trainer, f"{page}?look=1&channels=email")
    assert "0 people fit" in shown and "It is for people to come" in shown
    raw = '{"channels": ["email"]}'
    status, answer = post(trainer, f"{page}/rule", rule=raw, base="0")
    assert (
        status == 400 and "Nobody fits this rule. Widen it" in answer and 'value="email"' in answer
    )
    assert post(trainer, f"{page}/rule", rule=raw, base="0", for_people_to_come="y")[0] == 303
    status, answer = post(trainer, page, base="1", starts_on=TODAY.isoformat())
    assert status == 400 and "Nobody fits the rule now" in answer
    until = (TODAY + timedelta(days=60)).isoformat()
    status, where = post(trainer, page, base="1", starts_on=TODAY.isoformat(), follow_until=until)
    assert status == 303
    course.run()
    db.session.rollback()
    assert "Followed until" in text_of(trainer, where)
    assert post(trainer, f"{where}/stop")[0] == 303
    assert "Stopped following" in text_of(trainer, where)


@pytest.mark.parametrize(
    "query",
    ["hired_from=yesterday", "hired_within=0", "teams=999",
     "hired_from=2026-11-02&hired_until=2026-11-01"],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    course: Course, trainer: FlaskClient, query: str
) -> None:
    shown = text_of(trainer, f"/assign/{course.programme_id}?look=1&{query}")
    assert "Please look at the marked fields" in shown and "form-error" in shown
    assert "Save this rule" not in shown


@pytest.mark.parametrize("raw", ["", "[]", '{"levels": ["boss"]}', "{"])
def test_a_rule_somebody_made_up_is_refused(course: Course, trainer: FlaskClient, raw: str) -> None:
    assert post(trainer, f"/assign/{course.programme_id}/rule", rule=raw, base="x")[0] == 400
    assert db.session.scalars(select(AudienceVersion)).all() == []


def test_given_up_it_says_so_and_can_be_tried_again(
    course: Course, persons: People, trainer: FlaskClient
) -> None:
    course.rule()
    order = course.assign()
    order.job.attempts, number = 8, order.id
    db.session.commit()
    assert "nobody was enrolled" in text_of(trainer, f"/assignments/{number}")
    assert post(trainer, f"/assignments/{number}/again")[0] == 303
    course.run()
    order = db.session.get_one(ProgrammeAssignment, number)
    assert order.finished_at is not None


def test_only_those_who_assign_and_within_their_queries(
    course: Course, persons: People, trainer: FlaskClient, auth: Auth
) -> None:
    course.rule()
    number = course.assign().id
    agent: Person = persons.add()
    for path in ("/assign", f"/assign/{course.programme_id}", f"/assignments/{number}"):
        assert auth.login(agent).get(path).status_code == 403
        db.session.rollback()
        text_of(trainer, path)
        with statements() as seen:
            text_of(trainer, path)
        assert len(seen) <= 6
    assert trainer.get("/assign/999").status_code == 404
    assert trainer.get("/assignments/999").status_code == 404
