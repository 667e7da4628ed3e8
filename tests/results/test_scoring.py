"""The SQL scoring against the exact oracle, on both databases."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms import policies
from lms.clock import Month
from lms.db import db
from lms.people.models import Clearance, Leave, Person, Position
from lms.results import scoring
from lms.results.models import KpiRow, KpiValue, MonthClose, MonthFigure, MonthResult
from lms.results.scoring import OwnFigure
from lms.results.scoring_policy import SCORING
from tests.conftest import NOW
from tests.results import oracle
from tests.results.oracle import Agent

MONTH = Month.parse("2026-02")
FIRST, LAST = MONTH.first_day, MONTH.last_day


def store(agents: list[Agent]) -> list[int]:
    """The agents as people with rows in the month's file."""
    session = db.session()
    people = [
        Person(
            staff_no=f"S{i:03}", name="某", level=a.level, channel=a.channel, employment="regular",
            hired_on=a.hired, created_at=NOW,
        )
        for i, a in enumerate(agents)
    ]  # fmt: skip
    session.add_all(people)
    session.flush()
    for person, a in zip(people, agents, strict=True):
        session.add(
            Position(person_id=person.id, from_day=date(2020, 1, 1), level=a.level,
                     channel=a.channel)
        )  # fmt: skip
        if a.cleared:
            session.add(
                Clearance(person_id=person.id, from_day=a.cleared, source="history", granted_at=NOW)
            )
        for first, last in set(a.leaves):
            session.add(Leave(person_id=person.id, first_day=first, last_day=last))
        session.add(KpiRow(month=MONTH, person_id=person.id))
        session.add_all(
            KpiValue(month=MONTH, person_id=person.id, metric=m, value=float(v))
            for m, v in a.figures.items()
        )
    session.flush()
    return [person.id for person in people]


def compute(own: list[OwnFigure] | None = None, **params: object) -> tuple[int, dict]:
    session = db.session()
    policy = policies.PolicyInForce(SCORING.name, 0, {**SCORING.defaults(), **params})
    close = MonthClose(
        month=MONTH, revision=1, is_current=True, closed_at=NOW, policy=dict(policy.params),
        policy_number=0,
    )  # fmt: skip
    session.add(close)
    session.flush()
    scoring.compute(session, close.id, MONTH, policy, own or [])
    return close.id, {r.person_id: r for r in session.query(MonthResult)}


def decimals(low: int, high: int, places: int) -> st.SearchStrategy[Fraction]:
    scale = 10**places
    return st.integers(low * scale, high * scale).map(lambda n: Fraction(n, scale))


FIGURES = {
    "frt": decimals(0, 60, 1),
    "fcr": decimals(0, 1, 4),
    "csat": decimals(1, 5, 2),
    "feedback": decimals(0, 100, 1),
    "exam": decimals(0, 100, 1),
    "case_analysis": decimals(0, 100, 1),
    "aht": decimals(0, 30, 2),
}
DAYS = st.integers(-20, 45).map(lambda n: FIRST + timedelta(days=n))
AGENTS = st.builds(
    Agent,
    channel=st.sampled_from(["online", "phone", "email"]),
    level=st.sampled_from(["agent"] * 5 + ["senior_agent", "supervisor", "manager"]),
    cleared=st.sampled_from([date(2025, 1, 1)] * 5 + [FIRST, FIRST + timedelta(days=1), None]),
    hired=st.sampled_from(
        [date(2020, 1, 1)] * 3
        + [
            date(2025, 11, 1),
            date(2025, 11, 2),
            date(2025, 12, 31),
            FIRST,
            FIRST + timedelta(days=1),
        ]
    ),
    leaves=st.lists(st.tuples(DAYS, DAYS).map(lambda t: (min(t), max(t))), max_size=3),
    figures=st.fixed_dictionaries({}, optional=FIGURES),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(agents=st.lists(AGENTS, min_size=1, max_size=12), tenure=st.sampled_from([0, 0, 1, 3]))
def test_scores_and_ranks_agree_with_exact_fractions(
    both_apps: Flask, agents: list[Agent], tenure: int
) -> None:
    try:
        ids = store(agents)
        _, found = compute(tenure=tenure)
        check(agents, [found[i] for i in ids], tenure)
    finally:
        db.session.rollback()


def check(agents: list[Agent], results: list[MonthResult], tenure: int = 0) -> None:
    ranked = []
    for agent, result in zip(agents, results, strict=True):
        score = oracle.exact_score(agent)
        assert result.not_ranked == oracle.reason(agent, FIRST, LAST, tenure)
        assert result.score == (None if score is None else oracle.hundredths(score))
        present = sum(1 for name in oracle.SIX if name in agent.figures)
        assert result.is_partial == (score is not None and present < 6)
        assert result.kpi_met == oracle.kpi_met(agent)
        if result.not_ranked is None:
            ranked.append((agent, result))
        else:
            assert result.rank is None
            assert result.csat_rank is None
    assert [r.rank for _, r in ranked] == oracle.ranks([r.score for _, r in ranked])
    with_csat = [(a.figures["csat"], r.csat_rank) for a, r in ranked if "csat" in a.figures]
    assert [place for _, place in with_csat] == oracle.ranks([v for v, _ in with_csat])
    assert all(r.csat_rank is None for a, r in ranked if "csat" not in a.figures)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(agents=st.lists(AGENTS, min_size=1, max_size=6))
def test_attainments_are_exact_to_the_last_unit(both_apps: Flask, agents: list[Agent]) -> None:
    try:
        ids = store(agents)
        compute()
        stored = {
            (f.person_id, f.metric): f.attainment
            for f in db.session.query(MonthFigure)
            if f.metric in oracle.SIX
        }
        for person_id, agent in zip(ids, agents, strict=True):
            for metric in oracle.SIX:
                if metric in agent.figures:
                    exact = oracle.attainment(metric, agent.figures[metric], agent.channel)
                    assert stored[person_id, metric] == int(exact * 10**12 + Fraction(1, 2))
    finally:
        db.session.rollback()


HALVES = {  # whose doubles fall on either side of the half
    8493: ("online", {"frt": "38.4", "fcr": "0.8853", "csat": "4.29", "feedback": "82.3",
                      "exam": "71.7", "case_analysis": "69.3"}),
    8993: ("online", {"frt": "36", "fcr": "0.8663", "csat": "4.46", "feedback": "81"}),
    9818: ("email", {"frt": "4003.8", "fcr": "0.9481", "csat": "4.64", "feedback": "92.7"}),
    9743: ("phone", {"frt": "11.2", "fcr": "0.9279", "csat": "4.72", "feedback": "89.7"}),
    9943: ("online", {"frt": "12.9", "fcr": "0.9671", "csat": "4.6", "feedback": "97.7"}),
}  # fmt: skip


def test_exact_halves_are_rounded_up(both_apps: Flask) -> None:
    agents = [
        Agent(channel=channel, figures={m: Fraction(v) for m, v in figures.items()})
        for channel, figures in HALVES.values()
    ]
    assert all(oracle.is_half(oracle.exact_score(a)) for a in agents)
    ids = store(agents)
    _, found = compute()
    assert [found[i].score for i in ids] == list(HALVES)


def test_a_hair_below_a_half_is_rounded_down(both_apps: Flask) -> None:
    agents = [
        Agent(channel="email", figures={m: Fraction(v) for m, v in figures.items()})
        for figures in (
            {"frt": "37453.4", "fcr": "0.8902", "csat": "4.5", "feedback": "90",
             "exam": "81.08", "case_analysis": "80"},
            {"frt": "87632.7", "fcr": "0.89", "csat": "4.5", "feedback": "90",
             "exam": "81.04", "case_analysis": "80"},
        )
    ]  # fmt: skip
    ids = store(agents)
    _, found = compute()
    assert [found[i].score for i in ids] == [7773, 7552]
    assert [oracle.hundredths(oracle.exact_score(a)) for a in agents] == [7773, 7552]


def test_the_systems_own_training_figures_win(both_apps: Flask) -> None:
    agent = Agent(figures={"frt": Fraction(30), "exam": Fraction(10)})
    ids = store([agent])
    close_id, _ = compute([OwnFigure(ids[0], "exam", 80.0), OwnFigure(999, "exam", 1.0)])
    figure = db.session.get(MonthFigure, (close_id, ids[0], "exam"))
    assert (figure.value, figure.attainment) == (80.0, 8 * 10**11)


def test_ranks_within_a_channel(both_apps: Flask) -> None:
    agents = [
        Agent(channel=c, figures={"csat": Fraction(v)})
        for c, v in (("online", "4.4"), ("online", "4"), ("phone", "4.1"), ("phone", "4.1"))
    ]
    ids = store(agents)
    _, found = compute(scope="channel")
    assert [found[i].rank for i in ids] == [1, 2, 1, 1]
    assert [found[i].csat_rank for i in ids] == [1, 2, 1, 1]


def test_level_and_team_are_those_of_the_last_day(both_apps: Flask) -> None:
    ids = store([Agent(figures={"csat": Fraction(4)})])
    db.session.add(Position(person_id=ids[0], from_day=LAST, level="supervisor", channel="phone"))
    later = LAST + timedelta(days=1)
    db.session.add(Position(person_id=ids[0], from_day=later, level="agent", channel="email"))
    _, found = compute()
    assert (found[ids[0]].level, found[ids[0]].not_ranked) == ("supervisor", "level")


@pytest.mark.parametrize(
    ("until", "revoked", "reason"),
    [
        (FIRST, None, None),
        (FIRST - timedelta(days=1), None, "not_cleared"),
        (None, FIRST, "not_cleared"),
        (None, FIRST + timedelta(days=1), None),
    ],
)
def test_clearance_must_hold_on_the_first_day(
    both_apps: Flask, until: date | None, revoked: date | None, reason: str | None
) -> None:
    ids = store([Agent(cleared=None, figures={"csat": Fraction(4)})])
    db.session.add(
        Clearance(person_id=ids[0], from_day=FIRST, until=until, revoked_on=revoked,
                  source="history", granted_at=NOW)
    )  # fmt: skip
    _, found = compute()
    assert found[ids[0]].not_ranked == reason


@pytest.mark.parametrize(
    ("channels", "reason"), [("online", None), ("phone,online", None), ("phone", "not_cleared")]
)
def test_clearance_must_be_for_the_channel_of_the_last_day(
    both_apps: Flask, channels: str, reason: str | None
) -> None:
    ids = store([Agent(cleared=None, channel="phone", figures={"csat": Fraction(4)})])
    db.session.add(Position(person_id=ids[0], from_day=LAST, level="agent", channel="online"))
    db.session.add(
        Clearance(person_id=ids[0], from_day=FIRST, channels=channels, source="history",
                  granted_at=NOW)
    )  # fmt: skip
    _, found = compute()
    assert found[ids[0]].not_ranked == reason
