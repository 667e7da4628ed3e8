"""The trainers' pages, and the core without the plugin."""

import pytest
from sqlalchemy import update

from lms.db import db
from lms.plugins.exams.models import Attempt
from lms.plugins.manager import plugins
from lms.plugins.models import PluginState
from tests.conftest import NOW
from tests.plugins.exams.conftest import COUNT, World, counted

PAGES = ("/exams/", "/exams/theory", "/exams/theory/items", "/exams/banks", "/exams/banks/handbook")


@pytest.mark.parametrize("path", PAGES)
def test_trainers_only(world: World, path: str) -> None:
    assert world.client().get(path).status_code == 403
    assert world.client(world.persons.add("hr")).get(path).status_code == 403
    for role in ("trainer", "training_manager"):
        assert world.client(world.persons.add(role)).get(path).status_code == 200


def test_bank_search_in_both_languages_by_topic_and_difficulty(both_worlds: World) -> None:
    world = both_worlds
    trainer = world.client(world.persons.add("trainer"))

    def count(**query: object) -> int:
        page = trainer.get("/exams/banks/handbook", query_string=query).text
        return page.count('class="exam-entry"')

    assert count() == 10
    assert count(q="题目3是") == 1
    assert count(q="stem 4") == 1
    assert count(q="OPTION 5B") == 1
    assert count(q="%") == 0
    assert count(tag="even") == 5
    assert count(tag="even", difficulty=1) == 1
    assert count(q="no such thing") == 0


def test_results_and_item_analysis(both_worlds: World) -> None:
    world = both_worlds
    for number in range(3):
        person = world.persons.add()
        client = world.client(person)
        attempt = world.start(client, person)
        world.answer_all(client, attempt, right=COUNT if number == 0 else 3)
        db.session.rollback()
        client.post(f"/exams/attempts/{world.again(attempt).id}/submit")
    trainer = world.client(world.persons.add("trainer"))
    results = trainer.get("/exams/theory").text
    assert "33%" in results
    assert results.count("Not passed") == 2
    assert "66.66%" in results
    items = trainer.get("/exams/theory/items").text
    assert "Chosen" in items
    assert "Difficulty" in items
    assert "Stem" in items
    assert "33%" in trainer.get("/exams/").text
    assert trainer.get("/exams/theory/items?page=99").status_code == 200


def test_an_open_attempt_is_in_no_figure(world: World) -> None:
    world.start(world.client())
    trainer = world.client(world.persons.add("trainer"))
    assert "Nobody has sat it yet" in trainer.get("/exams/theory").text
    assert "No figures yet" in trainer.get("/exams/theory/items").text


@pytest.mark.parametrize("path", PAGES)
def test_pages_do_not_query_per_row(world: World, path: str) -> None:
    for _ in range(4):
        person = world.persons.add()
        client = world.client(person)
        attempt = world.start(client, person)
        client.post(f"/exams/attempts/{attempt.id}/submit")
    trainer = world.client(world.persons.add("trainer"))
    trainer.get(path)
    with counted() as statements:
        assert trainer.get(path).status_code == 200
    assert len(statements) <= 8, statements


def test_result_page_is_cheap(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    where = f"/exams/attempts/{attempt.id}"
    client.post(f"{where}/submit")
    with counted() as statements:
        client.get(f"{where}/result")
    assert len(statements) <= 4, statements
    with counted() as statements:
        client.get(f"{where}/review")
    assert len(statements) <= 7, statements


def test_without_the_plugin_the_core_runs_and_the_step_says_so(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    db.session.add(PluginState(name="exams", is_enabled=False, changed_at=NOW))
    db.session.commit()
    plugins().forget_states()
    page = client.get(world.step_url())
    assert page.status_code == 200
    assert "not available" in page.text
    assert client.get(f"/exams/attempts/{attempt.id}").status_code == 404
    assert client.get("/").status_code == 200
    trainer = world.client(world.persons.add("trainer"))
    assert trainer.get("/exams/").status_code == 404
    assert "/exams/" not in trainer.get("/").text
    db.session.execute(update(PluginState).values(is_enabled=True))
    db.session.commit()
    plugins().forget_states()
    assert client.get(f"/exams/attempts/{attempt.id}").status_code == 200
    assert db.session.get_one(Attempt, attempt.id).submitted_at is None
