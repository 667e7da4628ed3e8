"""The PDF, its QR code, its font, and many of them in a ZIP."""

import io
import re
import zipfile

import pytest
import segno
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import event

from lms.audit import OPERATOR
from lms.db import Localized, db
from lms.people.models import Team
from lms.plugins.certificates import register_views, signing
from lms.plugins.certificates.checks import checks
from lms.plugins.certificates.printing import bundle, qr
from lms.printing import font
from tests.conftest import NOW, Auth, People
from tests.plugins.certificates.conftest import Completions, picture

SIGNED = {
    "name": Localized("李思源", "Li Siyuan"), "office": Localized("培训主管", "Head of Training"),
    "keep_picture": False, "actor": OPERATOR, "now": NOW,
}  # fmt: skip
_DARK = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) -?([\d.]+) re f")
_MM = 72 / 25.4


def drawn_modules(content: bytes, side: int) -> list[list[int]]:
    """The QR code as it stands on the sheet: filled areas, put back into `side` modules."""
    areas = [tuple(map(float, area)) for area in _DARK.findall(content)]
    left, top = min(a[0] for a in areas), max(a[1] for a in areas)
    module = 33 * _MM / side
    rows = [[0] * side for _ in range(side)]
    for x, y, width, _height in areas:
        first = round((x - left) / module)
        for column in range(first, first + round(width / module)):
            rows[round((top - y) / module)][column] = 1
    return rows


def test_the_sheet_says_who_what_and_where_to_check_it(
    app: Flask, auth: Auth, persons: People, complete: Completions
) -> None:
    signing.change(db.session(), upload=picture(), **SIGNED)
    person = persons.add(name="王小明")
    certificate = complete(person, "onboarding", clears=True)
    assert certificate is not None
    answer = auth.login(person).get(f"/certificates/{certificate.id}.pdf")
    assert answer.mimetype == "application/pdf"
    assert "%E7%8E%8B%E5%B0%8F%E6%98%8E" in answer.headers["Content-Disposition"]
    reader = PdfReader(io.BytesIO(answer.data))
    assert len(reader.pages) == 1
    sheet = reader.pages[0]
    assert [round(float(side)) for side in sheet.mediabox[2:]] == [842, 595]
    text = sheet.extract_text()
    for said in (
        "王小明", certificate.number, certificate.shown_code, "新人培养onboarding",
        "Onboarding onboarding", "具备上岗资格", "李思源", "Li Siyuan", "培训主管", "2026-11-02",
        certificate.issuer.zh,
    ):  # fmt: skip
        assert said in text, said
    assert len(sheet.images) == 1
    address = f"http://localhost/verify/{certificate.number}/{certificate.shown_code}"
    wanted = [list(row) for row in segno.make_qr(address, error="m").matrix]
    assert drawn_modules(sheet.get_contents().get_data(), len(wanted)) == wanted
    assert "<svg" in qr.as_svg(address)


def test_a_rare_character_is_named_not_drawn_as_a_box(
    app: Flask, auth: Auth, persons: People, complete: Completions
) -> None:
    names = {"known": "㛃䶮堃喆", "unknown": "吉𠮷"}
    texts, pages = {}, {}
    for key, name in names.items():
        person = persons.add(name=name)
        certificate = complete(person, key)
        assert certificate is not None
        client = auth.login(person)
        content = client.get(f"/certificates/{certificate.id}.pdf").data
        texts[key] = PdfReader(io.BytesIO(content)).pages[0].extract_text()
        pages[key] = client.get(f"/certificates/{certificate.id}").text
        db.session.rollback()
    assert names["known"] in texts["known"]
    assert "cannot spell" not in pages["known"]
    assert "吉〓" in texts["unknown"]
    assert "U+20BB7" in texts["unknown"]
    assert f"Staff no. {person.staff_no}" in texts["unknown"]
    assert "cannot spell" in pages["unknown"]
    warned = [found.message for found in checks(db.session())]
    assert any(person.staff_no in message for message in warned), warned


def test_what_needs_no_look_into_the_font_is_in_it() -> None:
    """`lacking` takes the letters and characters of GB 2312 for granted."""
    pairs = [bytes([a, b]) for a in range(0xA1, 0xF8) for b in range(0xA1, 0xFF)]
    common = {c for pair in pairs for c in pair.decode("gb2312", "ignore") if c.isalnum()}
    assert len(common) > 7000
    assert common <= font.coverage()
    assert font.lacking("・") == ["・"]
    assert set(map(chr, range(0x20, 0x7F))) <= font.coverage()


def test_many_in_a_zip_with_names_every_system_can_store(
    app: Flask,
    auth: Auth,
    persons: People,
    complete: Completions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    odd = persons.add(name='../王:小\\明"' + "长" * 90, team="二组")
    for person in (persons.add(name="张三"), odd):
        complete(person, "一/二")
    other = persons.add(name="李四")
    complete(other, "other")
    client = auth.login(persons.add("hr"))
    answer = client.get("/certificates/register.zip?q=")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    names = archive.namelist()
    assert len(names) == 3
    assert f"{persons.count - 3:04d}" in "".join(names)
    for entry in archive.infolist():
        assert entry.flag_bits & 0x800  # UTF-8
        assert not re.search(r'[<>:"/\\|?*]|^\.', entry.filename)
        assert len(entry.filename.encode()) < 255
        text = PdfReader(io.BytesIO(archive.read(entry))).pages[0].extract_text()
        assert entry.filename.rpartition("_")[2].removesuffix(".pdf") in text
    db.session.rollback()
    monkeypatch.setattr(register_views, "MOST_IN_ZIP", 2)
    page = client.get("/certificates/register.zip?q=", follow_redirects=True)
    assert "More than 2 certificates" in page.text
    db.session.rollback()
    for query, count in (("q=张三", 1), ("q=二组", 0), ("course=1", 2), ("month=2026-10", 0)):
        answer = client.get(f"/certificates/register.zip?{query}")
        db.session.rollback()
        found = zipfile.ZipFile(io.BytesIO(answer.data)).namelist() if count else []
        assert (answer.status_code, len(found)) == (200 if count else 302, count), query


def test_the_zip_is_made_while_it_is_sent(
    both_apps: Flask, persons: People, complete: Completions, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = persons.add()
    ids = [complete(person, f"c{n}").id for n in range(5)]  # type: ignore[union-attr]
    monkeypatch.setattr(bundle, "_AT_ONCE", 2)
    reads: list[str] = []
    event.listen(db.engine, "after_cursor_execute", lambda *args: reads.append(args[2].split()[0]))
    db.session.add(Team(name="somebody writes meanwhile"))
    db.session.flush()
    pieces = bundle.stream(db.session(), ids, lambda one: f"https://example.org/{one.number}")
    first = next(pieces)
    assert reads.count("SELECT") == 1
    assert first.startswith(b"PK")
    whole = io.BytesIO(first + b"".join(pieces))
    assert reads.count("SELECT") == 3
    assert len(zipfile.ZipFile(whole).namelist()) == 5
