"""Drawing and marking, as plain functions."""

import pytest

from lms.plugins.exams.marking import percentage
from lms.plugins.exams.paper import Candidate, draw
from lms.plugins.exams.types import FULL, KINDS, Wording

POOL = [Candidate(n, "true_false" if n % 5 == 0 else "single", 4, n % 3) for n in range(1, 31)]


def picture(seed: int) -> list[tuple[int, list[int]]]:
    return [(r.version_id, r.option_order) for r in draw(POOL, 12, seed)]


def test_a_seed_draws_the_same_paper_again() -> None:
    assert picture(7) == picture(7)
    assert picture(7) != picture(8)


def test_what_was_not_seen_comes_first_but_not_in_front() -> None:
    seen = {c.version_id: c.seen for c in POOL}
    drawn = draw(POOL, 12, 3)
    counts = [seen[r.version_id] for r in drawn]
    assert sorted(counts) == [0] * 10 + [1] * 2
    assert counts != sorted(counts)


def test_options_are_shuffled_except_true_and_false() -> None:
    kinds = {c.version_id: c.type for c in POOL}
    orders = [(kinds[r.version_id], r.option_order) for r in draw(POOL, 30, 1)]
    assert all(order == [0, 1, 2, 3] for kind, order in orders if kind == "true_false")
    assert any(order != [0, 1, 2, 3] for kind, order in orders if kind == "single")
    assert all(sorted(order) == [0, 1, 2, 3] for _, order in orders)


def test_a_small_bank_gives_what_it_has() -> None:
    assert len(draw(POOL[:3], 12, 1)) == 3


@pytest.mark.parametrize(
    ("answer", "right", "counts"),
    [
        ([1], [1], True),
        ([0], [1], False),
        (None, [1], False),
        ([0, 2], [0, 2], True),
        ([0], [0, 2], False),
        ([0, 1, 2], [0, 2], False),
    ],
)
def test_all_or_nothing(answer: list[int] | None, right: list[int], counts: bool) -> None:
    share = KINDS["multiple"].share(answer, Wording(["a", "b", "c"], answer=right))
    assert (share == FULL) is counts


@pytest.mark.parametrize(
    ("correct", "count", "score"),
    [(0, 6, 0), (4, 6, 6667), (1, 3, 3333), (1, 8, 1250), (6, 6, 10000)],
)
def test_percentages_are_hundredths_half_up(correct: int, count: int, score: int) -> None:
    assert percentage([FULL] * correct + [0] * (count - correct)) == score
