"""Quarters and years: monthly scores with spot checks, exact on both databases, and the award."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month
from lms.db import db
from lms.errors import Conflict, DomainError
from lms.people.models import Person
from lms.people.privacy import erase_person, export_person
from lms.plugins.recognition import years
from lms.plugins.scorecards.files import RowsRefused
from lms.plugins.scorecards.models import SpotCheck
from lms.plugins.scorecards.periods import reading, spot_checks, spot_file
from lms.plugins.scorecards.periods.spot_checks import Said
from lms.results.periods import period_scores
from tests.conftest import NOW, Auth, Facts, People
from tests.results.files import workbook

JANUARY = Month.parse("2026-01")


def check(person: Person, key: str, month: int, score: int, weight: int) -> SpotCheck:
    said = Said(JANUARY.plus(month - 1).first_day, score, weight, "神秘顾客")
    return spot_checks.enter(db.session(), key, person, said, actor=OPERATOR, now=NOW)


@contextmanager
def undone() -> Iterator[None]:
    nested = db.session.begin_nested()
    try:
        yield
    finally:
        nested.rollback()
        db.session.expire_all()


SCORES = st.integers(0, 10_000)
CHECKS = st.lists(
    st.tuples(st.integers(1, 10), SCORES, st.integers(1, 1200)), max_size=4
)  # fmt: skip


def mean(scores: list[int], checks: list[tuple[int, int, int]]) -> int | None:
    """The rule on paper, in decimals; None without a month."""
    if not scores:
        return None
    points = sum(map(Decimal, scores)) + sum(Decimal(s) * w / 100 for _m, s, w in checks)
    weight = len(scores) + sum(Decimal(w) / 100 for _m, _s, w in checks)
    # Compared as whole numbers: a quotient in decimals may itself be rounded.
    low = (points / weight).to_integral_value(ROUND_HALF_UP) - 2
    return int(max(n for n in (low + i for i in range(5)) if (2 * n - 1) * weight <= 2 * points))


def test_every_figure_is_exact(both_apps: Flask, persons: People, facts: Facts) -> None:
    person, other = persons.add(), persons.add()
    db.session.commit()

    @given(st.lists(SCORES | st.none(), min_size=1, max_size=5), CHECKS)
    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.differing_executors]
    )
    def holds(scores: list[int | None], checks: list[tuple[int, int, int]]) -> None:
        with undone():
            for n, score in enumerate(scores):
                facts.close(JANUARY.plus(n), {person.id: score, other.id: 7000})
            for n, (month, score, weight) in enumerate(checks):
                check(person, f"k{n}", month, score, weight)
            got = reading.read(db.session(), 2026, [person.id])[person.id]
            ranked = {n + 1: s for n, s in enumerate(scores) if s is not None}
            for number, quarter in enumerate(got.quarters):
                within = range(number * 3 + 1, number * 3 + 4)
                expected = mean(
                    [s for n, s in ranked.items() if n in within],
                    [c for c in checks if c[0] in within],
                )
                assert (quarter.score if quarter else None) == expected
            whole = mean(list(ranked.values()), checks)
            assert (got.year.score if got.year else None) == whole
            everybody = period_scores(db.session(), JANUARY, JANUARY.plus(11))
            assert everybody.get(person.id) == got.year
            assert everybody[other.id].score == 7000

    holds()


def test_an_exact_half_goes_up(app: Flask, persons: People, facts: Facts) -> None:
    person = persons.add()
    facts.close(JANUARY, {person.id: 9577})
    facts.close(JANUARY.plus(1), {person.id: 9578})
    found = period_scores(db.session(), JANUARY, JANUARY.plus(11))
    assert found[person.id].score == 9578  # 95.775


def test_corrections_supersede_and_the_award_reads_the_figure(
    app: Flask, persons: People, facts: Facts
) -> None:
    one, two = persons.add(staff_no="A1"), persons.add(staff_no="A2")
    for n in range(6):
        facts.close(JANUARY.plus(n), {one.id: 9000, two.id: 9010})
    assert [s.staff_no for s in years.standings(db.session(), 2026)] == ["A2", "A1"]
    first = check(one, "k", 2, 10_000, 50)
    assert check(one, "k", 2, 10_000, 50).id == first.id  # the same form sent twice
    with pytest.raises(Conflict, match="open a new one"):
        check(one, "k", 2, 9000, 50)
    with pytest.raises(Conflict, match="open a new one"):
        check(two, "k", 2, 10_000, 50)
    best = years.standings(db.session(), 2026, 1)
    assert [(s.staff_no, s.score, s.months) for s in best] == [("A1", 9077, 6)]
    said = Said(first.day, 5000, 50, "录音核对后更正")
    second = spot_checks.correct(
        db.session(), first.id, said, withdraw=False, actor=OPERATOR, now=NOW
    )
    assert second.note == "神秘顾客"  # what was checked, not why it changed
    why = select(AuditEntry).where(AuditEntry.action == "scorecards.correct_check")
    assert db.session.scalars(why).one().reason == "录音核对后更正"
    with pytest.raises(Conflict):
        spot_checks.correct(db.session(), first.id, said, withdraw=True, actor=OPERATOR, now=NOW)
    assert [s.staff_no for s in years.standings(db.session(), 2026)] == ["A2", "A1"]
    spot_checks.correct(db.session(), second.id, said, withdraw=True, actor=OPERATOR, now=NOW)
    assert years.standings(db.session(), 2026)[1].score == 9000
    actions = select(AuditEntry.action).where(AuditEntry.action.like("scorecards.%"))
    assert list(db.session.scalars(actions.order_by(AuditEntry.id))) == [
        "scorecards.spot_check", "scorecards.correct_check", "scorecards.withdraw_check",
    ]  # fmt: skip
    stored = export_person(db.session(), one, actor=OPERATOR, now=NOW)["scorecards"]
    assert [row["score"] for row in stored["spot_checks"]] == [10_000, 5000, 5000]
    one.left_on = date(2026, 10, 1)
    erase_person(db.session(), one, reason="asked", actor=OPERATOR, now=NOW)
    assert set(db.session.scalars(select(SpotCheck.note))) == {""}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said(NOW.date() + timedelta(days=2), 9000, 50, "x"), "day"),
        (Said(date(2000, 1, 1), 9000, 50, "x"), "day"),
        (Said(NOW.date(), 9000, 50, " "), "note"),
    ],
)
def test_what_is_refused(app: Flask, persons: People, said: Said, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        spot_checks.enter(db.session(), "k", persons.add(), said, actor=OPERATOR, now=NOW)
    assert refused.value.field == field


def test_a_file_of_checks_is_taken_once_and_whole(app: Flask, persons: People) -> None:
    person = persons.add(staff_no="007", hired_on=date(2025, 1, 1))
    head = ["工号", "日期", "得分", "权重", "备注"]

    def take(*lines: list[object]) -> tuple[int, int]:
        content = workbook([["抽查登记表"], head, *lines])
        return spot_file.take(db.session(), content, "c.xlsx", actor=OPERATOR, now=NOW)

    good = ["007", "2026/3/5", "９３．５", None, "神秘顾客来电"]
    with pytest.raises(RowsRefused) as refused:
        take(good, good, ["X", "2026-03-05", 90, 1, "a"], ["007", "2026-03-05", 101, 1, "a"],
             ["007", "2026-03-05", None, 1, "a"], ["007", "2026-03-05", 90, 0, "a"],
             ["007", "2030-01-01", 90, 1, "a"], ["007", "2026-03-05", 90, 1, None],
             ["007", "2026-03-05", "1e999999", 1, "a"])  # fmt: skip
    assert [r.row for r in refused.value.rows] == [4, 5, 6, 7, 8, 9, 10, 11]
    assert db.session.scalar(select(SpotCheck)) is None
    worked_out = ["007", date(2026, 4, 2), 80.15 + 7.2, 2, "平均"]  # 87.35000000000001
    assert take(good, ["007", date(2026, 4, 1), 0.88, 2, "五通录音"], worked_out) == (3, 3)
    assert take(good, ["007", "2026-04-01", "0.88", "2.00", "五通录音"]) == (2, 0)
    found = db.session.scalars(select(SpotCheck).order_by(SpotCheck.id)).all()
    assert [(c.person_id, c.day.month, c.score, c.weight) for c in found] == [
        (person.id, 3, 9350, 50), (person.id, 4, 88, 200), (person.id, 4, 8735, 200)
    ]  # fmt: skip
    said = Said(date(2026, 3, 6), 9000, 50, "wrong day")
    spot_checks.correct(db.session(), found[0].id, said, withdraw=False, actor=OPERATOR, now=NOW)
    assert take(good) == (1, 0)  # what was corrected does not come back


def test_who_sees_what(app: Flask, persons: People, facts: Facts, auth: Auth) -> None:
    mine, mate = persons.add(staff_no="A1", team="一组"), persons.add(staff_no="A2", team="一组")
    far = persons.add(staff_no="B1", team="二组")
    head = persons.add("supervisor", staff_no="S1", level="supervisor", team="一组")
    facts.close(JANUARY, {mine.id: 8123, mate.id: 8456, far.id: 8789})
    db.session.commit()
    hr = auth.login(persons.add("hr", staff_no="H1", level="manager"))
    sent = {"key": "f1", "person": "A1", "day": "2026-02-03", "score": "91.25", "weight": "1",
            "note": "Mystery call"}  # fmt: skip
    bad = hr.post("/scorecards/spot-checks/new", data={**sent, "score": "100.01"})
    assert bad.status_code == 400 and "between 0 and 100" in bad.text
    for _twice in "12":
        assert hr.post("/scorecards/spot-checks/new", data=sent).status_code == 303
    assert hr.get("/scorecards/spot-checks").text.count("Mystery call") == 1
    page = hr.get("/scorecards/people?year=2026").text
    assert "86.24" in page and "84.56" in page and "87.89" in page  # (81.23 + 91.25) / 2
    assert "86.24" in hr.get("/scorecards/people?year=2026&format=csv").text
    db.session.rollback()

    far.level = "supervisor"  # promoted since: still among those of the year
    db.session.commit()
    assert "87.89" in hr.get("/scorecards/people?year=2026").text
    db.session.rollback()

    own = auth.login(mine)
    assert own.get("/scorecards/people").location == "/scorecards/mine"
    page = own.get("/scorecards/mine?year=2026").text
    assert "86.24" in page and "Mystery call" in page
    assert "86.24" in own.get("/results").text
    assert own.get(f"/scorecards/people/{mate.id}").status_code == 403
    assert own.get("/scorecards/spot-checks").status_code == 403
    db.session.rollback()

    page = auth.login(head).get("/scorecards/people?year=2026").text
    assert "86.24" in page and "84.56" in page and "87.89" not in page
    assert auth.login(head).get(f"/scorecards/people/{far.id}").status_code == 403
