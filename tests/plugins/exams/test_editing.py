"""Questions written and changed on screen."""

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.audit import AuditEntry
from lms.db import db
from lms.plugins.exams.bank import typed
from lms.plugins.exams.dumping import entry_of_version
from lms.plugins.exams.models import Question, QuestionVersion
from tests.plugins.exams.conftest import World, question
from tests.plugins.exams.written_kit import ENTRIES, with_types

BARE = dict.fromkeys(typed.typed_of(question(1)), "")


@pytest.mark.parametrize("entry", [question(1), question(7), question(9), *ENTRIES])
def test_fields_hold_all_that_an_entry_says(entry: dict[str, Any]) -> None:
    fields = {**BARE, "truth": "", "answer": "", **typed.typed_of(entry)}
    back = typed.entry_of(entry["type"], {**fields, "difficulty": str(entry["difficulty"])})
    wanted = {"case": None, **{name: value for name, value in entry.items() if name != "key"}}
    assert back == wanted


SIGNS = st.text("ab1/／=＝|｜±.,，\\⏎\n 0", min_size=1, max_size=7).map(str.strip).filter(bool)
TEXTS = st.fixed_dictionaries({}, optional={"zh": SIGNS, "en": SIGNS}).filter(bool)
NUMBERS = st.one_of(st.integers(-99, 99), st.sampled_from([0.5, 1e-7, 72.25]))
WRITTEN = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("ordering"), "options": st.lists(TEXTS, min_size=2, max_size=3)}
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("matching"),
            "pairs": st.lists(
                st.fixed_dictionaries({"left": TEXTS, "right": TEXTS}), min_size=2, max_size=3
            ),
        },
        optional={"others": st.lists(TEXTS, min_size=1, max_size=2)},
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("case_analysis"),
            "criteria": st.lists(
                st.fixed_dictionaries(
                    {"title": TEXTS, "points": st.integers(1, 9)}, optional={"expected": TEXTS}
                ),
                min_size=1,
                max_size=3,
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("blank"),
            "gaps": st.lists(
                st.one_of(
                    st.fixed_dictionaries({"accept": st.lists(SIGNS, min_size=1, max_size=3)}),
                    st.fixed_dictionaries({"number": NUMBERS}, optional={"tolerance": NUMBERS}),
                ),
                min_size=1,
                max_size=3,
            ),
        }
    ),
)


@settings(max_examples=150)
@given(WRITTEN, st.lists(SIGNS, max_size=2))
@example({"type": "blank", "gaps": [{"accept": ["0571"]}, {"accept": ["km/h"]}]}, [])
@example({"type": "ordering", "options": [{"zh": n, "en": n} for n in ("24", "48", "72")]}, [])
def test_whatever_signs_its_texts_have(entry: dict[str, Any], tags: list[str]) -> None:
    entry = {"stem": {"zh": "题"}, "explanation": {}, "difficulty": 2, "tags": tags, **entry}
    fields = {**BARE, **typed.typed_of(entry), "difficulty": "2"}
    assert typed.entry_of(entry["type"], fields) == {"case": None, **entry}


def fields_of(page: str) -> dict[str, str]:
    """What the form would send as it stands."""
    found = dict(re.findall(r'<input [^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', page))
    for name, text in re.findall(
        r'<textarea[^>]* name="([a-z_]+)"[^>]*>(.*?)</textarea>', page, re.S
    ):
        found[name] = text.strip("\r\n")
    choice = r'<select[^>]* name="([a-z_]+)"[^>]*>(.*?)</select>'
    for name, body in re.findall(choice, page, re.DOTALL):
        found[name] = re.findall(r'<option selected value="([^"]*)"', body)[0]
    return {name: unescape(value) for name, value in found.items() if name != "csrf_token"}


def test_a_change_is_a_new_version_and_two_editors_do_not_overwrite(both_worlds: World) -> None:
    world = with_types(both_worlds)
    trainer = world.client(world.persons.add("trainer"))
    ids = db.session.scalars(select(Question.id).where(Question.key.like("t-%"))).all()
    db.session.rollback()
    for question_id in ids:  # opened and saved as it is: nothing new, whatever the type
        page = trainer.get(f"/exams/questions/{question_id}").text
        assert (
            trainer.post(f"/exams/questions/{question_id}", data=fields_of(page)).status_code == 303
        )
        preview = trainer.get(f"/exams/questions/{question_id}/preview").text
        assert "zebra" not in preview
    assert {v.number for v in db.session.scalars(select(QuestionVersion))} == {1}
    db.session.rollback()
    path = f"/exams/questions/{ids[0]}"
    mine = fields_of(trainer.get(path).text)
    changed = {**mine, "gaps": "80 ± 2\nlion / tiger", "explanation_en": "new"}
    assert trainer.post(path, data=changed).status_code == 303
    late = trainer.post(path, data={**mine, "gaps": "1\nx"})
    assert late.status_code == 400
    assert "Somebody saved version 2 meanwhile" in late.text
    assert "1\r\nx" in late.text or "1\nx" in late.text
    current = db.session.scalars(
        select(QuestionVersion).where(
            QuestionVersion.question_id == ids[0], QuestionVersion.number == 2
        )
    ).one()
    gaps = [{"number": 80, "tolerance": 2}, {"accept": ["lion", "tiger"]}]
    assert entry_of_version(current)["gaps"] == gaps
    audited = select(AuditEntry).where(AuditEntry.action == "exam.question")
    assert len(db.session.scalars(audited).all()) == 1


def test_a_new_question_is_checked_and_a_double_is_told(world: World) -> None:
    trainer = world.client(world.persons.add("trainer"))
    path = "/exams/banks/handbook/new?type=multiple"
    form = fields_of(trainer.get(path).text)
    form |= {"stem_en": "Which?", "lines_en": "cat\ndog\ncow", "answer": "a，C", "tags": "x, y"}
    refused = trainer.post(path, data={**form, "answer": "Z"})
    assert refused.status_code == 400
    assert "by their letters" in refused.text
    assert trainer.post(path, data={**form, "stem_en": ""}).status_code == 400
    assert "same number of lines" in trainer.post(path, data={**form, "lines_zh": "猫"}).text
    assert trainer.post(path, data=form).status_code == 303
    twice = trainer.post(path, data={**form, "stem_en": "WHICH ?"})
    assert twice.status_code == 400
    assert "The bank has this question already" in twice.text
    again = trainer.post(path, data={**form, "stem_en": "WHICH ?", "even_so": "y"})
    assert again.status_code == 303
    page = trainer.get("/exams/banks/handbook?type=multiple&q=which").text
    assert page.count('class="exam-entry"') == 2
    assert trainer.get("/exams/banks/handbook/new?type=nonsense").status_code == 404
    assert world.client().get(path).status_code == 403


def test_a_withdrawn_question_is_not_drawn_and_can_come_back(world: World) -> None:
    with_types(world)
    ids = db.session.scalars(select(Question.id).where(Question.key.like("t-%"))).all()
    db.session.rollback()
    trainer = world.client(world.persons.add("trainer"))
    for question_id in ids[1:]:
        trainer.post(f"/exams/questions/{question_id}/withdraw", data={"out": "1"})
    assert "Withdrawn" in trainer.get("/exams/banks/written").text
    world.exam.count = 1
    db.session.commit()
    attempt = world.start(world.client())
    assert world.stored(attempt, 1).version.question_id == ids[0]
    trainer.post(f"/exams/questions/{ids[1]}/withdraw", data={"out": "0"})
    db.session.rollback()
    assert db.session.get_one(Question, ids[1]).withdrawn_at is None
