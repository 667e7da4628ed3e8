"""The measures against worked examples of others, and an exam's figures and flags."""

from datetime import datetime, timedelta

import pytest

from lms.db import db
from lms.plugins.exams.models import Attempt, Response
from lms.plugins.exams.statistics import measures
from lms.plugins.exams.statistics.figures import analysis
from tests.plugins.exams.conftest import COUNT, World, counted

# K. Wuensch, East Carolina University, "The Kuder-Richardson 20": ten students, ten items.
WUENSCH = [
    "1111110110", "1011011101", "1111011001", "0010001000", "0000010010",
    "1110111111", "1101110111", "1111111101", "0101111101", "1101101110",
]  # fmt: skip


def test_kr20_of_wuenschs_example() -> None:
    people = [[int(mark) for mark in row] for row in WUENSCH]
    items = list(zip(*people, strict=True))
    # The tables of p, pq and the variance of the totals as he gives them.
    assert [measures.mean(i) for i in items] == [
        .7, .7, .6, .7, .6, .8, .7, .7, .5, .6,
    ]  # fmt: skip
    by_item = [measures.variance(i) for i in items]
    assert [round(v, 2) for v in by_item] == [
        .21, .21, .24, .21, .24, .16, .21, .21, .25, .24,
    ]  # fmt: skip
    total = measures.variance([sum(row) for row in people])
    assert round(total, 2) == 5.84
    found = measures.alpha(by_item, total)
    assert found is not None
    assert round(found, 4) == round(10 / 9 * (1 - 2.18 / 5.84), 4) == 0.6963


def test_alpha_of_the_example_of_statsbase() -> None:
    """Julia's StatsBase, `cronbachalpha`: variances 10 to 13, all covariances 6."""
    found = measures.alpha([10, 11, 12, 13], 10 + 11 + 12 + 13 + 12 * 6)
    assert found is not None
    assert round(found, 4) == 0.8136
    assert measures.alpha([1], 1) is None
    assert measures.alpha([0, 0], 0) is None


def test_point_biserial_of_browns_example() -> None:
    """J. D. Brown, JALT Testing & Evaluation SIG: eight students, three items."""
    totals = [50, 45, 45, 40, 35, 30, 30, 25]
    assert measures.mean(totals) == 37.5
    assert round(measures.variance(totals) ** 0.5, 2) == 8.29
    for item, expected in (([1] * 4 + [0] * 4, 0.905), ([0] * 4 + [1] * 4, -0.905)):
        found = measures.correlation(item, totals)
        assert found is not None
        assert round(found, 3) == expected  # printed as .91, of a rounded deviation
    assert measures.correlation([1] * 8, totals) is None  # everybody had it right


@pytest.mark.parametrize(("count", "size"), [(2, 1), (10, 3), (37, 10), (100, 27)])
def test_the_groups_at_the_ends_are_27_percent(count: int, size: int) -> None:
    best, worst = measures.extremes([float(n) for n in range(count)])
    assert (len(best), len(worst)) == (size, size)
    assert min(best) == count - size
    assert max(worst) == size - 1


def test_median() -> None:
    assert measures.median([3, 1, 2]) == 2
    assert measures.median([4, 1, 2, 3]) == 2.5
    assert measures.median([]) is None


@pytest.fixture
def sat(world: World) -> World:
    """Twelve have sat the same six questions: the n-th had n / 2 right, but the first question the
    other way round. Each answer took ten seconds."""
    first = world.start(world.client())
    paper = list(db.session.query(Response).filter_by(attempt_id=first.id).order_by("position"))
    for number in range(12):
        person = world.persons.add()
        attempt = Attempt(
            exam_id=first.exam_id, person_id=person.id, number=1, seed=1, pass_mark=80,
            started_at=first.started_at, deadline=first.deadline,
            submitted_at=first.deadline, passed=False,
        )  # fmt: skip
        db.session.add(attempt)
        db.session.flush()
        earned = 0
        for response in paper:
            right = response.position <= number / 2
            if response.position == 1:
                right = number < 4
            earned += right
            db.session.add(_answer(attempt.id, response, right, first.started_at))
        attempt.score = earned * 10000 // COUNT
    db.session.commit()
    return world


def _answer(attempt_id: int, like: Response, right: bool, started_at: datetime) -> Response:
    key = like.version.answer
    wrong = [next(n for n in like.option_order if n not in key)]
    return Response(
        attempt_id=attempt_id, position=like.position, version_id=like.version_id,
        option_order=like.option_order, answer=key if right else wrong, sequence=1,
        saved_at=started_at + timedelta(seconds=10 * like.position),
        share=10000 if right else 0, is_correct=right,
    )  # fmt: skip


def test_the_figures_of_an_exam(sat: World) -> None:
    with counted() as statements:
        found = analysis(db.session(), sat.exam.id)
    assert found is not None
    assert len(statements) <= 4
    assert (found.people, sum(found.bands), found.is_estimated) == (12, 12, False)
    by_position = {
        r.position: r.version_id for r in db.session.query(Response).filter_by(section=0)
    }
    items = {item.version.id: item for item in found.items}
    backwards, third = items[by_position[1]], items[by_position[3]]
    assert backwards.difficulty == pytest.approx(4 / 12)
    assert backwards.point_biserial is not None
    assert backwards.point_biserial < 0
    assert backwards.upper_lower == -1
    assert "key" in backwards.flags
    assert third.difficulty == pytest.approx(0.5)
    assert third.upper_lower == 1
    assert third.seconds == 10
    assert third.flags == []
    # Half chose all that is right, half one wrong option.
    assert sum(o.share for o in third.options) == pytest.approx(
        0.5 * len(third.version.answer) + 0.5
    )
    # What needs somebody comes first.
    assert [bool(item.flags) for item in found.items] == [True] * found.flagged + [False] * (
        COUNT - found.flagged
    )


def test_the_page_says_it_in_words(sat: World) -> None:
    trainer = sat.client(sat.persons.add("trainer"))
    page = trainer.get("/exams/theory/items").text
    assert "Is the key right?" in page
    assert "Reliability" in page
    assert "<svg" in page


def test_own_mistakes_until_they_are_right(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    world.answer_all(client, attempt, right=4)
    assert "Nothing here" in client.get("/exams/mistakes").text
    client.post(f"/exams/attempts/{attempt.id}/submit")
    page = client.get("/exams/mistakes").text
    assert page.count("Because") == 2
    world.exam.rules = {"show_key": "never"}
    again = world.again(attempt)
    again.rules = {"show_key": "never"}
    db.session.commit()
    assert "Because" not in client.get("/exams/mistakes").text
    other = world.client(world.persons.add())
    assert "Nothing here" in other.get("/exams/mistakes").text
