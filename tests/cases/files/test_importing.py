"""Cases from a table or a ZIP on screen: looked at, refused by row and reason, drafts, once."""

import io

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import Actor
from lms.cases import content
from lms.cases.files import folders, importing, sheets
from lms.cases.models import Case, CaseState, CaseVersion
from lms.clock import SettableClock
from lms.db import db
from lms.errors import Conflict, DomainError
from tests.cases import kit
from tests.conftest import Auth, People

CSV = """标题,渠道,阶段,投诉等级,成败,对话,处理,标签,经验,没见过
包裹迟到,在线,售后,一级,成功,客户: 在哪 / 客服：马上查,1.查单；2.回访,"大促，延误",- 先处理心情,x
比手机,电话,售前,,,,,,,
,在线,售后,,,,,,,
说错,在线,午休,9,,谁知道,,,,
比手机,电话,售前,,,,,,,
"""


@pytest.fixture
def actor(app: Flask, persons: People) -> Actor:
    return Actor(persons.add("trainer").id)


def drafts() -> list[CaseVersion]:
    found = select(CaseVersion).where(CaseVersion.state == CaseState.DRAFT).order_by(CaseVersion.id)
    return list(db.session.scalars(found))


def test_a_table_is_read_row_by_row() -> None:
    found = sheets.read(CSV.encode("gb18030"), "cases.csv")
    first, second, nameless, wrong, twice = found.rows
    assert found.unknown == ["没见过"]
    assert first.content is not None and second.content is not None
    assert [(line.who, line.zh) for line in first.content.dialogue] == [
        ("customer", "在哪"), ("agent", "马上查"),
    ]  # fmt: skip
    assert [step.zh for step in first.content.handling] == ["查单", "回访"]
    assert (first.content.stage, first.content.complaint_level) == ("after_sales", 1)
    assert first.content.tags["zh"] == ["大促", "延误"]
    assert second.content.channel == "phone"
    assert [str(reason) for reason in nameless.reasons] == ["The title is missing."]
    assert (wrong.row, len(wrong.reasons)) == (5, 3)
    assert [str(reason) for reason in twice.reasons] == ["The same title stands in row 3."]


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_the_template_is_taken_as_it_is(auth: Auth, persons: People, locale: str) -> None:
    client = auth.login(persons.add("trainer"), locale=locale)
    answer = client.get("/cases/import/template.xlsx")
    answer.headers["Content-Disposition"].encode("latin-1")  # as a server sends it
    body = answer.data
    (row,) = sheets.read(body, "t.xlsx").rows
    assert not row.reasons and row.content is not None
    content.check_complete(row.content)
    assert len(row.content.handling) == 2


def test_a_file_is_taken_once_and_the_same_again_adds_nothing(
    actor: Actor, clock: SettableClock
) -> None:
    def prepare() -> importing.CaseImport:
        return importing.prepare(
            db.session(), CSV.encode(), "cases.csv", actor=actor, now=clock.now()
        )

    kept = prepare()
    assert [row["place"] for row in kept.content["refused"]] == ["4", "5", "6"]
    with pytest.raises(DomainError, match="are refused"):
        importing.take(
            db.session(), kept.id, accept_valid=False, actor=actor, now=clock.now()
        )  # fmt: skip
    made = importing.take(db.session(), kept.id, accept_valid=True, actor=actor, now=clock.now())
    assert made == 2 and [draft.title.zh for draft in drafts()] == ["包裹迟到", "比手机"]
    with pytest.raises(Conflict):
        importing.take(db.session(), kept.id, accept_valid=True, actor=actor, now=clock.now())
    again = prepare()
    assert (again.content["cases"], again.content["same"]) == ([], 2)


def test_a_zip_makes_drafts_of_what_has_changed(actor: Actor, clock: SettableClock) -> None:
    version = kit.published_case(clock.now())
    other = kit.published_case(clock.now())
    db.session.commit()
    body = kit.exported()
    same = importing.prepare(db.session(), body, "a.zip", actor=actor, now=clock.now())
    assert (same.content["cases"], same.content["same"]) == ([], 2)
    found = folders.read_zip(db.session(), body, "a.zip")
    assert {case.key for case in found.cases} == {version.case.key, other.case.key}
    edited = _zip(_files(body)[0].replace("查单", "电话查单"), "坏的")
    kept = importing.prepare(db.session(), edited, "b.zip", actor=actor, now=clock.now())
    assert [row["place"] for row in kept.content["refused"]] == ["f1.md:1"]
    importing.take(db.session(), kept.id, accept_valid=True, actor=actor, now=clock.now())
    (draft,) = drafts()
    assert (draft.number, draft.handling[0]["zh"]) == (2, "电话查单")
    # published is still what was reviewed, and nobody writes over an open draft
    third = _zip(_files(body)[0].replace("查单", "第三种"))
    kept = importing.prepare(db.session(), third, "c.zip", actor=actor, now=clock.now())
    assert "draft of this case" in kept.content["refused"][0]["reasons"][0]["message"]


def _files(body: bytes) -> list[str]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return [archive.read(name).decode() for name in archive.namelist()]


def _zip(*bodies: str) -> bytes:
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number, body in enumerate(bodies):
            archive.writestr(f"f{number}.md", body)
    return made.getvalue()


def test_the_pages(auth: Auth, persons: People, clock: SettableClock) -> None:
    client = auth.login(persons.add("trainer"), locale="zh_Hans")
    file = (io.BytesIO(CSV.encode()), "案例.csv")
    sent = client.post("/cases/import", data={"file": file})
    assert sent.status_code == 303
    page = client.get(sent.location).text
    assert "包裹迟到" in page and "没见过" in page and "午休" in page
    db.session.rollback()
    take = f"{sent.location}/take"
    assert client.post(take, data={}).status_code == 400
    assert client.post(take, data={"accept_valid": "y"}).status_code == 303
    assert [d.case.key[:6] for d in drafts()] == ["sheet-", "sheet-"]
    db.session.rollback()
    bad = client.post("/cases/import", data={"file": (io.BytesIO(b"PK\x03\x04no"), "x.zip")})
    assert bad.status_code == 400 and "无法解压" in bad.text
    kit.published_case(clock.now())
    db.session.commit()
    out = client.get("/cases/export.zip", buffered=True)
    assert len(folders.read_zip(db.session(), out.data, "out.zip").cases) == 1
    assert db.session.scalar(select(Case.key).where(Case.key.like("sheet-%")).limit(1))
    reader = auth.login(persons.add())
    assert reader.get("/cases/export.zip").status_code == 403
