"""The month's list in any order: by each column, up and down, page by page, filtered or not."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, true

from lms.audit import OPERATOR
from lms.clock import Month
from lms.db import db
from lms.jobs import drain
from lms.people.models import Person
from lms.people.organisation import organisation
from lms.people.privacy import erase_person
from lms.people.roster_import import apply_roster
from lms.results import ranking, stored_orders
from lms.results.models import ImportRun, MonthClose, MonthFigure, MonthOrder, MonthResult
from tests.conftest import NOW, Auth, People
from tests.counting import statements
from tests.results.test_pages import cleared, closed

MARCH = Month.parse("2026-03")
# Name, team, score, service, rank; e is not ranked.
FIRST_RESPONSE = {"d": 10.0, "a": 30.0, "b": 20.0, "e": 5.0}
ROWS = [
    ("d", "T2", 9100, 9000, 1), ("a", "T1", 9000, None, 2), ("c", "T1", 9000, 8000, 2),
    ("b", "T2", 8000, 9500, 4), ("e", "T1", None, 9999, None),
]  # fmt: skip
ORDERS = {
    "rank": "dacb", "-rank": "bcad", "score": "bacd", "-score": "dcab", "name": "abcd",
    "-name": "dcba", "service": "acdb", "-service": "bdca", "team": "acdb", "-team": "bdca",
    "kpi-frt": "cdba", "-kpi-frt": "abdc",
}  # fmt: skip


@pytest.fixture
def close(both_apps: Flask, persons: People) -> MonthClose:
    made = MonthClose(
        month=MARCH, revision=1, is_current=True, closed_at=NOW, policy={}, policy_number=0,
        ranked=4, summary={"not_ranked": {"leave": 1}, "metrics": ["frt"]},
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    for name, team, score, service, rank in ROWS:
        person = persons.add(name=name, team=team)
        db.session.add(
            MonthResult(
                close_id=made.id, person_id=person.id, team_id=person.team_id, leave_days=0,
                has_row=True, score=score, service=service, is_partial=False, kpi_met=True,
                rank=rank, not_ranked=None if rank else "leave",
            )
        )  # fmt: skip
        if value := FIRST_RESPONSE.get(name):
            figure = MonthFigure(close_id=made.id, person_id=person.id, metric="frt", value=value)
            db.session.add(figure)
    db.session.commit()
    return made


def names(close: MonthClose, per_page: int = 25, **wanted: object) -> str:
    asked = ranking.Wanted(true(), **wanted)  # type: ignore[arg-type]
    found = ranking.page(db.session(), close, asked, per_page)
    return "".join(entry.name for entry in found.items)


def test_by_each_column_both_ways_with_those_not_ranked_at_the_end(close: MonthClose) -> None:
    for sort, expected in ORDERS.items():
        assert names(close, sort=sort) == expected, sort
        assert names(close, sort=sort, show="all") == expected + "e", sort
        pages = [names(close, 3, sort=sort, page=number) for number in (1, 2)]
        assert "".join(pages) == expected, sort
        # The same order where the list is filtered, and not kept.
        assert names(close, sort=sort, text="A") == "a"
        with_team = names(close, sort=sort, team_id=_team(close))
        assert with_team == "".join(n for n in expected if n in "ac"), sort
    assert names(close, sort="name", page=9) == "abcd"


@pytest.mark.parametrize(("page", "number", "shown"), [(1, 1, "dc"), (2, 2, "ba"), (9, 1, "dc")])
def test_a_search_has_pages_and_leads_back_to_the_first(
    close: MonthClose, page: int, number: int, shown: str
) -> None:
    every = str(db.session.scalar(select(func.min(Person.staff_no))))[0]
    asked = ranking.Wanted(true(), text=every, sort="-name", page=page)
    found = ranking.page(db.session(), close, asked, 2)
    assert (found.page, found.pages, found.total) == (number, 2, 4)
    assert "".join(entry.name for entry in found.items) == shown
    assert names(close, show="not_ranked", sort="-score") == "e"


def test_stored_orders_are_the_same_ones_and_follow_new_names(
    close: MonthClose, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = db.session()
    organisation(session)
    monkeypatch.setattr(stored_orders, "LARGE", 5)
    monkeypatch.setattr(stored_orders, "PART", 2)

    def store(minutes: int) -> None:
        session.commit()
        drain([stored_orders.STORE], NOW + timedelta(minutes=minutes))

    def pages(per_page: int, **wanted: object) -> list[str]:
        return [names(close, per_page, page=number, **wanted) for number in range(1, 6)]

    asked = [(n, show, sort) for n in (1, 2, 3) for show in ranking.SHOWN for sort in ORDERS]
    before = [pages(n, show=show, sort=sort) for n, show, sort in asked]
    store(0)
    with statements() as said:
        assert [pages(n, show=show, sort=sort) for n, show, sort in asked] == before
    # One for the order and one for the people, and never one that puts them in order.
    assert not [one for one in said if "ORDER BY" in one] and len(said) <= 2 * 6 * len(asked)
    with statements() as said:  # all of it is there: a minute later there is nothing to do
        store(1)
    assert not [one for one in said if "INSERT" in one or "DELETE" in one]

    row = {
        "staff_no": "",
        "name": "f",
        "team": None,
        "channel": None,
        "level": None,
    } | dict.fromkeys(("employment", "hired_on", "cleared_on", "email"))
    person = session.scalars(select(Person).where(Person.name == "a")).one()
    run = ImportRun(
        kind="roster", filename="r.csv", sha256="", state="applied", refused=[], warnings=[],
        summary={}, created_at=NOW, rows=[row | {"row": 2, "staff_no": person.staff_no}],
    )  # fmt: skip
    session.add(run)
    session.flush()
    apply_roster(session, run, actor=OPERATOR, now=NOW)
    store(1)  # too early to have been made anew
    assert names(close, sort="name") == "bcdf" and names(close, sort="-name", show="all") == "fdcbe"
    store(3)
    with statements() as said:
        assert names(close, sort="name") == "bcdf" and names(close, sort="-score") == "dcfb"
    assert not [one for one in said if "ORDER BY" in one]
    person.left_on = NOW.date()
    erase_person(session, person, reason="asked", actor=OPERATOR, now=NOW)
    session.commit()
    assert sorted(names(close, sort="name")[i] for i in (0, -1)) != ["b", "f"]
    close.is_current = False  # a revision takes its place
    store(5)
    assert session.scalar(select(func.count()).select_from(MonthOrder)) == 0


def test_a_search_lists_some_and_says_that_there_are_more(
    close: MonthClose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "MOST_FOUND", 2)
    every = "".join(person.staff_no[0] for person in db.session.scalars(select(Person)))[0]
    found = ranking.page(db.session(), close, ranking.Wanted(true(), text=every), 25)
    assert found.total == 3 and [entry.name for entry in found.items] == ["d", "a", "c"]
    assert names(close, text="%") == "" and names(close, text="E", show="not_ranked") == "e"


def _team(close: MonthClose) -> int | None:
    return next(
        e.result.team_id
        for e in ranking.everybody(db.session(), close.id, ranking.Wanted(true()))
        if e.name == "a"
    )


def test_the_heads_are_links_that_say_the_order(auth: Auth, persons: People) -> None:
    for number in range(12):
        cleared(persons.add(staff_no=f"A{number + 1:02}", name=f"某{number}"))
    client: FlaskClient = auth.login(persons.add("hr", staff_no="HR1", level="manager"))
    closed()
    page = client.get(f"/results/months/{MARCH}?sort=-score").text
    client.get(f"/results/months/{MARCH}?sort=name&show=all")
    with statements() as asked:  # that names have not changed is not a query more
        assert client.get(f"/results/months/{MARCH}?sort=name&show=all").status_code == 200
    assert len(asked) <= 6, asked
    assert 'aria-sort="descending"><a href="/results/months/2026-03?sort=score"' in page
    by_figure = client.get(f"/results/months/{MARCH}?sort=kpi-frt").text
    assert (
        '<option value="kpi-frt" selected>' in by_figure
        and 'data-label="First response' in by_figure
    )
    assert "sort=-feedback" in page and '<option value="-score" selected>' in page
    assert 'aria-sort="ascending"' in client.get(f"/results/months/{MARCH}?sort=evil").text
