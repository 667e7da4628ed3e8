"""Choices within a module, steps after named steps, programmes after programmes."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.courses import queries, services
from lms.courses.content import read_programme
from lms.courses.dumping import dump_programmes
from lms.courses.models import EnrolmentStatus, StepState
from lms.courses.overview import clearance_checklist
from lms.db import db
from lms.errors import DomainError
from tests.conftest import Auth, People
from tests.counting import statements

from .conftest import Documents, School, both, lesson, signoff

TODAY = date(2026, 11, 2)


def shaped(documents: Documents, *modules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A topic course of these modules; each is given its key and title."""
    document = documents.programme(
        fields.pop("key", "shaped"), [[lesson("x")]], kind="topic", grants_clearance=False, **fields
    )
    document["modules"] = [
        {"key": f"part-{n}", "title": both(f"part {n}"), **module}
        for n, module in enumerate(modules, 1)
    ]
    documents.write(document)
    return document


CHOICE = {"needs": 2, "steps": [lesson("a"), lesson("b"), signoff("c")]}


def test_any_two_of_three_finish_the_module(
    school: School, persons: People, documents: Documents
) -> None:
    shaped(documents, CHOICE, {"steps": [lesson("last")]})
    documents.load()
    enrolment = school.enrol(persons.add(), "shaped")
    found = school.standing(enrolment)
    assert [s.state for s in found.steps] == ["next", "open", "open", "locked"]
    assert found.steps[3].lock.en == "Opens after 2 of “part 1”"
    assert found.total == 3
    school.set(enrolment, 2)
    school.set(enrolment, 0, StepState.STARTED)
    assert school.states(enrolment) == ["progress", "open", "done", "locked"]
    assert school.standing(enrolment).next.step.key == "a"
    school.set(enrolment, 0, StepState.SUBMITTED)
    assert school.standing(enrolment).steps[3].lock.zh == "完成「part 1中」中的 1 项后开放"
    school.set(enrolment, 1)
    found = school.standing(enrolment)
    assert [s.state for s in found.steps] == ["waiting", "done", "done", "next"]
    assert (found.modules[0].is_done, found.done, found.percent) == (True, 2, 66)
    school.set(enrolment, 3)
    assert enrolment.status == EnrolmentStatus.COMPLETED
    assert school.standing(enrolment).percent == 100


def test_what_is_enough_without_it_is_optional_and_closed_with_the_course(
    school: School, persons: People, documents: Documents, clock: SettableClock
) -> None:
    shaped(documents, CHOICE, {"steps": [lesson("last")]})
    documents.load()
    enrolment = school.enrol(persons.add(), "shaped")
    school.set(enrolment, 0)
    school.set(enrolment, 1)
    found = school.standing(enrolment)
    assert (found.steps[2].state, found.next.step.key) == ("optional", "last")
    key = (enrolment.person_id, enrolment.id, found.steps[2].step.id, clock.now())
    services.open_step(db.session(), *key)
    school.set(enrolment, 3)
    with pytest.raises(services.Locked, match="completed without it"):
        services.open_step(db.session(), *key)


def test_a_step_opens_after_those_it_names_in_place_of_the_order(
    school: School, persons: People, documents: Documents
) -> None:
    free = {**lesson("free"), "after": []}
    named = {**lesson("named"), "after": ["free", "a"]}
    shaped(documents, {"steps": [lesson("a"), lesson("b")]}, {"steps": [free, named]})
    documents.load()
    enrolment = school.enrol(persons.add(), "shaped")
    assert school.states(enrolment) == ["next", "locked", "open", "locked"]
    assert school.standing(enrolment).steps[3].lock.en == "Opens after “a”, “free”"
    school.set(enrolment, 2)
    school.set(enrolment, 0)
    assert school.states(enrolment) == ["done", "next", "done", "open"]


def test_the_calendar_holds_whatever_the_order(
    school: School, persons: People, documents: Documents
) -> None:
    later = {"opens_on_day": 2, "steps": [{**lesson("b"), "after": []}]}
    shaped(documents, {"steps": [lesson("a")]}, later)
    documents.load()
    enrolment = school.enrol(persons.add(), "shaped")
    assert school.standing(enrolment).steps[1].lock.en == "Opens on Tue 3 Nov (day 2)"
    assert school.states(enrolment, date(2026, 11, 3)) == ["next", "open"]


def test_a_required_programme_locks_all_until_it_is_completed(
    school: School, persons: People, documents: Documents, auth: Auth
) -> None:
    shaped(documents, {"steps": [lesson("a")]}, key="basics")
    shaped(documents, {"steps": [lesson("b")]}, key="advanced", requires=["basics"])
    documents.load()
    person = persons.add()
    advanced, basics = school.enrol(person, "advanced"), school.enrol(person, "basics")
    locked = school.standing(advanced).steps[0]
    assert (locked.state, locked.lock.zh) == ("locked", "完成「basics中」后开放")
    page = auth.login(person).get(f"/learn/{advanced.id}/{locked.step.id}")
    assert (page.status_code, "Opens after “basics”" in page.text) == (403, True)
    db.session.rollback()
    school.complete(basics)
    assert school.states(advanced) == ["next"]
    person_id = person.id
    with statements() as seen:
        queries.active(db.session(), person_id, TODAY)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ([{"steps": [{**lesson("a"), "after": ["z"]}]}], "modules[1].steps[1].after: There is no"),
        ([{"steps": [{**lesson("a"), "after": ["a"]}]}], "a could never open"),
        (
            [{"steps": [{**lesson("a"), "after": ["b"]}, {**lesson("b"), "after": ["a"]}]}],
            "modules[1].steps[1].after: a could never open",
        ),
        # The second part waits for the whole first, the first for a step of the second.
        (
            [
                {"steps": [lesson("a"), {**lesson("b"), "after": ["c"]}]},
                {"steps": [lesson("c")]},
            ],
            "modules[1].steps[2].after: b could never open",
        ),
        ([{"steps": [{**lesson("a"), "after": "b"}]}], "after: This must be a list of keys"),
        ([{"needs": 2, "steps": [lesson("a")]}], "modules[1].needs: There are only 1 steps"),
        ([{"needs": 0, "steps": [lesson("a")]}], "modules[1].needs: This must be a whole number"),
    ],
)
def test_what_could_never_be_done_is_refused_by_name(
    app: Flask, documents: Documents, modules: list[dict[str, Any]], message: str
) -> None:
    shaped(documents, *modules)
    with pytest.raises(DomainError) as refused:
        documents.load()
    assert str(refused.value).startswith("shaped/programme.yaml, modules[1]")
    assert message in str(refused.value)


def test_one_way_through_a_choice_is_enough(app: Flask, documents: Documents) -> None:
    choice = {"needs": 1, "steps": [lesson("a"), {**lesson("b"), "after": ["c"]}]}
    shaped(documents, choice, {"steps": [lesson("c")]})
    assert documents.load() == 1


@pytest.mark.parametrize(
    ("requires", "message"),
    [
        (["nowhere"], "basics/programme.yaml, requires: There is no programme nowhere."),
        (["advanced"], "advanced/programme.yaml, requires: advanced waits, in a circle"),
    ],
)
def test_requirements_are_known_and_in_no_circle(
    app: Flask, documents: Documents, requires: list[str], message: str
) -> None:
    shaped(documents, {"steps": [lesson("a")]}, key="basics", requires=requires)
    shaped(documents, {"steps": [lesson("b")]}, key="advanced", requires=["basics"])
    with pytest.raises(DomainError) as refused:
        documents.load()
    assert message in str(refused.value)


def test_the_shape_survives_export_and_an_old_document_stays_what_it_was(
    app: Flask, documents: Documents, tmp_path: Path
) -> None:
    free = {**lesson("free"), "after": []}
    shaped(documents, CHOICE, {"steps": [free]}, key="advanced", requires=["basics"])
    old = shaped(documents, {"steps": [lesson("a")]}, key="basics")
    documents.load()
    first, second = tmp_path / "one", tmp_path / "two"
    dump_programmes(db.session(), first)
    documents.folder = first
    assert documents.load() == 0
    dump_programmes(db.session(), second)
    name = "advanced/programme.yaml"
    assert (first / name).read_bytes() == (second / name).read_bytes()
    assert "after: []" in (first / name).read_text("utf-8")
    read = read_programme(first / "basics" / "programme.yaml", old)
    assert set(read) == {
        *("key", "kind", "title", "summary", "due_days", "grants_clearance"),
        *("weak_figure", "modules"),
    }
    assert set(read["modules"][0]) == {"key", "title", "opens_on_day", "steps"}
    assert set(read["modules"][0]["steps"][0]) == {"key", "kind", "title", "minutes", "config"}


def test_the_way_to_clearance_names_a_choice_once(
    school: School, persons: People, documents: Documents, auth: Auth
) -> None:
    document = documents.programme("onboarding", [[lesson("one")], CHOICE["steps"]])
    document["modules"][1] |= {"needs": 2, "opens_on_day": 1}
    documents.write(document)
    documents.load()
    person = persons.add()
    enrolment = school.enrol(person)
    items = [(i.kind, i.done, i.total) for i in clearance_checklist(school.standing(enrolment))]
    assert items == [("lesson", 0, 1), ("", 0, 2)]
    assert "choose any 2 of 3" in auth.login(person).get(f"/courses/{enrolment.id}").text
