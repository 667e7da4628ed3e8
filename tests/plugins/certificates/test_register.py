"""The list for HR, training managers and supervisors; who signs; what a course earns."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select, true

from lms.clock import Month
from lms.db import db
from lms.plugins.certificates import signing
from lms.plugins.certificates.finding import Wanted, listing
from lms.plugins.certificates.models import Certificate, Signature
from tests.conftest import Auth, People
from tests.plugins.certificates.conftest import Completions, make_programme, picture

TODAY = date(2026, 11, 2)
SIGNED = {"name_zh": "李思源", "name_en": "Li Siyuan", "office_zh": "培训主管", "office_en": ""}


def test_the_list_finds(both_apps: Flask, persons: People, complete: Completions) -> None:
    first, second = persons.add(name="王小明"), persons.add(name="100%_好")
    one, two, three = complete(first, "a"), complete(second, "a"), complete(second, "b")
    assert one and two and three
    three.expires_on, two.issued_on = TODAY, date(2026, 10, 31)
    db.session.commit()
    programme = make_programme("none")

    def found(**wanted: object) -> list[int]:
        rows = listing(true(), Wanted(**wanted), TODAY)  # type: ignore[arg-type]
        return sorted(row.id for row in db.session.scalars(rows))

    assert found() == [one.id, two.id, three.id]
    assert found(text="小明") == [one.id]
    assert found(text=second.staff_no.lower()) == [two.id, three.id]
    assert found(text="%_") == [two.id, three.id]
    assert found(text=f" {three.number.lower()} ") == [three.id]
    assert found(text="nobody") == []
    assert found(state="expiring") == [three.id]
    assert found(state="nonsense") == found()
    assert found(month=Month.parse("2026-10")) == [two.id]
    assert found(programme_id=programme.id) == []
    first.name = "改了名"
    db.session.commit()
    assert found(text="改了名") == found(text="王小明") == [one.id]


@pytest.mark.parametrize(
    ("role", "sees"),
    [("hr", "both"), ("training_manager", "both"), ("supervisor", "own team"), ("trainer", None)],
)
def test_everybody_sees_their_scope(
    app: Flask, auth: Auth, persons: People, complete: Completions, role: str, sees: str | None
) -> None:
    own, other = complete(persons.add()), complete(persons.add(team="二组"))
    assert own and other
    client = auth.login(persons.add(role))
    page = client.get("/certificates/register")
    db.session.rollback()
    wanted = {"both": [own, other], "own team": [own], None: []}[sees]
    if not wanted:
        assert page.status_code == 403
        assert client.get("/certificates/register.zip").status_code == 403
        return
    for one in (own, other):
        assert (one.number in page.text) == (one in wanted)
    table = client.get("/certificates/register?format=csv")
    rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == {one.number for one in wanted}


def test_excel_in_the_readers_language(
    app: Flask, auth: Auth, persons: People, complete: Completions
) -> None:
    person = persons.add()
    complete(person)
    client = auth.login(persons.add("hr"), "zh_Hans")
    answer = client.get("/certificates/register?format=xlsx&state=valid")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    header, row = list(sheet.iter_rows(values_only=True))
    assert header[:3] == ("编号", "工号", "姓名")
    assert (row[1], row[4], row[7]) == (person.staff_no, "新人培养topic", "有效")
    assert client.get("/certificates/register?month=neulich").status_code == 400


def test_a_new_signature_leaves_the_old_one_where_it_stands(
    app: Flask, auth: Auth, persons: People, complete: Completions
) -> None:
    hr, person = persons.add("hr"), persons.add()
    client, unsigned = auth.login(hr), complete(person, "a")
    for name in ("李思源", "赵敏"):
        sent = SIGNED | {"name_zh": name, "picture": (io.BytesIO(picture("JPEG")), "seal.jpg")}
        for _twice in range(2):  # the second changes nothing
            form = sent | {"picture": (io.BytesIO(picture("JPEG")), "seal.jpg")}
            assert client.post("/certificates/signature", data=form).status_code == 303
        complete(person, name)
    db.session.rollback()
    every = db.session.scalars(select(Certificate).order_by(Certificate.id)).all()
    assert unsigned is not None
    assert [one.signature and one.signature.name.zh for one in every] == [None, "李思源", "赵敏"]
    picture_of = f"/certificates/{every[1].id}/signature.png"
    stored = client.get(picture_of)
    assert stored.data.startswith(b"\x89PNG")
    assert stored.headers["X-Content-Type-Options"] == "nosniff"
    assert auth.login(person).get(picture_of).status_code == 200
    assert auth.login(persons.add()).get(picture_of).status_code == 403
    assert client.get(f"/certificates/{every[0].id}/signature.png").status_code == 404
    client.post("/certificates/signature", data=SIGNED | {"without_picture": "y"})
    assert client.get("/certificates/signature.png").status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\x89PNG\r\n\x1a\n" + b"0" * 100,
        picture()[:200],
        picture("GIF"),
        b"%PDF-1.7",
        b"\x00" * 400_001,
        picture(size=(6000, 5000)),
    ],
    ids=["svg", "a head alone", "cut off", "gif", "pdf", "too long", "too many dots"],
)
def test_an_upload_that_is_no_picture(
    app: Flask, auth: Auth, persons: People, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(signing, "MOST_BYTES", 400_000)
    client = auth.login(persons.add("hr"))
    sent = SIGNED | {"picture": (io.BytesIO(content), "signature.png", "image/png")}
    page = client.post("/certificates/signature", data=sent)
    assert page.status_code == 200
    assert 'id="picture-error"' in page.text
    assert 'value="李思源"' in page.text
    assert db.session.scalar(select(Signature.id)) is None


def test_nothing_else_of_the_upload_is_kept() -> None:
    hidden = b"<script>alert(1)</script>"
    assert hidden not in signing.as_png(picture("JPEG") + hidden)


def test_what_a_course_earns_is_set_on_its_page(app: Flask, auth: Auth, persons: People) -> None:
    programme = make_programme("privacy")
    client = auth.login(persons.add("hr"))
    where = f"/certificates/courses/{programme.id}"
    assert "by its kind" in client.get("/certificates/courses").text
    wrong = client.post(where, data={"own": "yes", "months": "999"})
    assert 'id="months-error"' in wrong.text
    assert client.post(where, data={"own": "yes", "months": "12"}).status_code == 303
    page = client.get("/certificates/courses").text
    assert "12 months" in page
    assert "for this course" in page
    assert client.get("/certificates/courses/999").status_code == 404
    policy = client.get("/policies/certificates.issuing").text
    assert "The first letter only" in policy
