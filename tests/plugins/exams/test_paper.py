"""Drawing and marking, as plain functions."""

import pytest

from lms.db import Localized
from lms.errors import DomainError
from lms.plugins.exams.models import Response
from lms.plugins.exams.papers import drawing
from lms.plugins.exams.papers.drawing import Candidate
from lms.plugins.exams.papers.scoring import percentage, share_of_choices
from lms.plugins.exams.papers.sections import Section
from lms.plugins.exams.types import FULL, KINDS, Wording

POOL = [Candidate(n, n, "true_false" if n % 5 == 0 else "single", 4, n % 3) for n in range(1, 31)]

POOL_ORDERED = [Candidate(n, n, "ordering", 3, 0) for n in range(60)]


def draw(pool: list[Candidate], count: int, seed: int) -> list[Response]:
    return drawing.draw(pool, [Section(Localized(), 1, count=count)], seed)


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


def test_ordering_and_matching_never_show_their_key() -> None:
    """Also with options as they stand, and also when a shuffle comes out in order."""
    pool = [Candidate(n, n, ("single", "matching", "ordering")[n % 3], 3, 0) for n in range(60)]
    section = Section(Localized(), 1, count=60)
    paper = drawing.draw(pool, [section], 5, shuffle_options=False)
    orders: dict[str, list[list[int]]] = {}
    for response in paper:
        orders.setdefault(pool[response.version_id].type, []).append(response.option_order)
    assert all(order == [0, 1, 2] for order in orders["single"])
    assert any(order != [0, 1, 2] for order in orders["matching"])
    assert all(order != [0, 1, 2] for order in orders["ordering"])
    again = drawing.draw(POOL_ORDERED, [section], 5, shuffle_options=True)
    assert all(response.option_order != [0, 1, 2] for response in again)


def test_a_draw_that_cannot_be_filled_says_how_many_lack() -> None:
    with pytest.raises(DomainError) as refusal:
        draw(POOL[:3], 12, 1)
    assert refusal.value.params == {"count": 9, "number": 1}


def test_sections_that_want_the_same_questions_are_filled_whenever_they_can_be() -> None:
    """The second can use 1-3 only, the first any of 1-6: it must leave them to it."""
    pool = [Candidate(n, n, "single", 4, n, (0, 1) if n <= 3 else (0,)) for n in range(1, 7)]
    sections = [Section(Localized(), 1, count=3), Section(Localized(), 1, count=3)]
    for seed in range(20):
        paper = drawing.draw(pool, sections, seed)
        assert {r.version_id for r in paper if r.section == 1} == {1, 2, 3}


@pytest.mark.parametrize(
    ("chosen", "scoring", "share"),
    [
        ([0, 2], "partial", FULL), ([0], "partial", 5000), ([0, 1], "partial", 0),
        ([], "partial", 0), ([0, 2], "minus", FULL), ([0, 1, 2], "minus", 5000),
        ([0, 1], "minus", 0), ([1, 3], "minus", 0), ([0], "all", 0), ([0, 2], "all", FULL),
    ],
)  # fmt: skip
def test_some_of_several_right_options(chosen: list[int], scoring: str, share: int) -> None:
    assert share_of_choices(chosen, [0, 2], scoring) == share


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
    assert percentage([FULL] * correct, count) == score
