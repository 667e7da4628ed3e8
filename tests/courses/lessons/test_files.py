"""Files of a lesson: from the folder to the page and back to the byte."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.courses.models import ProgrammeVersion
from lms.db import db
from lms.errors import DomainError
from lms.uploads.models import Upload
from lms.uploads.store import path_of
from tests.backup.conftest import Command, files, lms
from tests.courses.lessons.conftest import FILES, Cinema, Shelf
from tests.uploads import samples

__all__ = ["lms"]
TEXT = """Look:

![The plan](file:plan.png)

![The rules](file:rules.pdf)

![A film](file:film.mp4)

![A talk](file:talk.m4a) and [the rules](file:rules.pdf) again
"""


def versions() -> int:
    found = db.session.scalar(select(func.count(ProgrammeVersion.id))) or 0
    db.session.rollback()
    return found


def test_the_page_shows_each_as_what_it_is(cinema: Cinema) -> None:
    cinema.shelf.load(TEXT)
    viewing = cinema.enter()
    page, step = viewing.page(), viewing.url.rpartition("/")[2]
    media = f"{step}/media"
    assert (
        f'<img src="{media}/plan.png" alt="The plan" loading="lazy" width="4" height="3">' in page
    )
    assert f'<iframe src="{media}/rules.pdf" title="The rules"' in page
    assert f'<a href="{media}/rules.pdf" download' in page and "Open the PDF" in page
    assert f'src="{media}/film.mp4" data-watch="film.mp4" aria-label="A film"' in page
    assert "<audio controls" in page and "watch.js" in page
    for name, content in FILES.items():
        answer = viewing.client.get(f"{viewing.url}/media/{name}", buffered=True)
        assert (answer.status_code, answer.data) == (200, content)
        assert answer.headers["Cache-Control"] == "private, max-age=86400"
    assert viewing.client.get(f"{viewing.url}/media/other.png").status_code == 404


def test_only_who_may_open_the_lesson_gets_its_files(cinema: Cinema) -> None:
    cinema.shelf.load(TEXT)
    viewing, other = cinema.enter(), cinema.enter()
    assert other.client.get(f"{viewing.url}/media/plan.png").status_code == 404
    locked = viewing.url.rpartition("/")[0]
    after = viewing.school.standing(viewing.enrolment).steps[1].step.id
    assert viewing.client.get(f"{locked}/{after}/media/plan.png").status_code == 403
    stored = db.session.scalars(select(Upload.id)).all()
    db.session.rollback()
    assert {viewing.client.get(f"/uploads/{number}").status_code for number in stored} == {404}


def test_loading_again_changes_nothing_another_picture_makes_a_version(shelf: Shelf) -> None:
    assert [shelf.load(TEXT), shelf.load(TEXT)] == [1, 0]
    assert db.session.scalar(select(func.count(Upload.id))) == len(FILES)
    db.session.rollback()
    shelf.load(TEXT, {**FILES, "plan.png": samples.png(5, 5)})
    assert versions() == 2
    assert db.session.scalar(select(func.count(Upload.id))) == len(FILES) + 1


def test_a_file_that_was_lost_is_healed_by_loading(shelf: Shelf) -> None:
    shelf.load(TEXT)
    lost = path_of(db.session.scalars(select(Upload.sha256)).first() or "")
    db.session.rollback()
    lost.unlink()
    assert shelf.load(TEXT) == 0
    assert lost.is_file()


def test_export_writes_them_back_to_the_byte(shelf: Shelf, lms: Command, tmp_path: Path) -> None:
    shelf.load(TEXT)
    first, second = tmp_path / "first", tmp_path / "second"
    assert lms("content", "export", first).code == 0
    written = files(first / "programmes" / "films")
    assert {name: written[name] for name in FILES} == FILES
    assert lms("content", "load", first).out == "0 documents changed\n"
    assert lms("content", "export", second).code == 0
    assert files(first) == files(second)


@pytest.mark.parametrize(
    ("text", "made", "why"),
    [
        ("![x](file:none.png)", {}, "none.png is not there"),
        ("[x](file:none.pdf)", {}, "none.pdf is not there"),
        ("![x](file:../../etc/passwd)", {}, "a file’s name is letters"),
        ("![x](file:a.svg)", {"a.svg": b"<svg/>"}, "a.svg is no file of these kinds"),
        ("![x](file:a.png)", {"a.png": samples.PDF}, "what is in it is PDF"),
        ("![x](file:a.png)", {"a.png": b""}, "a.png is empty"),
        ("![x](file:a.png)", {"a.png": samples.png(60_000, 60_000)}, "too many"),
    ],
)
def test_a_wrong_file_is_named_and_nothing_is_loaded(
    shelf: Shelf, text: str, made: dict[str, bytes], why: str
) -> None:
    with pytest.raises(
        DomainError, match=r"films/programme.yaml, modules\[1\].steps\[1\].body: "
    ) as e:
        shelf.load(text, made)
    assert why in str(e.value)
    db.session.rollback()
    assert versions() == 0


def test_a_file_larger_than_the_policy_is_named(shelf: Shelf) -> None:
    big = samples.png() + b"\0" * 11 * 1024 * 1024
    with pytest.raises(DomainError, match=r"films, big.png: big.png is larger than 10 MB"):
        shelf.load("![x](file:big.png)", {"big.png": big})


def test_media_is_not_written_by_hand_and_a_film_that_must_be_watched_is_there(
    shelf: Shelf,
) -> None:
    for text, fields, why in (
        ("text", {"media": {}}, "first|media: There is no such field"),
        ("text", {"watch": "required"}, "watch: Each language needs a film"),
        ("![x](file:plan.png)", {"watch": "required"}, "watch: Each language needs a film"),
        ("![x](file:film.mp4)", {"watch": "twice"}, "watch: This must be one of required"),
    ):
        with pytest.raises(DomainError, match=why):
            shelf.load(text, **fields)
        db.session.rollback()
    unknown = {"film.webm": samples.webm(None)}
    with pytest.raises(DomainError, match="whose length is known"):
        shelf.load("![x](file:film.webm)", unknown, watch="required")
