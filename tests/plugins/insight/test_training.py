"""The effect of a course: a worked example, the reference, and how often the interval is right."""

import random
from datetime import UTC, datetime, timedelta
from math import sqrt

import pytest
from flask import Flask
from sqlalchemy import update

from lms.clock import Month
from lms.courses.models import Enrolment, Programme, ProgrammeVersion
from lms.db import Localized, db
from lms.plugins.api import student_t
from lms.plugins.insight import statistics, training
from lms.plugins.insight.statistics import Sums, Verdict
from lms.results.models import MonthClose, MonthResult
from tests.conftest import NOW, Auth, Facts, People
from tests.plugins.insight.reference import did

FIRST = Month.parse("2026-01")


def course(taken: dict[int, Month], kind: str = "topic") -> int:
    programme = Programme(key="talk", kind=kind)
    db.session.add(programme)
    db.session.flush()
    version = ProgrammeVersion(
        programme_id=programme.id, number=1, title=Localized("沟通", "Talk"), summary=Localized(),
        due_days=7, grants_clearance=False, content_hash="", created_at=NOW,
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    for person_id, month in taken.items():
        # The last hour of the month in Shanghai, which in UTC lies before midnight of the day.
        end = datetime(
            month.last_day.year, month.last_day.month, month.last_day.day, 15, tzinfo=UTC
        )
        db.session.add(
            Enrolment(
                person_id=person_id, programme_id=programme.id, version_id=version.id,
                starts_on=month.first_day, due_on=month.last_day, status="completed",
                created_at=NOW, ended_at=end + timedelta(minutes=30),
            )
        )  # fmt: skip
    db.session.commit()
    return programme.id


def closes(facts: Facts, figures: dict[int, dict[int, float]], months: int) -> dict[Month, int]:
    made: dict[Month, int] = {}
    for number in range(months):
        month = FIRST.plus(number)
        have = {i: f[month.index] for i, f in figures.items() if month.index in f}
        close: MonthClose = facts.close(
            month, dict.fromkeys(have, 9000), {i: {"csat": (v, 10**12)} for i, v in have.items()}
        )
        made[month] = close.id
    db.session.commit()
    return made


def test_a_worked_example(both_apps: Flask, persons: People, facts: Facts) -> None:
    """Two took it in March: +0.6 and +0.4; two did not: +0.1 and +0.3. The effect is +0.3."""
    ids = [persons.add().id for _ in range(4)]
    before_after = ((4.0, 4.6), (4.2, 4.6), (4.0, 4.1), (4.1, 4.4))
    figures = {
        i: {FIRST.index + m: (a if m < 2 else b) for m in range(5) if m != 2}
        for i, (a, b) in zip(ids, before_after, strict=True)
    }
    made = closes(facts, figures, 5)
    programme = course({ids[0]: FIRST.plus(2), ids[1]: FIRST.plus(2)})
    sums = training.sums(db.session(), programme, made, "csat")
    assert (sums.takers, sums.others) == (2, 2)
    assert sums.total / 2 == pytest.approx(0.3)
    # e: 0.4 and 0.2; u: -0.05 and +0.05.
    assert (sums.squares, sums.spread) == pytest.approx((0.20, 0.005))
    few = statistics.effect(sums, 10, True)
    assert few.verdict is Verdict.TOO_FEW and few.value is None and few.low is None
    found = statistics.effect(sums, 2, True)
    half = student_t(2) * sqrt(0.02)  # 0.01 of the takers, 0.01 of the others
    assert (found.value, found.low, found.high) == pytest.approx((0.3, 0.3 - half, 0.3 + half))
    assert found.verdict is Verdict.UNCLEAR
    around = {(b.takers, b.offset): b.mean for b in training.around(
        db.session(), programme, made, "csat")}  # fmt: skip
    assert around[True, -1] == pytest.approx(4.1) and around[True, 1] == pytest.approx(4.6)
    assert around[False, 2] == pytest.approx(4.25) and (True, 0) not in around


def test_it_is_the_references(both_apps: Flask, persons: People, facts: Facts) -> None:
    chance = random.Random(7)
    ids = [persons.add().id for _ in range(24)]
    figures = {
        i: {
            FIRST.index + m: round(chance.gauss(4.3, 0.2), 2)
            for m in range(10) if chance.random() > 0.2
        }
        for i in ids
    }  # fmt: skip
    taken = {i: FIRST.plus(chance.choice((0, 2, 4, 5, 9, 11))) for i in ids[:14]}
    made = closes(facts, figures, 10)
    sums = training.sums(db.session(), course(taken), made, "csat")
    n, j, effect, error = did(
        figures, {i: m.index for i, m in taken.items()}, FIRST.index, FIRST.index + 9
    )
    assert (sums.takers, sums.others) == (n, j) and n >= 5
    assert sums.total / n == pytest.approx(effect, abs=1e-9)
    of_takers = (sums.squares - sums.total**2 / n) / (n - 1) / n
    assert sqrt(of_takers + sums.spread * j / (j - 1)) == pytest.approx(error, abs=1e-9)


@pytest.mark.parametrize(("higher", "verdict"), [(True, Verdict.BETTER), (False, Verdict.WORSE)])
def test_better_is_what_the_measure_says(higher: bool, verdict: Verdict) -> None:
    found = statistics.effect(Sums(50, 50.0, 51.0, 50, 0.0001), 10, higher)
    assert found.verdict is verdict


def _coverage(runs: int, effect: float) -> tuple[float, float]:
    """How often the interval holds the true effect, and the mean of the estimates."""
    chance, hits, estimates = random.Random(3), 0, []
    for _ in range(runs):
        taken = {i: chance.choice((3, 4, 5)) for i in range(15)}
        figures = {}
        for i in range(45):
            own, drift = chance.gauss(4, 0.3), chance.gauss(0, 0.02)
            figures[i] = {
                m: own + drift * m + 0.03 * m + chance.gauss(0, 0.15)
                + (effect if i in taken and m > taken[i] else 0)
                for m in range(9)
            }  # fmt: skip
        n, j, estimate, error = did(figures, taken, 0, 8)
        half = student_t(min(n, j) - 1) * error
        hits += abs(estimate - effect) <= half
        estimates.append(estimate)
    return hits / runs, sum(estimates) / runs


@pytest.mark.full
def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    covered, average = _coverage(1000, 0.2)
    assert 0.93 <= covered <= 0.98
    assert average == pytest.approx(0.2, abs=0.01)


def test_the_page_says_too_few_and_draws_nothing_of_them(
    app: Flask, persons: People, facts: Facts, auth: Auth
) -> None:
    ids = [persons.add().id for _ in range(26)]
    figures = {
        i: {FIRST.index + m: 4.0 + 0.3 * (m > 2 and number < 13) + 0.01 * ((number * 7 + m) % 5)
            for m in range(6)}
        for number, i in enumerate(ids)
    }  # fmt: skip
    closes(facts, figures, 6)
    programme = course({i: FIRST.plus(2) for i in ids[:13]})
    client = auth.login(persons.add("trainer", level="manager"))
    page = client.get(f"/insight/courses/{programme}").text
    db.session.rollback()
    assert "Better" in page and "+0.30" in page and "13 took it, 13 did not" in page
    assert '<svg class="drawn"' in page and "stroke-dasharray" in page
    few = client.get(f"/insight/courses/{programme}?metric=fcr").text
    db.session.rollback()
    assert "Too few to tell" in few and '<svg class="drawn"' not in few
    assert "Completed by" in client.get("/insight/courses").text
    db.session.rollback()
    assert auth.login(persons.add()).get(f"/insight/courses/{programme}").status_code == 403


def test_each_is_compared_within_their_channel(
    both_apps: Flask, persons: People, facts: Facts
) -> None:
    """On the phone everybody fell by 1, online nobody: the course on the phone changed nothing."""
    ids = [persons.add().id for _ in range(8)]
    phone = ids[:4]
    figures = {
        i: {FIRST.index + m: 4.0 - (m > 2 and i in phone) for m in range(5) if m != 2} for i in ids
    }
    made = closes(facts, figures, 5)
    moved = update(MonthResult).values(channel="phone")
    db.session.execute(moved.where(MonthResult.person_id.in_(phone)))
    programme = course(dict.fromkeys(phone[:2], FIRST.plus(2)))
    sums = training.sums(db.session(), programme, made, "csat")
    assert (sums.takers, sums.others, sums.total) == (2, 2, 0.0)
    assert training.sums(db.session(), programme, made, "score").takers == 2
    means = {(b.takers, b.offset): b.mean for b in training.around(
        db.session(), programme, made, "csat")}  # fmt: skip
    assert means[False, 1] == means[True, 1] == 3.0
    # Whoever changed channel in between changed for that.
    back = update(MonthResult).values(channel="online")
    db.session.execute(
        back.where(MonthResult.person_id == ids[3], MonthResult.close_id == made[FIRST.plus(4)])
    )
    assert training.sums(db.session(), programme, made, "csat").others == 1


def test_a_point_of_a_few_people_is_not_drawn_for_those_who_see_no_results(
    app: Flask, persons: People, facts: Facts, auth: Auth
) -> None:
    ids = [persons.add().id for _ in range(26)]
    figures = {i: {FIRST.index + m: 4.0 + 0.01 * ((i + m) % 5) for m in range(5)} for i in ids}
    figures[ids[0]][FIRST.index + 5] = 1.23  # alone in the third month after
    closes(facts, figures, 6)
    programme = course(dict.fromkeys(ids[:13], FIRST.plus(2)))
    url = f"/insight/courses/{programme}?format=csv"
    for role, sees in (("trainer", False), ("hr", True)):
        taken = auth.login(persons.add(role, level="manager")).get(url).text
        db.session.rollback()
        assert ("1.23" in taken) is sees and "Took the course,2," in taken, role


def test_retraining_is_not_judged_by_those_who_were_not_sent(
    app: Flask, persons: People, auth: Auth
) -> None:
    programme = course({persons.add().id: FIRST}, "retraining")
    client = auth.login(persons.add("trainer", level="manager"))
    assert client.get(f"/insight/courses/{programme}").status_code == 404
    db.session.rollback()
    page = client.get("/insight/courses").text
    assert "No course completed yet" in page and "/retraining/effect" in page
