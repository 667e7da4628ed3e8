"""What must hold of every month, whoever is in it: on both databases, beside the exact oracle.

Runs of months (no gap, no year's end) are held to their reading in tests/plugins/promotion.
"""

import random
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.audit import OPERATOR
from lms.clock import Month
from lms.db import db
from lms.errors import DomainError
from lms.plugins.retraining import selection
from lms.plugins.retraining.policy import SELECTION
from lms.policies import PolicyInForce
from lms.results.closing import run_close
from lms.results.models import MonthClose
from tests.conftest import NOW
from tests.results import oracle
from tests.results.oracle import Agent
from tests.results.test_scoring import FIGURES, FIRST, LAST, compute, store

RULE = PolicyInForce(SELECTION.name, 0, SELECTION.defaults())
TENURE = 1  # months
# Few different figures, so that many tie; one in five is not ranked, for every reason.
TYING = {name: st.sampled_from([Fraction(n) for n in found]) for name, found in {
    "frt": ("10", "30", "40"), "fcr": ("0.9", "0.85"), "csat": ("4.5", "4.4", "4.9"),
    "feedback": ("90", "75"), "exam": ("80", "95"),
}.items()}  # fmt: skip
CSAT = TYING.pop("csat")
RANKED = st.builds(Agent, figures=st.fixed_dictionaries({"csat": CSAT}, optional=TYING))
ANY = st.fixed_dictionaries({}, optional=FIGURES)
EXCLUDED = st.one_of(
    st.builds(Agent, figures=ANY, level=st.sampled_from(["supervisor", "manager"])),
    st.builds(Agent, figures=ANY, cleared=st.sampled_from([None, FIRST + timedelta(days=1)])),
    st.builds(Agent, figures=ANY, leaves=st.just([(FIRST, LAST)])),
    st.builds(Agent, figures=ANY, hired=st.just(FIRST)),
)
AGENTS = st.lists(st.one_of(RANKED, RANKED, RANKED, RANKED, EXCLUDED), min_size=11, max_size=32)

Outcome = list[tuple[Any, ...]]


def outcome(agents: list[Agent]) -> tuple[Outcome, list[bool], int]:
    """By agent what the month made of them; who is selected; and k."""
    ids = store(agents)
    close_id, found = compute(tenure=TENURE)
    close = db.session.get_one(MonthClose, close_id)
    close.ranked = sum(found[i].rank is not None for i in ids)
    at = selection.cut(db.session(), close, RULE)
    chosen = {s.person_id: s.figure for s in selection.selected(db.session(), close_id, at, None)}
    results = [
        (r.score, r.rank, r.csat_rank, r.kpi_met, r.not_ranked, chosen.get(i))
        for i, r in ((i, found[i]) for i in ids)
    ]
    return results, [i in chosen for i in ids], at.k


def holds(agents: list[Agent], newcomer: Agent, seed: int) -> None:
    try:
        results, chosen, k = outcome(agents)
    finally:
        db.session.rollback()
    # Never more than the share plus ties; equal scores are treated equally.
    scores = [oracle.exact_score(a) for a in agents]
    ranked = [oracle.reason(a, FIRST, LAST, TENURE) is None for a in agents]
    rounded = [
        oracle.hundredths(s) for s, r in zip(scores, ranked, strict=True) if r and s is not None
    ]
    assert k == sum(ranked) // 10
    cut = sorted(rounded)[k - 1] if k else None
    expected = [
        r and s is not None and cut is not None and oracle.hundredths(s) <= cut
        for s, r in zip(scores, ranked, strict=True)
    ]
    assert chosen == expected
    assert sum(score < cut for score in rounded) < k if cut is not None else not any(chosen)
    # The order of the rows never matters, and who is excluded changes nobody.
    order = list(range(len(agents)))
    random.Random(seed).shuffle(order)
    try:
        again, _, _ = outcome([newcomer, *(agents[i] for i in order)])
    finally:
        db.session.rollback()
    assert [again[1 + order.index(i)] for i in range(len(agents))] == results


def property_of(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@property_of(6)
@given(agents=AGENTS, newcomer=EXCLUDED, seed=st.integers(0, 999))
def test_a_month_is_fair(both_apps: Flask, agents: list[Agent], newcomer: Agent, seed: int) -> None:
    holds(agents, newcomer, seed)


@pytest.mark.full
@property_of(400)
@given(agents=AGENTS, newcomer=EXCLUDED, seed=st.integers(0, 999))
def test_many_months_are_fair(
    both_apps: Flask, agents: list[Agent], newcomer: Agent, seed: int
) -> None:
    holds(agents, newcomer, seed)


@property_of(2)
@given(agents=AGENTS)
def test_a_revision_with_the_same_inputs_is_none(both_apps: Flask, agents: list[Agent]) -> None:
    month = Month.of(FIRST)
    store(agents)
    try:
        run_close(db.session(), month, assign=True, actor=OPERATOR, now=NOW)
        with pytest.raises(DomainError, match="Nothing has changed"):
            run_close(db.session(), month, assign=True, actor=OPERATOR, now=NOW, reason="again")
    finally:
        db.session.rollback()
