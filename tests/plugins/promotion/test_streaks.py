"""Streaks against the plainest reading of the rule."""

from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.clock import Month
from lms.db import db
from lms.plugins.promotion import streaks
from lms.plugins.promotion.policy import SENIOR_AGENT
from lms.policies import PolicyInForce

PEOPLE, JANUARY = 8, Month.parse("2026-01")


def policy(**changes: object) -> PolicyInForce:
    return PolicyInForce(SENIOR_AGENT.name, 0, {**SENIOR_AGENT.defaults(), **changes})


def expected(
    months: dict[int, list[tuple[float | None, bool]]], share: str, length: int, first: int
) -> dict[int, list[int]]:
    """By person the first months; `months` by offset from January, a cell per person."""
    good: set[tuple[int, int]] = set()
    for at, cells in months.items():
        known = [csat for csat, _ in cells if csat is not None]
        limit = int(Decimal(share) * len(known))
        for person, (csat, kpi) in enumerate(cells):
            better = sum(other > csat for other in known) if csat is not None else 0
            if csat is not None and kpi and better + 1 <= limit:
                good.add((person, at))
    found: dict[int, list[int]] = {}
    for person in range(PEOPLE):
        starts = [
            at
            for at in range(first, 12)
            if all((person, at + n) in good for n in range(length)) and at + length - 1 < 12
        ]
        if starts:
            found[person] = starts
    return found


cell = st.tuples(
    st.one_of(st.none(), st.sampled_from([4.5, 4.7, 4.9])), st.booleans() | st.just(True)
)
months = st.dictionaries(
    st.integers(-3, 12), st.lists(cell, min_size=PEOPLE, max_size=PEOPLE), min_size=3
)


@pytest.fixture
def ids(both_apps: Flask, persons) -> list[int]:
    return [persons.add().id for _ in range(PEOPLE)]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    months=months,
    share=st.sampled_from(["0.2", "0.29", "0.5", "1.0"]),
    length=st.integers(1, 4),
    cross=st.booleans(),
)
def test_equals_the_plain_reading(ids, facts, months, share, length, cross) -> None:
    for at, cells in months.items():
        csat = {i: c for i, (c, _) in zip(ids, cells, strict=True)}
        facts.close(
            JANUARY.plus(at),
            dict.fromkeys(ids, 9000),
            {i: {} if c is None else {"csat": (c, 1)} for i, c in csat.items()},
            [i for i, (_, kpi) in zip(ids, cells, strict=True) if kpi],
        )
    used = policy(top_share=float(share), months=length, cross_year=cross)
    found = streaks.runs(db.session(), streaks.period_of(2026, used), used)
    db.session.rollback()
    assert {ids.index(i): [m.index - JANUARY.index for m in runs] for i, runs in found.items()} == (
        expected(months, share, length, first=1 - length if cross else 0)
    )


def test_a_superseded_close_does_not_count(app: Flask, persons, year) -> None:
    ids = [persons.add().id for _ in range(5)]
    for month in ("2026-01", "2026-02", "2026-03"):
        year.good(month, ids, ids[0])
    used = policy()
    period = streaks.period_of(2026, used)
    assert streaks.runs(db.session(), period, used) == {ids[0]: [JANUARY]}
    year.facts.close(JANUARY.plus(1), dict.fromkeys(ids, 9000), revision=2)
    assert streaks.runs(db.session(), period, used) == {}


def test_all_who_tie_within_the_limit_count(app: Flask, persons, year) -> None:
    ids = [persons.add().id for _ in range(5)]
    for month in ("2026-01", "2026-02", "2026-03"):
        year.good(month, ids, ids[0], ids[1], ids[2])
    used = policy()
    found = streaks.runs(db.session(), streaks.period_of(2026, used), used)
    assert set(found) == set(ids[:3])
    assert streaks.limit_of(5, 0.2) == 1 and streaks.limit_of(4, 0.2) == 0
