"""The month's list in any order: by each column, up and down, page by page, filtered or not."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, true

from lms import audit
from lms.audit import OPERATOR
from lms.clock import Month
from lms.db import db
from lms.people.models import Person
from lms.people.privacy import erase_person
from lms.results import ranking
from lms.results.models import MonthClose, MonthResult
from tests.conftest import NOW, Auth, People
from tests.counting import statements
from tests.results.test_pages import cleared, closed

MARCH = Month.parse("2026-03")
# Name, team, score, service, rank; e is not ranked.
ROWS = [
    ("d", "T2", 9100, 9000, 1), ("a", "T1", 9000, None, 2), ("c", "T1", 9000, 8000, 2),
    ("b", "T2", 8000, 9500, 4), ("e", "T1", None, 9999, None),
]  # fmt: skip
ORDERS = {
    "rank": "dacb", "-rank": "bcad", "score": "bacd", "-score": "dcab", "name": "abcd",
    "-name": "dcba", "service": "acdb", "-service": "bdca", "team": "acdb", "-team": "bdca",
}  # fmt: skip


@pytest.fixture
def close(both_apps: Flask, persons: People) -> MonthClose:
    made = MonthClose(
        month=MARCH, revision=1, is_current=True, closed_at=NOW, policy={}, policy_number=0,
        ranked=4, summary={},
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
    assert names(close, show="not_ranked", sort="-score") == "e"


def test_an_order_by_people_is_kept_until_somebody_has_another_name(close: MonthClose) -> None:
    session = db.session()
    assert names(close, sort="name") == "abcd" and names(close, sort="-name", show="all") == "dcbae"
    with statements() as asked:
        assert names(close, sort="name") == "abcd" and names(close) == "dacb"
        assert names(close, sort="-score") == "dcab"
    assert len([one for one in asked if "ORDER BY" in one]) == 2  # the two that are new
    # As another process would have it: this one is not told.
    person = session.scalars(select(Person).where(Person.name == "a")).one()
    person.name, details = "f", {"old": {"name": "a"}, "new": {"name": "f"}}
    audit.record(session, OPERATOR, "person.edit", ("person", person.id), now=NOW, **details)
    session.commit()
    assert names(close, sort="name") == "bcdf" and names(close, sort="-name", show="all") == "fdcbe"
    with statements() as asked:
        assert names(close, sort="name") == "bcdf"
    assert not [one for one in asked if "ORDER BY" in one]
    person.left_on = NOW.date()
    erase_person(session, person, reason="asked", actor=OPERATOR, now=NOW)
    session.commit()
    assert sorted(names(close, sort="name")[i] for i in (0, -1)) != ["b", "f"]


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
    assert "sort=-feedback" in page and '<option value="-score" selected>' in page
    assert 'aria-sort="ascending"' in client.get(f"/results/months/{MARCH}?sort=evil").text
