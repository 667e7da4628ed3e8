"""The bottom share and the weakest figure against the plainest reading of the rule."""

from fractions import Fraction
from math import ceil, floor

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms import policies
from lms.clock import Month
from lms.db import db
from lms.plugins.retraining import selection
from lms.plugins.retraining.policy import SELECTION
from lms.policies import PolicyInForce, PolicyVersion

MARCH = Month.parse("2026-03")
Figures = dict[str, tuple[float, int]]


def meant(share: str, n: int, rounding: str) -> int:
    exact = Fraction(share) * n
    return {
        "floor": floor(exact),
        "half_up": floor(exact + Fraction(1, 2)),
        "ceiling": ceil(exact),
    }[rounding]


def lowest(scores: list[int], share: str, rounding: str, ties: str, minimum: int) -> set[int]:
    """Indices of those with fewer than k people below them; or with no more than k up to them."""
    k = meant(share, len(scores), rounding)
    if len(scores) < minimum:
        return set()
    if ties == "left_out":
        return {i for i, score in enumerate(scores) if sum(s <= score for s in scores) <= k}
    return {i for i, score in enumerate(scores) if sum(s < score for s in scores) < k}


def weakest(index: int, figures: list[Figures]) -> str:
    def share_above(name: str) -> Fraction:
        having = [f[name][1] for f in figures if name in f]
        return Fraction(sum(v > figures[index][name][1] for v in having), len(having))

    present = [name for name in selection.FIGURES if name in figures[index]]
    return max(present, key=lambda name: (share_above(name), -selection.FIGURES.index(name)))


def policy(**changes: object) -> PolicyInForce:
    return PolicyInForce(SELECTION.name, 0, {**SELECTION.defaults(), **changes})


attainments = st.integers(0, 6).map(lambda n: n * 10**12 // 6)
people = st.lists(
    st.tuples(
        st.integers(7000, 7040),
        st.dictionaries(st.sampled_from(selection.FIGURES), attainments, min_size=1),
    ),
    min_size=1,
    max_size=32,
)


@pytest.fixture
def ids(both_apps: Flask, persons) -> list[int]:
    return [persons.add().id for _ in range(32)]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=people,
    share=st.sampled_from(["0.1", "0.29", "0.3", "0.07", "0.5"]),
    rounding=st.sampled_from(["floor", "floor", "half_up", "ceiling"]),
    ties=st.sampled_from(["together", "left_out"]),
    minimum=st.sampled_from([0, 0, 0, 20]),
)
def test_equals_the_plain_reading(
    ids: list[int], facts, rows, share: str, rounding: str, ties: str, minimum: int
) -> None:
    scores = [score for score, _ in rows]
    figures = [{n: (a / 1e12, a) for n, a in row.items()} for _, row in rows]
    close = facts.close(
        MARCH,
        dict(zip(ids, scores, strict=False)),
        dict(zip(ids, figures, strict=False)),
    )
    used = policy(share=float(share), rounding=rounding, ties=ties, minimum=minimum)
    at = selection.cut(db.session(), close, used)
    found = selection.selected(db.session(), close.id, at, selection.below(used))
    db.session.rollback()

    expected = lowest(scores, share, rounding, ties, minimum)
    assert {p.person_id for p in found} == {ids[i] for i in expected}
    for person in found:
        index = ids.index(person.person_id)
        assert person.figure == weakest(index, figures)
        assert person.position == 1 + sum(s < scores[index] for s in scores)


def test_the_share_is_a_decimal_not_a_double() -> None:
    assert selection.lowest(0.29, 100, "floor") == 29  # 0.29 * 100 is 28.999… in binary
    assert selection.lowest(0.07, 100, "ceiling") == 7  # 7.000…1
    assert selection.lowest(0.145, 100, "half_up") == 15  # 14.499…
    assert selection.lowest(0.1, 9, "floor") == 0


def test_each_parameter_changes_who_is_selected(app: Flask, persons, facts) -> None:
    ids = [persons.add().id for _ in range(15)]
    scores = [5000, 5001, 5001, *range(8000, 8012)]
    figures = {i: {"frt": (40.0, 5)} for i in ids}
    close = facts.close(MARCH, dict(zip(ids, scores, strict=True)), figures)

    def selected(**changes: object) -> int:
        used = policy(**changes)
        at = selection.cut(db.session(), close, used)
        return len(selection.selected(db.session(), close.id, at, selection.below(used)))

    assert selected() == selected(minimum=15) == selected(ties="left_out") == 1  # 10 % are 1.5
    assert selected(minimum=16) == selected(minimum=16, use_threshold=True) == 0
    assert selected(rounding="half_up") == selected(rounding="ceiling") == 3
    assert selected(rounding="half_up", ties="left_out") == 1
    assert selected(rounding="half_up", share=0.09) == 1
    assert selected(rounding="ceiling", share=0.03) == 1
    assert selected(share=0.03) == 0
    # A version from before there were these parameters is read with their defaults.
    db.session.add(
        PolicyVersion(name=SELECTION.name, number=1, created_at=close.closed_at,
                      params={"share": 0.2, "use_threshold": False})
    )  # fmt: skip
    db.session.flush()
    older = policies.at_version(db.session(), SELECTION, 1)
    assert older.params == policy(share=0.2).params
    assert older.params == policies.in_force(db.session(), SELECTION).params


def test_fewer_than_ten_select_nobody(app: Flask, persons, facts) -> None:
    ids = [persons.add().id for _ in range(9)]
    close = facts.close(MARCH, {i: 8000 for i in ids}, {i: {"frt": (40, 5)} for i in ids})
    at = selection.cut(db.session(), close, policy())
    assert (at.ranked, at.k, at.score) == (9, 0, None)
    assert selection.selected(db.session(), close.id, at, None) == []


def test_the_threshold_selects_whatever_the_share(app: Flask, persons, facts) -> None:
    ids = [persons.add().id for _ in range(3)]
    scores = dict(zip(ids, (5999, 6000, 9000), strict=True))
    close = facts.close(MARCH, scores, {i: {"frt": (40, 5)} for i in ids})
    used = policy(use_threshold=True)
    at = selection.cut(db.session(), close, used)
    found = selection.selected(db.session(), close.id, at, selection.below(used))
    assert [p.person_id for p in found] == [ids[0]]


def test_the_unranked_neither_count_nor_compare(app: Flask, persons, facts) -> None:
    ids = [persons.add().id for _ in range(11)]
    scores: dict[int, int | None] = {i: 8000 + n for n, i in enumerate(ids)}
    scores[ids[0]] = None
    figures = {i: {"frt": (40.0, 10**12), "csat": (4.0, 10**11)} for i in ids}
    figures[ids[1]] = {"frt": (40.0, 10**11), "csat": (4.0, 10**11)}
    close = facts.close(MARCH, scores, figures)
    at = selection.cut(db.session(), close, policy())
    (only,) = selection.selected(db.session(), close.id, at, None)
    assert (only.person_id, only.position, only.figure) == (ids[1], 1, "frt")
    assert (only.more, only.having) == (9, 10)
