"""Pictures go out beside the files of their cases and come in again; nothing is taken on trust."""

import io
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import Actor
from lms.cases.files import beside, folders, importing
from lms.cases.files.models import CaseImport
from lms.cases.models import CasePicture, CaseState, CaseVersion
from lms.cases.pictures import attaching
from lms.clock import SettableClock
from lms.content_files import export_content, load_content
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from lms.uploads import store
from lms.uploads.models import Upload
from tests.backup.conftest import Command, files, lms
from tests.cases import kit
from tests.conftest import NOW, Auth, People
from tests.uploads import samples

__all__ = ["lms"]

TORN = Localized("破损：“一角” # 1", "The torn <corner>: 'one'")


def illustrated(*pictures: bytes) -> CaseVersion:
    """A published case that shows them."""
    session, version = db.session(), kit.published_case(NOW)
    version.state = CaseState.DRAFT
    for n, body in enumerate(pictures):
        alt = TORN if n == 0 else Localized("", f"Picture {n}")
        attaching.attach(
            session, version.id, io.BytesIO(body), "x", alt, actor=Actor(None), now=NOW
        )
    version.state, version.editor_ids = CaseState.PUBLISHED, []
    session.commit()
    return version


def shown(version: CaseVersion | None) -> list[tuple[bytes, Localized]]:
    assert version is not None
    found = select(CasePicture).where(CasePicture.version_id == version.id)
    rows = db.session.scalars(found.order_by(CasePicture.id))
    return [(store.path_of(row.upload.sha256).read_bytes(), row.alt) for row in rows]


def published() -> CaseVersion | None:
    return db.session.scalar(select(CaseVersion).where(CaseVersion.state == CaseState.PUBLISHED))


def versions() -> int | None:
    return db.session.scalar(select(func.count(CaseVersion.id)))


def zipped(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return made.getvalue()


def unzipped(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_out_and_in_is_the_same_to_the_byte(
    app: Flask, postgres_app: Flask, tmp_path: Path
) -> None:
    """As Markdown and as YAML, from one kind of database into the other."""
    from lms.cli import run

    pictures = (samples.png(1, 1), samples.jpeg(), samples.webp(), samples.gif())
    one, two, three, four = (tmp_path / name for name in ("a", "b", "c", "d"))
    with app.app_context():
        illustrated(*pictures)
        assert run(app, ["cases", "export", str(one)]) == 0
        export_content(db.session(), two)
        db.session.rollback()
        assert run(app, ["cases", "import", str(one)]) == 0  # what is the same stays as it is
        assert versions() == 1
        db.session.rollback()
    with postgres_app.app_context():
        assert run(postgres_app, ["cases", "import", str(one)]) == 0
        assert shown(published())[0] == (pictures[0], TORN) and len(shown(published())) == 4
        assert db.session.scalars(select(Upload.person_id)).all() == [None] * 4
        assert load_content(db.session(), two, NOW) == 0  # the YAML says just the same
        assert run(postgres_app, ["cases", "export", str(three)]) == 0
        export_content(db.session(), four)
    assert len(files(one)) == 5
    assert files(one) == files(three) and files(two) == files(four)


def test_a_file_says_which_pictures_stay(lms: Command, tmp_path: Path) -> None:
    first = illustrated(samples.png(1, 1), samples.png(2, 1))
    folder = tmp_path / "out"
    assert "1 cases and 2 pictures" in lms("cases", "export", folder).out
    file = folder / f"{first.case.key}.md"
    text = file.read_text()
    turned = text.replace(f"{first.case.key}-1.png", "other.png")
    (folder / "pictures" / "other.png").write_bytes(samples.png(5, 5))
    file.write_text(turned)
    lms("cases", "import", folder)
    assert [body for body, _alt in shown(published())] == [samples.png(5, 5), samples.png(2, 1)]
    start, end = text.index("pictures:"), text.index("---\n", 4)
    file.write_text(text[:start] + text[end:].replace("查单", "打电话"))  # says nothing of them
    lms("cases", "import", folder)
    assert versions() == 3 and len(shown(published())) == 2
    file.write_text(text[:start] + "pictures: []\n" + text[end:].replace("查单", "打电话"))
    lms("cases", "import", folder)
    assert versions() == 4 and shown(published()) == []
    assert len(shown(db.session.get(CaseVersion, first.id))) == 2  # history stays


WRONG = {
    "../secret.png": "in the folder of its case",
    "/etc/secret.png": "in the folder of its case",
    "C:\\secret.png": "in the folder of its case",
    "pictures/.hidden.png": "in the folder of its case",
    "pictures/out.png": "There is no file pictures/out.png",
    "pictures/none.png": "There is no file pictures/none.png",
    "pictures/page.png": "page.png is no file of these kinds",
    "pictures/really.jpg": "really.jpg is not what its name says",
    "pictures/vast.png": "vast.png has 99999 × 99999 pixels",
    "pictures/long.png": "long.png is larger than 1 MB",
}


@pytest.mark.parametrize("way", ["folder", "zip"])
def test_what_is_no_picture_beside_it_is_refused_by_name(
    app: Flask, lms: Command, auth: Auth, persons: People, tmp_path: Path, way: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("lms.cases.files.beside.limits", lambda session: {"image": 1})
    version = illustrated(samples.png(1, 1))
    name = f"{version.case.key}.md"
    text = unzipped(kit.exported())[name].decode()
    text = text.replace(version.case.key, "key-{n}", 1)
    members = {
        "secret.png": samples.png(2, 2),
        "cases/pictures/page.png": b"<svg onload=alert(1)>",
        "cases/pictures/really.jpg": samples.png(2, 2),
        "cases/pictures/vast.png": samples.png(99999, 99999),
        "cases/pictures/long.png": samples.png(2, 2) + bytes(1 << 21),
    }
    for n, file in enumerate(WRONG):
        linked = text.replace(f"pictures/{version.case.key}-1.png", f"'{file}'")
        members[f"cases/{n}.md"] = linked.replace("{n}", str(n)).encode()
    if way == "folder":
        for path, body in members.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(body)
        (tmp_path / "cases" / "pictures" / "out.png").symlink_to(tmp_path / "secret.png")
        result = lms("cases", "import", tmp_path / "cases")
        assert result.code == 1
        said = result.err
    else:
        client = auth.login(persons.add("trainer"))
        sent = client.post(
            "/cases/import", data={"file": (io.BytesIO(zipped(members)), "cases.zip")}
        )
        page = client.get(sent.location).text
        assert "No case of the file can be taken." in page
        said = page.replace("&#39;", "'")
    for n, why in enumerate(WRONG.values()):
        assert f"{n}.md" in said and why in said, why
    assert versions() == 1 and db.session.scalar(select(func.count(Upload.id))) == 1


def test_a_bomb_is_refused(auth: Auth, persons: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "MOST_UNPACKED_MB", 1)
    version = illustrated(samples.png(1, 1))
    members = unzipped(kit.exported())
    members[f"pictures/{version.case.key}-1.png"] = samples.png(1, 1) + bytes(3 << 20)
    client = auth.login(persons.add("trainer"))
    body = zipped(members)
    assert len(body) < 10_000
    sent = client.post("/cases/import", data={"file": (io.BytesIO(body), "cases.zip")})
    assert "unpacks to more than is allowed" in client.get(sent.location).text


def test_on_screen_they_come_with_the_draft(
    auth: Auth, persons: People, clock: SettableClock
) -> None:
    version = illustrated(samples.png(1, 1), samples.png(2, 1))
    person = persons.add("trainer")
    client = auth.login(person)
    members = unzipped(client.get("/cases/export.zip", buffered=True).data)
    key, other = version.case.key, f"pictures/{version.case.key}-1.png"
    assert set(members) == {f"{key}.md", other, f"pictures/{key}-2.png"}

    def send(**texts: str) -> str:
        changed = members[f"{key}.md"].decode()
        new = changed.replace(f"key: {key}", "key: brought-along")
        body = zipped(members | {f"{key}.md": changed.encode(), "new.md": new.encode()})
        address = client.post("/cases/import", data={"file": (io.BytesIO(body), "c.zip")}).location
        db.session.rollback()
        return str(address)

    members[other] = samples.png(7, 7)  # the words are the same, one picture is another
    waits = send()
    page = client.get(waits).text
    assert page.count("2 pictures") == 2
    clock.advance(days=31)  # nobody takes it: it is forgotten, and its pictures with it
    db.session.rollback()
    address = send()
    mine = select(func.count(Upload.id)).where(Upload.person_id == person.id)
    assert (
        db.session.scalar(mine) == 4 and db.session.scalar(select(func.count(CaseImport.id))) == 1
    )
    db.session.rollback()
    assert client.post(f"{address}/take").status_code == 303
    drafts = db.session.scalars(
        select(CaseVersion).where(CaseVersion.state == CaseState.DRAFT).order_by(CaseVersion.id)
    ).all()
    assert [draft.case.key for draft in drafts] == [key, "brought-along"]
    expected = [(samples.png(7, 7), TORN), (samples.png(2, 1), Localized("", "Picture 1"))]
    assert [shown(draft) for draft in drafts] == [expected, expected]
    assert [body for body, _alt in shown(version)] == [samples.png(1, 1), samples.png(2, 1)]
    owners = db.session.scalars(select(Upload.person_id)).all()
    assert owners == [None] * 5  # of the two that were there already one is shown in both
    db.session.rollback()
    page = client.get(send()).text
    assert "Every case of the file is here already." in page


def test_a_number_that_is_somebody_elses_by_now_is_left_alone(
    app: Flask, persons: People, clock: SettableClock
) -> None:
    session, actor = db.session(), Actor(persons.add("trainer").id)
    version = illustrated(samples.png(1, 1))
    members = unzipped(kit.exported())
    members[f"pictures/{version.case.key}-1.png"] = samples.png(7, 7)
    body = zipped(members)

    def prepare() -> CaseImport:
        return importing.prepare(session, body, "c.zip", actor=actor, now=clock.now())

    def waits(kept: CaseImport) -> Upload:
        (row,) = kept.content["cases"]
        return session.get_one(Upload, row["pictures"][0]["upload"])

    one, two = prepare(), prepare()
    waits(one).person_id = persons.add().id  # as after an erasure
    waits(two).sha256 = "0" * 64
    session.flush()
    strange = {waits(one).id, waits(two).id}
    for kept in (one, two):
        with pytest.raises(Conflict, match="is gone"):
            importing.take(session, kept.id, accept_valid=True, actor=actor, now=clock.now())
    clock.advance(days=31)
    prepare()
    assert strange <= set(session.scalars(select(Upload.id)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_is_damaged_is_refused_however_it_is_packed(app: Flask, method: int) -> None:
    version = illustrated(samples.png(1, 1))
    members = unzipped(kit.exported())
    picture = f"pictures/{version.case.key}-1.png"
    for torn in (f"{version.case.key}.md", picture):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name, content in members.items():
                packed = method if name == torn else zipfile.ZIP_STORED
                archive.writestr(name, content, compress_type=packed)
            at = archive.getinfo(torn).header_offset + 30 + len(torn) + 9
        body = bytearray(made.getvalue())
        body[at : at + 12] = b"\xff" * 12
        try:
            (problem,) = folders.read_zip(db.session(), bytes(body), "c.zip").problems
        except DomainError as error:
            problem = error
        assert "cannot be unpacked" in str(problem)
