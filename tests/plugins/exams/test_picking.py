"""Filling a section of fixed questions on screen, and what becomes of those who sit the exam."""

import re
from pathlib import Path
from urllib.parse import unquote

from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit import OPERATOR
from lms.db import db
from lms.plugins.exams.bank import services as bank
from lms.plugins.exams.content import load_exams
from lms.plugins.exams.dumping import dump_exams, entry_of_version
from lms.plugins.exams.models import Attempt, Exam, Question, QuestionVersion, Response
from lms.plugins.exams.papers.sections import Section, sections_of
from tests.conftest import NOW
from tests.counting import statements
from tests.plugins.exams.conftest import World
from tests.plugins.exams.test_exams_on_screen import form

URL = "/exams/theory/sections/1"


def ids(*numbers: int) -> list[int]:
    db.session.rollback()
    found = {q.key: q.id for q in db.session.scalars(select(Question))}
    return [found[f"q-{n}"] for n in numbers]


def section(world: World) -> Section:
    db.session.rollback()
    return sections_of(db.session.get_one(Exam, world.exam.id, populate_existing=True))[0]


def press(trainer: FlaskClient, do: str, query: str = "", **fields: object) -> str:
    """What the page says after it."""
    answer = trainer.post(f"{URL}?{query}", data={"do": do, **fields})
    assert answer.status_code == 303
    assert unquote(answer.location) == f"{URL}?{query}".rstrip("?")
    (said,) = re.findall(r"class=\"flashes\".*?<p>(.*?)</p>", trainer.get(URL).text, re.S)
    return str(said)


def shown(page: str) -> list[int]:
    """The questions that the bank's list offers or marks as in."""
    found = page.partition('id="found"')[2].partition('id="picked"')[0]
    return [int(n) for n in re.findall(r"Stem (\d+)</span>", found)]


def test_a_section_is_filled_ordered_and_valued_from_the_bank(world: World) -> None:
    trainer = world.client(world.persons.add("trainer"))
    one, two, three, seven = ids(1, 2, 3, 7)
    assert "draws 6 questions at random" in trainer.get(URL).text

    assert press(trainer, "add", "q=目3&tag=odd", add=[three]) == "1 question was added."
    assert press(trainer, f"add-{one}-{two}-{seven}") == "3 questions were added."
    assert press(trainer, f"add-{one}-{two}-{seven}") == "Nothing was changed."  # a double click
    assert "Tick the questions" in press(trainer, "add")
    assert section(world).questions == (three, one, two, seven)

    points = {f"points-{q}": 1 for q in (three, one, two)} | {f"points-{seven}": 4}
    press(trainer, f"move-{two}-1", **points)
    press(trainer, f"move-{two}-1", **points)
    assert section(world).questions == (two, three, one, seven)
    typed = {f"at-{q}": n for n, q in enumerate((two, three, one), start=1)} | {f"at-{seven}": 2}
    assert press(trainer, "save", **points, **typed) == "Saved."
    press(trainer, f"remove-{one}")
    found = section(world)
    assert (found.questions, found.worth, found.total) == ((two, seven, three), (1, 4, 1), 6)
    assert "between 1 and 100" in press(trainer, "save", **{f"points-{two}": 0})
    assert "Enter a number" in press(trainer, "save", **{f"points-{two}": "x"})
    assert trainer.post(f"{URL[:-1]}7", data={"do": "add"}).status_code == 404

    page = trainer.get(f"{URL}?q=选项7c&difficulty=2&type=multiple")  # Chinese, of its options
    assert shown(page.text) == [7]
    assert "Picked</span>" in page.text
    assert shown(trainer.get(f"{URL}?show=new&tag=odd").text) == [1, 5, 9]
    assert shown(trainer.get(f"{URL}?q=stem+3").text) == [3]
    with statements() as asked:
        trainer.get(URL)
    assert len(asked) <= 8
    settings = trainer.get("/exams/theory/settings").text
    assert "q-2\nq-7=4\nq-3" in settings

    attempt = world.start(world.client())
    paper = db.session.scalars(
        select(Response).where(Response.attempt_id == attempt.id).order_by(Response.position)
    ).all()
    assert {r.version.question_id: r.points for r in paper} == {two: 1, seven: 4, three: 1}


def test_a_new_exam_goes_from_its_settings_to_picking(both_worlds: World) -> None:
    world = both_worlds
    trainer = world.client(world.persons.add("trainer"))
    new = form(world, key="exam-new", base="", **{"sections-0-how": "fixed"})
    new |= {"sections-0-count": "", "do": "save"}
    assert "Pick the questions of this section" in trainer.post("/exams/new", data=new).text
    answer = trainer.post("/exams/new", data=new | {"do": "pick-0", "is_alone": "y"})
    assert answer.location == "/exams/exam-new/sections/1"
    assert "Until then it asks nothing" in trainer.get(answer.location).text
    mine = world.client()
    assert "exams/exam-new/sit" not in mine.get("/exams/mine").text
    trainer.post(answer.location, data={"do": f"add-{ids(4)[0]}"})
    assert "exams/exam-new/sit" in mine.get("/exams/mine").text
    # An exam that is drawn goes on being drawn until something is picked.
    drawn = form(world, do="pick-0", **{"sections-0-how": "fixed"})
    assert trainer.post("/exams/theory/settings", data=drawn).location == URL
    assert not section(world).is_fixed


def test_who_sits_or_sat_it_keeps_the_paper(world: World, tmp_path: Path) -> None:
    trainer = world.client(world.persons.add("trainer"))
    one, two, three = ids(1, 2, 3)
    press(trainer, f"add-{one}-{two}")
    sits, sat = world.client(), world.persons.add()
    world.enrol(sat)
    over = world.start(world.client(sat), sat)
    world.client(sat).post(f"/exams/attempts/{over.id}/submit")
    begun = world.start(sits)

    def papers() -> list[tuple[object, ...]]:
        db.session.rollback()
        rows = select(Response).order_by(Response.attempt_id, Response.position)
        return [(r.attempt_id, r.version_id, r.points) for r in db.session.scalars(rows)]

    before, score = papers(), world.again(over).score
    press(trainer, f"remove-{one}")
    press(trainer, f"add-{three}")
    press(trainer, "save", **{f"points-{two}": 9})
    version = bank.current(db.session(), two)
    renewed = {**entry_of_version(version), "explanation": {"en": "For another reason"}}
    renewed["stem"] = {"en": "Stem 2, renewed"}
    bank.change(
        db.session(), two, renewed, base_number=1, actor=OPERATOR, now=NOW
    )  # fmt: skip
    db.session.commit()
    assert papers() == before
    assert world.again(over).score == score
    page = trainer.get(URL).text
    assert "Stem 2, renewed" in page
    assert "Asked 2 times so far: version 1 × 2" in page
    assert world.give(sits, begun, 1, [0], 9).status_code == 200  # type: ignore[attr-defined]
    third = world.persons.add()
    world.enrol(third)
    asked = db.session.scalars(
        select(QuestionVersion.number)
        .join(Response, Response.version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.id == world.start(world.client(third), third).id)
        .order_by(QuestionVersion.question_id)
    ).all()
    assert asked == [2, 1]

    # One that is withdrawn is left out, and said to be; nobody is kept from beginning.
    trainer.post(f"/exams/questions/{three}/withdraw", data={"out": "1"})
    assert "Withdrawn: it is not asked any more" in trainer.get(URL).text
    fourth = world.persons.add()
    world.enrol(fourth)
    last = world.start(world.client(fourth), fourth)
    drawn = db.session.scalars(select(Response).where(Response.attempt_id == last.id)).all()
    assert [(r.version.question_id, r.points) for r in drawn] == [(two, 9)]

    # Files hold the points of each.
    dump_exams(db.session(), tmp_path)
    kept = section(world)
    press(trainer, f"remove-{two}")
    exam = db.session.get_one(Exam, world.exam.id)
    exam.content_hash = ""
    load_exams(db.session(), tmp_path, NOW)
    db.session.commit()
    assert (kept.worth, section(world)) == ((9, 1), kept)
