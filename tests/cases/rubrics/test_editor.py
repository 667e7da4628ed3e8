"""Rubrics on screen: versions that stay, weights that are refused by name, two trainers at once."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import Actor, AuditEntry
from lms.cases import runs
from lms.cases.dumping import dump_rubrics
from lms.cases.loading import load_rubrics
from lms.cases.models import Drill, DrillRun, Rubric
from lms.cases.rubrics import checking, versions
from lms.cases.scoring.marks import Marks, check
from lms.clock import SettableClock
from lms.db import db
from lms.errors import Conflict, DomainError
from tests.cases import kit
from tests.conftest import Auth, People

LEVELS = "Nothing\nLittle\nHalf\nMost\nAll of it"


def fields(**changes: str) -> dict[str, Any]:
    """The form as a trainer fills it in: two criteria, one critical error."""
    return {
        "key": "rubric-new", "based_on": "0", "title-zh": "", "title-en": "Calm answers",
        "pass_mark": "70", "criterion": ["calm", "facts"], "critical": ["leak"],
        "c-calm-en": "Stays calm", "c-calm-weight": "60", "c-calm-levels-en": LEVELS,
        "c-facts-en": "Facts right", "c-facts-weight": "40", "c-facts-levels-en": LEVELS,
        "c-facts-na": "on", "e-leak-en": "Told somebody's address",
    } | changes  # fmt: skip


def rubrics(key: str) -> list[Rubric]:
    db.session.rollback()
    return list(db.session.scalars(select(Rubric).where(Rubric.key == key).order_by(Rubric.id)))


def test_from_an_empty_page_to_a_second_version(
    app: Flask, auth: Auth, persons: People, clock: SettableClock, tmp_path: Path
) -> None:
    client = auth.login(persons.add("trainer"))
    assert "No rubrics yet" in client.get("/rubrics").text
    empty = client.get("/rubrics/new").text  # each box says its language
    assert empty.count('placeholder="中文"') == empty.count('placeholder="English"') == 3
    page = client.post("/rubrics/new", data=fields(do="add-criterion")).text
    assert page.count('name="criterion"') == 3 and not rubrics("rubric-new")
    preview = client.post("/rubrics/new", data=fields(do="preview")).text
    assert "As a rater sees it" in preview and preview.count("level-na") == 1
    assert not rubrics("rubric-new")
    # Pressed twice: one version.
    done = [client.post("/rubrics/new", data=fields()) for _ in range(2)]
    (first,) = rubrics("rubric-new")
    assert {d.location for d in done} == {f"/rubrics/{first.id}"}
    assert first.criteria[0]["na"] is False and "na" not in first.criteria[1]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "rubric.save")).one()
    assert entry.subject_id == first.id

    drill = kit.drill(clock.now())
    drill.rubric_id = first.id
    db.session.commit()
    changed = fields(based_on="1", **{"c-calm-weight": "50", "c-facts-weight": "50"})
    client.post(f"/rubrics/{first.id}/edit", data=changed)
    first, second = rubrics("rubric-new")
    assert (first.criteria[0]["weight"], second.criteria[0]["weight"]) == (60, 50)
    assert db.session.get_one(Drill, drill.id).rubric_id == first.id
    page = client.get(f"/rubrics/{first.id}").text
    assert "There is a newer version" in page and "1 drill" in page

    # A run that has begun keeps its version, whatever becomes of the drill.
    assert "Drills with an earlier version" not in page
    agent = persons.add()
    run_id = runs.start(db.session(), drill.id, agent.id, locale="en", now=clock.now()).id
    other = kit.drill(clock.now())  # of another rubric: never moved
    url = f"/rubrics/{second.id}"
    page = client.get(url).text
    assert "Drills with an earlier version" in page and f'value="{drill.id}" checked' in page
    assert "Tick the drills" in client.post(f"{url}/drills", follow_redirects=True).text
    ticked = {"drill": [str(drill.id), str(other.id), "x"]}
    for said in ("1 drill uses this version", "0 drills use this version"):  # pressed twice
        assert said in client.post(f"{url}/drills", data=ticked, follow_redirects=True).text
        db.session.rollback()
    assert auth.login(agent).post(f"{url}/drills", data=ticked).status_code == 403
    assert db.session.get_one(Drill, drill.id).rubric_id == second.id
    assert db.session.get_one(Drill, other.id).rubric_id not in {first.id, second.id}
    assert db.session.get_one(DrillRun, run_id).rubric_id == first.id
    moved = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "drill.rubric")).one()
    assert (moved.subject_id, moved.details["old"]) == (drill.id, first.id)
    late = client.post(f"/rubrics/{first.id}/drills", data=ticked, follow_redirects=True).text
    assert "There is a newer version of this rubric." in late
    db.session.rollback()

    # The colleague who began with version 1 loses nothing, and may save again.
    late = auth.login(persons.add("trainer"))
    theirs = fields(based_on="1", **{"title-en": "Mine"})
    answer = late.post(f"/rubrics/{first.id}/edit", data=theirs)
    assert answer.status_code == 409 and 'value="Mine"' in answer.text
    assert "saved version 2" in answer.text and 'name="based_on" value="2"' in answer.text
    late.post(f"/rubrics/{first.id}/edit", data=theirs | {"based_on": "2"})
    assert [r.title.en for r in rubrics("rubric-new")] == ["Calm answers", "Calm answers", "Mine"]

    # Written out and read again it is the same.
    dump_rubrics(db.session(), tmp_path)
    assert load_rubrics(db.session(), tmp_path, clock.now()) == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"c-calm-weight": "0"}, "“Stays calm”: the weight must be"),
        ({"c-facts-weight": "-40"}, "“Facts right”: the weight must be"),
        ({"c-facts-weight": "1e9"}, "“Facts right”: the weight must be"),
        ({"c-facts-weight": "41"}, "they add up to 101"),
        ({"c-calm-levels-en": "One\nTwo"}, "“Stays calm”: describe five levels"),
        ({"c-calm-en": ""}, "Criterion 1 needs a title"),
        ({"e-leak-en": " "}, "Say what the critical error is"),
        ({"pass_mark": "101"}, "between 1 and 100"),
        ({"title-en": "\0"}, "Give the rubric a title"),
        ({"criterion": []}, "at least one criterion"),
        (
            {"criterion": [f"c{n}" for n in range(50)]}
            | {f"c-c{n}-weight": "2" for n in range(50)},
            "At most 20",
        ),
    ],
)
def test_refused_by_name(
    app: Flask, auth: Auth, persons: People, changes: dict[str, Any], said: str
) -> None:
    answer = auth.login(persons.add("trainer")).post("/rubrics/new", data=fields() | changes)
    assert answer.status_code == 400 and said in answer.text
    assert not rubrics("rubric-new")


def test_two_at_once(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    old = kit.rubric(clock.now())
    new, actor = versions.parts_of(old), Actor(persons.add("trainer").id)

    def save(mark: int) -> Rubric:
        typed = new | {"pass_mark": mark}
        session = db.session()
        return versions.save(session, old.key, typed, based_on=1, actor=actor, now=clock.now())

    assert save(80).number == 2
    assert save(80).number == 2
    with pytest.raises(Conflict, match="version 2"):
        save(90)


def test_a_criterion_that_always_applies(app: Flask, clock: SettableClock) -> None:
    rubric = kit.rubric(clock.now())
    rubric.criteria = [criterion | {"na": False} for criterion in rubric.criteria]
    checking.check(versions.parts_of(rubric))
    given = {"empathy": None, "facts": 5}
    with pytest.raises(DomainError, match="always applies"):
        check(rubric, Marks(given, {"empathy": "not here"}))


def test_agents_do_not_get_there(app: Flask, auth: Auth, persons: People) -> None:
    client = auth.login(persons.add())
    assert client.get("/rubrics").status_code == 403
    assert client.post("/rubrics/new", data=fields()).status_code == 403
