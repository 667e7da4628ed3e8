"""The jump at the cut-off: against lines made by hand, a simulated truth, and closed months."""

import csv
import io
import math
import random

import pytest
from flask import Flask
from sqlalchemy import insert

from lms import policies
from lms.audit import OPERATOR
from lms.clock import Month
from lms.db import db
from lms.people.models import Level, Person
from lms.plugins.retraining.effect import before_after, discontinuity
from lms.plugins.retraining.effect.discontinuity import Point, estimate
from lms.plugins.retraining.effect.judging import bins, effect, judge
from lms.plugins.retraining.effect.policy import EFFECT
from lms.plugins.retraining.effect.sample import sample
from lms.plugins.retraining.policy import SELECTION


def points(after, distances=(-2.0, -1.5, -0.5, 0.5, 1.0, 2.0)) -> list[Point]:
    return [Point(n, d, d < 0, after(d)) for n, d in enumerate(distances)]


def test_two_exact_lines_give_their_jump_and_no_doubt() -> None:
    found = estimate(points(lambda d: 83 + 0.5 * d if d < 0 else 80 + 2 * d))
    assert found.jump == pytest.approx(3) and found.high - found.low == pytest.approx(0, abs=1e-6)
    assert estimate(points(lambda d: 80.0, (-1.0, -1.0, -1.0, 1.0, 1.0, 1.0))) is None
    assert estimate(points(lambda d: 80.0)[:4]) is None


def test_the_interval_by_hand() -> None:
    """Four people below at -1 and -3, four above at 1 and 3, twice each: the lines go through the
    means; with rests of ±1 the error follows from pencil and paper.

    A side's line at 0 weighs its points 3/4 each (at ±1) and -1/4 each (at ±3), the pull of a
    person being weight times rest: 4 people of (3/4)² and 4 of (1/4)², together 2.5.
    """
    made = [
        Point(n, side * far, side < 0, 80 + rest)
        for n, (side, far, rest) in enumerate(
            (side, far, rest) for side in (-1, 1) for far in (1.0, 3.0) for rest in (1, -1)
        )
    ]
    found = estimate(made)
    factor = 8 / 7 * 7 / 4
    error = math.sqrt(factor * 4 * ((3 / 4) ** 2 + (1 / 4) ** 2))
    assert found.jump == pytest.approx(0, abs=1e-9)
    assert found.high == pytest.approx(2.3646 * error, rel=1e-3)  # t with 7 degrees, from a table


def test_a_persons_months_are_no_separate_evidence() -> None:
    one = [p for n in range(6) for p in points(lambda d: 80.0 + (d > 0))]
    noisy = [
        p._replace(person_id=n % 12, after=p.after + (1 if n % 2 else -1))
        for n, p in enumerate(one)
    ]
    apart = [p._replace(person_id=n) for n, p in enumerate(noisy)]
    width = estimate(noisy).high - estimate(noisy).low
    assert width > 1.5 * (estimate(apart).high - estimate(apart).low)


def simulated(seed: int, jump: float, people: int = 160, months: int = 6) -> list[Point]:
    """People who differ for good, months that go up and down, and a cut through each month."""
    chance = random.Random(seed)
    own = [chance.gauss(80, 4) for _ in range(people)]
    made = []
    for _month in range(months):
        scores = [base + chance.gauss(0, 4) for base in own]
        line = sorted(scores)[people // 5]
        for n, score in enumerate(scores):
            distance = score - line
            if abs(distance) <= 3:
                later = own[n] + chance.gauss(0, 4) + (jump if distance < 0 else 0)
                made.append(Point(n, distance, distance < 0, later))
    return made


@pytest.mark.parametrize("truth", [0.0, 2.5])
def test_the_truth_of_a_simulation_is_found(truth) -> None:
    """Of 95 % intervals about 95 in 100 hold the truth; before and after is fooled every time."""
    found = [estimate(simulated(seed, truth)) for seed in range(60)]
    held = sum(one.low <= truth <= one.high for one in found)
    assert held >= 52  # of 60; fewer happens once in 200 such runs
    mean = sum(one.jump for one in found) / len(found)
    assert mean == pytest.approx(truth, abs=0.35)
    if truth == 0:
        below = [p for seed in range(5) for p in simulated(seed, 0.0) if p.is_below]
        assert sum(p.after - p.distance for p in below) / len(below) > 72  # they rose by themselves


def test_months_of_other_levels_feign_no_jump() -> None:
    """In a low month many are below the line, in a high month few: nobody's score jumps."""
    found = []
    for seed in range(60):
        chance = random.Random(seed)
        made = []
        for month, (level, share) in enumerate(((60, 0.45), (80, 0.2))):
            for n in range(160):
                distance = chance.uniform(0.01, 3) * (-1 if chance.random() < share else 1)
                after = level + distance / 2 + chance.gauss(0, 3)
                made.append(Point(n, distance, distance < 0, after, month))
        found.append(estimate(made))
    assert sum(one.low <= 0 <= one.high for one in found) >= 52
    assert sum(one.jump for one in found) / len(found) == pytest.approx(0, abs=0.4)
    pooled = estimate([point._replace(month=0) for point in made])
    assert pooled.high < 0  # without levels of their own
    below, above = (one.mean for one in bins(made, 3.0)[5:7])
    assert above - below < 3  # nor does the chart show one


def test_too_few_people_say_nothing() -> None:
    made = simulated(1, 5.0)
    below = discontinuity.people_on(made, below=True)
    assert judge(made, below).estimate is not None
    assert judge(made, below + 1).estimate is None
    counted = bins(made, 3.0)
    assert len(counted) == 12 and sum(b.count for b in counted) == len(made)
    alone = bins([Point(1, -1.2, True, 80.0), Point(1, -1.1, True, 81.0)], 3.0)
    assert [(b.count, b.people) for b in alone if b.count] == [(2, 1)]


@pytest.fixture
def both_crowds(both_apps: Flask, clock):
    return _crowd(clock)


@pytest.fixture
def crowd(app: Flask, clock):
    return _crowd(clock)


def _crowd(clock) -> list[int]:
    """60 people in three months whose selection was carried out: 70.00 to 75.90, a tenth apart."""
    db.session.execute(
        insert(Person),
        [
            {
                "id": n, "staff_no": f"C{n:03d}", "name": f"c{n}", "level": Level.AGENT,
                "channel": "online", "employment": "regular", "hired_on": clock.now().date(),
                "created_at": clock.now(), "locale": "en",
            }
            for n in range(1, 61)
        ],
    )  # fmt: skip
    return list(range(1, 61))


def close(facts, month: str, ids, add: int = 0, drop=(), revision: int = 1):
    scores = {i: None if i in drop else 7000 + 10 * n + add for n, i in enumerate(ids)}
    figures = {i: {"frt": (40.0 - n / 10, 10**9 * (n + 1))} for n, i in enumerate(ids)}
    made = facts.close(Month.parse(month), scores, figures, revision=revision)
    made.ranked = sum(score is not None for score in scores.values())
    db.session.commit()
    return made


def carry_out(close, clock, assign=True) -> None:
    from lms.rules import services

    services.run_all(db.session(), close, assign=assign, actor=OPERATOR, now=clock.now())
    db.session.commit()


def test_only_months_with_consequences_and_a_month_after_count(both_crowds, facts, clock) -> None:
    crowd = both_crowds
    carry_out(close(facts, "2026-01", crowd), clock, assign=False)  # history
    carry_out(close(facts, "2026-02", crowd), clock)
    close(facts, "2026-03", crowd, add=100, drop=(1, 60))
    close(facts, "2026-03", crowd, add=200, drop=(1, 60), revision=2)  # this one holds
    last = close(facts, "2026-05", crowd)
    carry_out(last, clock)
    found = sample(db.session(), 1.0)
    assert [str(line.month) for line in found.lines] == ["2026-02"]
    (line,) = found.lines
    assert (line.selected, line.next_above) == (7050, 7060)  # 6 of 60
    assert found.lost == (1, 0)
    below = sorted(p.person_id for p in found.points if p.is_below)
    assert below == [2, 3, 4, 5, 6] and len(found.points) == 5 + 10
    assert {round(p.after - 70.55 - p.distance, 2) for p in found.points} == {2.0}
    # The placebo line is two bands above: nobody near it was selected.
    assert min(p.person_id for p in found.placebo) == 17 and len(found.placebo) == 20


def test_with_a_fixed_score_the_line_is_where_people_were_not_sent(crowd, facts, clock) -> None:
    policies.save(
        db.session(), SELECTION, {"use_threshold": True, "threshold": 71.0}, base_number=0,
        reason="test", actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    carry_out(close(facts, "2026-02", crowd), clock)
    close(facts, "2026-03", crowd)
    found = sample(db.session(), 1.0)
    (line,) = found.lines
    assert (line.selected, line.next_above) == (7099, 7100)
    assert max(p.person_id for p in found.points if p.is_below) == 10  # 70.90, sent
    assert min(p.person_id for p in found.points if not p.is_below) == 11  # 71.00, not sent


def _csv(answer) -> str:
    return answer.data.decode("utf-8-sig")


def test_the_pages_show_it_and_say_when_they_cannot(crowd, facts, clock, auth, persons):
    for month in ("2026-01", "2026-02"):
        carry_out(close(facts, month, crowd), clock)
    close(facts, "2026-03", crowd, add=150)
    hr = auth.login(persons.add("hr", level=Level.MANAGER))
    page = hr.get("/retraining/effect").text
    assert "Too few to tell." in page and "40 different people" in page
    policies.save(
        db.session(), EFFECT, {"people": 20, "band": 20.0}, base_number=0, reason="test",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    judged = effect(db.session()).real
    assert (judged.below.people, judged.below.months, judged.estimate) == (6, 12, None)
    db.session.rollback()
    rows = list(csv.DictReader(io.StringIO(_csv(hr.get("/retraining/effect?format=csv")))))
    assert rows[0]["people_below"] == "6" and rows[0]["difference"] == ""
    trainer = auth.login(persons.add("trainer", level=Level.MANAGER))
    for who in (hr, trainer):  # too few to tell are too few to draw
        assert "by distance from the cut-off" not in who.get("/retraining/effect").text
        db.session.rollback()
    changes = hr.get("/retraining/before-and-after").text
    assert "C001" in changes and "70.00 → 71.50" in changes
    out = list(csv.DictReader(io.StringIO(_csv(hr.get("/retraining/before-and-after?format=csv")))))
    assert len(out) == 12 and out[0]["score_after"] == "71.5" and out[0]["month"] == "2026-02"
    db.session.rollback()
    agent = auth.login(persons.add())
    boss = auth.login(persons.add("supervisor", level=Level.SUPERVISOR))
    assert trainer.get("/retraining/effect").status_code == 200
    assert "C001" not in trainer.get("/retraining/before-and-after").text
    assert agent.get("/retraining/effect").status_code == 403
    assert "C001" not in agent.get("/retraining/before-and-after").text
    assert "C001" not in boss.get("/retraining/before-and-after").text
    assert before_after.EXPORT[0] == "month"
