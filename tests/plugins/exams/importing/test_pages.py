"""Questions on screen: a file read and shown, taken once."""

import re
from io import BytesIO
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from lms.db import db
from lms.plugins.exams.models import Question

FILE = "题型,题干,选项A,选项B,答案\n单选题,首次回复时限？,10 秒,15 秒,A\n单选题,缺答案？,甲,乙,\n"


@pytest.fixture
def trainer(persons, auth):
    return auth.login(persons.add("trainer"))


def upload(client, text: str = FILE, bank: str = "上岗题库"):
    db.session.rollback()
    data = {"bank": bank, "file": (BytesIO(text.encode("utf-8-sig")), "题库.csv")}
    return client.post("/exams/banks/import", data=data, content_type="multipart/form-data")


def count() -> int:
    found = db.session.scalar(select(func.count(Question.id))) or 0
    db.session.rollback()
    return found


def test_what_is_refused_is_shown_and_nothing_enters_before_it_is_taken(trainer) -> None:
    shown = upload(trainer)
    page = trainer.get(shown.location).text
    assert "首次回复时限" in page and "row 3" in page and "The answer is missing." in page
    assert count() == 0
    refused = trainer.post(f"{shown.location}/take", data={})
    assert refused.status_code == 400 and "Tick the box" in refused.text and count() == 0
    taken = trainer.post(f"{shown.location}/take", data={"accept_valid": "y"})
    assert taken.status_code == 303 and count() == 1
    again = trainer.post(
        f"{shown.location}/take", data={"accept_valid": "y"}, follow_redirects=True
    )
    assert "imported already" in again.text and count() == 1


def test_a_file_that_is_none_is_refused_beside_its_field(trainer) -> None:
    answer = upload(trainer, "nothing of use\n")
    assert answer.status_code == 400 and "in no format that is known" in answer.text
    assert "上岗题库" in answer.text  # what was typed is kept


def test_pasted_text_beside_a_file_is_not_dropped_in_silence(trainer) -> None:
    pasted = "1. 谁？（B）\nA. 甲\nB. 乙\n"
    file = (BytesIO(FILE.encode("utf-8-sig")), "题库.csv")
    answer = trainer.post(
        "/exams/banks/import", data={"bank": "上岗题库", "file": file, "text": pasted},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 400 and "You chose a file as well." in answer.text
    assert "1. 谁？（B）" in answer.text and "上岗题库" in answer.text
    unread = trainer.post("/exams/banks/import", data={"bank": "上岗题库", "text": "no question"})
    assert unread.status_code == 400 and "no question</textarea>" in unread.text


def test_a_paper_is_pasted_and_what_is_there_already_is_said(trainer, auth, persons) -> None:
    form = {"bank": "上岗题库", "text": "1. 谁？（B）\nA. 甲\nB. 乙\n2. 几时？\nA. 早\nB. 晚\n"}
    shown = trainer.post("/exams/banks/import", data=form)
    page = trainer.get(shown.location).text
    assert "Pasted text.txt" in page and "line 4" in page
    trainer.post(f"{shown.location}/take", data={"accept_valid": "y"})
    again = trainer.get(trainer.post("/exams/banks/import", data=form).location).text
    assert "are in the bank already" in again and count() == 1
    nothing = trainer.post("/exams/banks/import", data={"bank": "b", "text": " "})
    assert nothing.status_code == 400 and "Choose a file." in nothing.text
    taken = trainer.get("/exams/banks").text
    assert "上岗题库" in taken
    key = re.search(r"/exams/banks/(bank-\w+)", taken)[1]
    name = trainer.get(f"/exams/banks/{key}/export.gift").headers["Content-Disposition"]
    assert quote("上岗题库") in name and name.isascii()  # servers fail on others
    chinese = auth.login(persons.add("trainer"), "zh_Hans")
    assert chinese.get("/exams/banks/template.xlsx").headers["Content-Disposition"].isascii()


def test_only_those_who_manage_exams_may(auth, persons) -> None:
    client = auth.login(persons.add())
    assert client.get("/exams/banks/import").status_code == 403
    assert client.get("/exams/banks/b/export.xlsx").status_code == 403
