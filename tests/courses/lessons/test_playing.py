"""Watching: it goes on where one stopped, and time is the server's."""

from datetime import timedelta

import pytest

from lms.courses.lessons.models import MediaPosition
from lms.db import db
from tests.courses.lessons.conftest import Cinema, Viewing

FILM = "![A film](file:film.mp4)"  # a minute


def watch(cinema: Cinema, viewing: Viewing, start: float, end: float, step: float = 5) -> bool:
    """Play from `start` to `end`, reporting as the player does."""
    at, opens = start, viewing.played(start)["opens"]
    while at < end:
        passed = min(step, end - at)
        cinema.clock.advance(seconds=passed)
        at += passed
        opens = viewing.played(at)["opens"]
    return bool(opens)


@pytest.fixture
def viewing(cinema: Cinema) -> Viewing:
    cinema.shelf.load(FILM, watch="required")
    return cinema.enter()


def test_the_question_opens_when_the_film_was_watched(cinema: Cinema, viewing: Viewing) -> None:
    assert 'name="answer"' not in viewing.page() and "Opens when you have watched" in viewing.page()
    assert viewing.answer() == 400 and viewing.state() == "next"
    db.session.rollback()
    assert watch(cinema, viewing, 0, 40) is False
    assert viewing.state() == "progress"
    db.session.rollback()
    assert viewing.answer() == 400
    cinema.clock.advance(hours=20)
    assert "&#34;position&#34;: 40000" in viewing.page()  # resumes here, on another day
    assert watch(cinema, viewing, 40, 60) is True
    assert 'name="answer"' in viewing.page()
    assert viewing.answer() == 303 and viewing.state() == "done"


def test_a_jump_to_the_end_is_not_believed(cinema: Cinema, viewing: Viewing) -> None:
    for _ in range(20):
        answer = viewing.played(60)
    assert answer == {"furthest": 5000, "watched": False, "opens": False}  # the first credit
    cinema.clock.advance(seconds=10)
    assert viewing.played(60)["furthest"] == 16_000
    assert viewing.answer() == 400


def test_an_open_page_overnight_is_worth_a_minute_at_most(cinema: Cinema, viewing: Viewing) -> None:
    cinema.shelf.load(FILM, {"film.mp4": _long()}, watch="required")
    viewing = cinema.enter()
    viewing.played(0)
    cinema.clock.advance(hours=12)
    assert viewing.played(3600)["furthest"] == 60_000
    assert viewing.played(3600)["furthest"] == 60_000


def _long() -> bytes:
    from tests.uploads import samples

    return samples.mp4(3_600_000)


def test_a_clock_going_back_gives_nothing_and_takes_nothing(
    cinema: Cinema, viewing: Viewing
) -> None:
    watch(cinema, viewing, 0, 20)
    cinema.clock.at -= timedelta(hours=3)
    late = [viewing.played(at)["furthest"] for at in (25, 30, 60)]
    assert late[-1] < 35_000 and late == sorted(late)
    cinema.clock.at += timedelta(hours=3)
    assert watch(cinema, viewing, 20, 60) is True


def test_going_back_is_free_and_nonsense_is_refused(cinema: Cinema, viewing: Viewing) -> None:
    watch(cinema, viewing, 0, 30)
    assert viewing.played(3)["furthest"] == 30_000
    assert viewing.played(-50)["furthest"] == 30_000
    for data, code in (
        ({"name": "film.mp4"}, 400), ({"name": "film.mp4", "at": "x"}, 400),
        ({"name": "none.mp4", "at": "1"}, 404), ({"at": "1"}, 404),
    ):  # fmt: skip
        assert viewing.client.post(f"{viewing.url}/played", data=data).status_code == code


def test_a_film_that_need_not_be_watched_only_remembers(cinema: Cinema) -> None:
    cinema.shelf.load(FILM)
    viewing = cinema.enter()
    assert viewing.played(4)["opens"] is True
    assert viewing.answer() == 303 and viewing.state() == "done"
    db.session.rollback()
    viewing.played(50)  # a second look at a lesson that is done is not followed
    assert db.session.scalars(db.select(MediaPosition.position)).all() == [4000]
