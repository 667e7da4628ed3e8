"""Pictures and recordings of questions: given in the editor, kept by each version, and seen by
whoever may see the question, and by nobody else."""

import base64
import io
import re
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.db import Localized, db
from lms.errors import DomainError
from lms.plugins.exams.content import load_questions
from lms.plugins.exams.dumping import dump_questions
from lms.plugins.exams.media import keeping
from lms.plugins.exams.models import Attempt, Question, QuestionImport, QuestionVersion, Response
from lms.plugins.exams.papers.rules import Rules, Shown
from lms.uploads import store
from lms.uploads.models import Upload
from lms.uploads.services import sweep as sweep_files
from tests.conftest import NOW
from tests.plugins.exams.conftest import World, question
from tests.plugins.exams.test_content import write
from tests.plugins.exams.test_editing import fields_of
from tests.uploads import samples

CHART, CUT, SOUND = samples.png(40, 20), samples.jpeg(30, 10), samples.wav(500)
SRC = r'(?:img|audio)[^>]* src="(/exams[^"]+)"'


def bank_with_media(world: World, folder: Path, *questions: dict[str, Any]) -> None:
    """The exam asks these and nothing else."""
    into = folder / "questions"
    into.mkdir(exist_ok=True)
    for name, content in (("key-chart.png", CHART), ("right.jpg", CUT), ("call.wav", SOUND)):
        (into / name).write_bytes(content)
    document = {"bank": "shown", "title": {"en": "Shown"}, "questions": list(questions)}
    assert load_questions(db.session(), write(folder, "questions", document), NOW)
    assert load_questions(db.session(), into, NOW) == 0
    found = select(Question).where(Question.key == questions[0]["key"])
    world.exam.bank_id = db.session.scalars(found).one().bank_id
    world.exam.count = len(questions)
    db.session.commit()


def shown_question(key: str = "m-1", **changes: Any) -> dict[str, Any]:
    media = [
        {"file": "key-chart.png", "alt": {"zh": "柱状图", "en": 'A "bar" chart'}},
        {"file": "call.wav", "alt": {"en": "Customer: <where> is it?"}},
        {"file": "right.jpg", "option": 2, "alt": {"en": "The torn corner"}},
    ]
    return {**question(1), "key": key, "media": media, **changes}


def addresses(page: str) -> list[str]:
    return re.findall(SRC, page)


def status(client: FlaskClient, address: str) -> int:
    db.session.rollback()
    return client.get(address, buffered=True).status_code


def test_given_described_and_taken_out_in_the_editor(both_worlds: World) -> None:
    world = both_worlds
    trainer = world.client(world.persons.add("trainer"))
    new = "/exams/banks/handbook/new?type=single"
    form = fields_of(trainer.get(new).text)
    form |= {"stem_en": "What is torn?", "lines_en": "lid\nbox", "answer": "B"}

    def send(path: str, n: int, content: bytes, name: str, **more: str) -> Any:
        db.session.rollback()
        row = {f"media-{n}-place": "", f"media-{n}-alt_en": "What it is"}
        return trainer.post(
            path, data={**form, **row, **more, f"media-{n}-file": (io.BytesIO(content), name)}
        )

    html = b"<script>alert(1)</script>"
    assert "no file of these kinds" in send(new, 0, html, "a.png").text
    assert "no file of these kinds" in send(new, 0, samples.PDF, "a.pdf").text
    assert "not what its name says" in send(new, 0, CHART, "a.jpg").text
    assert "Say in words" in send(new, 0, CHART, "a.png", **{"media-0-alt_en": " "}).text
    # A mistake elsewhere keeps the file: only what is said of it is sent again.
    wrong = send(new, 0, CHART, "chart.png", answer="Z")
    assert wrong.status_code == 400 and len(addresses(wrong.text)) == 1
    assert status(trainer, addresses(wrong.text)[0]) == 200
    form |= fields_with_media(wrong.text) | {"answer": "B"}
    more = send(new, 1, SOUND, "call.wav", **{"media-1-place": "B", "do": "add"})
    assert more.status_code == 200 and len(addresses(more.text)) == 2
    form |= fields_with_media(more.text)
    assert "no such option" in trainer.post(new, data={**form, "media-1-place": "C"}).text
    assert trainer.post(new, data=form).status_code == 303
    version = db.session.scalars(
        select(QuestionVersion).where(QuestionVersion.media.is_not(None))
    ).one()
    (chart, call), path = version.media or [], f"/exams/questions/{version.question_id}"
    assert (chart["option"], chart["width"], chart["alt"]) == (None, 40, {"en": "What it is"})
    assert (call["option"], call["kind"], call["ms"]) == (1, "wav", 500)

    page = trainer.get(path).text
    db.session.rollback()
    same = fields_with_media(page)
    assert trainer.post(path, data=same).status_code == 303
    assert len(addresses(trainer.get(f"{path}/preview").text)) == 2
    db.session.rollback()
    assert trainer.post(path, data={**same, "media-0-remove": "1"}).status_code == 303
    first, second = db.session.scalars(
        select(QuestionVersion)
        .where(QuestionVersion.question_id == version.question_id)
        .order_by(QuestionVersion.number)
    )
    assert [len(v.media or ()) for v in (first, second)] == [2, 1]
    secret = db.session.scalars(select(Upload.sha256)).first()
    assert status(world.client(), f"/exams/questions/media/{secret}") == 403


def fields_with_media(page: str) -> dict[str, str]:
    """What the form would send, its rows of media too."""
    found = fields_of(page)
    for name, value in re.findall(r'name="(media-\d+-sha256)" value="([0-9a-f]+)"', page):
        n = name.split("-")[1]
        found[name] = value
        select_ = re.search(rf'name="media-{n}-place">(.*?)</select>', page, re.S)
        chosen = re.search(r'selected value="(\w)"', select_[1]) if select_ else None
        found[f"media-{n}-place"] = chosen[1] if chosen else ""
        for side in ("zh", "en"):
            alt = re.search(rf'name="media-{n}-alt_{side}"[^>]*>(.*?)</textarea>', page, re.S)
            found[f"media-{n}-alt_{side}"] = alt[1].strip() if alt else ""
    return found


def test_only_who_may_see_the_question_now_sees_them(world: World, tmp_path: Path) -> None:
    bank_with_media(world, tmp_path, shown_question())
    client, trainer = world.client(), world.client(world.persons.add("trainer"))
    attempt = world.start(client)
    take = client.get(f"/exams/attempts/{attempt.id}").text
    found = addresses(take)
    assert len(found) == 3 and "A &#34;bar&#34; chart" in take and "&lt;where&gt;" in take
    assert "<audio controls preload" in take and "autoplay" not in take
    db.session.rollback()

    # Nothing in addresses or answers says which option is right, or in which order they came.
    for name in ("key-chart.", "right.", "call."):
        assert name not in take
    answers = [client.get(address, buffered=True) for address in found]
    assert [a.status_code for a in answers] == [200, 200, 200]
    for answer in answers:
        assert "Last-Modified" not in answer.headers
        assert re.fullmatch(r"inline; filename=media\.\w+", answer.headers["Content-Disposition"])
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    sound = next(a for a in found if client.get(a, buffered=True).mimetype == "audio/wav")
    part = client.get(sound, headers={"Range": "bytes=10-19"}, buffered=True)
    assert (part.status_code, part.data) == (206, SOUND[10:20])
    assert client.get(sound, headers={"Range": "bytes=999999-"}, buffered=True).status_code == 416

    # Others: somebody who sits the same exam, who knows the address, who is not signed in.
    other = world.persons.add()
    theirs = world.start(world.client(other), other)
    strangers = (world.client(other), world.client(world.persons.add()), trainer)
    assert {status(c, a) for c in strangers for a in found} == {404}
    assert status(world.app.test_client(), found[0]) in {302, 401}
    mine = found[0].replace(f"attempts/{attempt.id}/", f"attempts/{theirs.id}/")
    assert status(world.client(other), mine) == 200
    for wrong in ("/media/2/", "/media/0/"):
        assert status(client, found[0].replace("/media/1/", wrong)) == 404
    assert status(client, found[0][:-1]) == 404
    assert status(client, f"/exams/questions/media/{found[0].rsplit('/', 1)[1]}") == 403

    # A file of another part of the site has no address here.
    foreign = Upload(
        kind="png", size=1, sha256="f" * 64, name="x.png", uploaded_at=NOW, person_id=other.id
    )
    db.session.add(foreign)
    db.session.commit()
    assert status(trainer, f"/exams/questions/media/{'f' * 64}") == 404

    # The clock: after the end nothing until there is a result, then as long as its page shows it.
    world.clock.advance(minutes=31)
    assert status(client, found[0]) == 404
    db.session.rollback()
    client.post(f"/exams/attempts/{attempt.id}/submit")
    result = client.get(f"/exams/attempts/{attempt.id}/review").text
    assert sorted(addresses(result)) == sorted(found)
    assert status(client, found[0]) == 200 and status(trainer, found[0]) == 200
    assert sorted(addresses(client.get("/exams/mistakes").text)) == sorted(found)
    assert status(world.client(other), found[0]) == 404


@pytest.mark.parametrize("when", [Shown.NEVER, Shown.CLOSED])
def test_after_handing_in_as_the_rules_say(world: World, tmp_path: Path, when: Shown) -> None:
    bank_with_media(world, tmp_path, shown_question())
    closes_at = world.clock.now() + timedelta(hours=1)
    rules = Rules(show_answers=when, show_key=when, show_explanations=when, closes_at=closes_at)
    world.exam.rules = rules.as_json()
    db.session.commit()
    client = world.client()
    attempt = world.start(client)
    (first, *_) = addresses(client.get(f"/exams/attempts/{attempt.id}").text)
    db.session.rollback()
    client.post(f"/exams/attempts/{attempt.id}/submit")
    assert addresses(client.get(f"/exams/attempts/{attempt.id}/review").text) == []
    assert status(client, first) == 404
    world.clock.advance(hours=2)
    assert status(client, first) == (200 if when == Shown.CLOSED else 404)


def test_a_marker_sees_those_of_the_answer_they_mark(world: World, tmp_path: Path) -> None:
    written = {
        "key": "m-1", "type": "short_answer", "stem": {"en": "What is it?"}, "difficulty": 1,
        "media": [{"file": "key-chart.png", "alt": {"en": "A chart"}}],
    }  # fmt: skip
    bank_with_media(world, tmp_path, written)
    client = world.client()
    attempt = world.start(client)
    db.session.rollback()
    client.post(f"/exams/attempts/{attempt.id}/answers", data={"s1": "1", "a1": "a chart"})
    client.post(f"/exams/attempts/{attempt.id}/submit")
    (address,) = addresses(client.get(f"/exams/attempts/{attempt.id}/review").text) or [None]
    assert address is None  # not marked yet
    db.session.rollback()
    quality = world.client(world.persons.add("quality"))
    marking = quality.post("/exams/marking/next").location
    (address,) = addresses(quality.get(marking).text)
    assert status(quality, address) == 200
    assert status(world.client(world.persons.add("quality")), address) == 404
    assert status(client, address) == 403


def test_an_attempt_keeps_those_of_its_version(world: World, tmp_path: Path) -> None:
    bank_with_media(world, tmp_path, shown_question())
    client = world.client()
    attempt = world.start(client)
    found = addresses(client.get(f"/exams/attempts/{attempt.id}").text)
    db.session.rollback()
    # The same name, another picture: another version.
    (tmp_path / "questions" / "key-chart.png").write_bytes(samples.png(7, 7))
    assert load_questions(db.session(), tmp_path / "questions", NOW) == 1
    db.session.commit()
    assert {v.number for v in db.session.scalars(select(QuestionVersion))} >= {1, 2}
    assert addresses(client.get(f"/exams/attempts/{attempt.id}").text) == found
    world.clock.advance(days=8)
    keeping.sweep(db.session(), {}, world.clock.now())
    db.session.commit()
    assert db.session.scalar(select(func.count(Upload.id))) == 4  # all are in some version
    unused = keeping.keep(db.session(), io.BytesIO(samples.png(9, 9)), "x.png", world.clock.now())
    db.session.commit()
    world.clock.advance(days=8)
    keeping.sweep(db.session(), {}, world.clock.now())
    db.session.commit()
    assert db.session.scalar(select(func.count(Upload.id))) == 4
    sweep_files(db.session(), {}, world.clock.now() + timedelta(days=365 * 30))
    assert not store.path_of(unused["sha256"]).exists()
    with pytest.raises(DomainError, match="gone"):
        keeping.hold(db.session(), [unused["sha256"]])


def test_content_goes_out_with_its_files_and_comes_in_again(world: World, tmp_path: Path) -> None:
    twin = shown_question("m-2", media=[{"file": "again.png", "option": 1, "alt": {"en": "x"}}])
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions" / "again.png").write_bytes(CHART)
    bank_with_media(world, tmp_path, shown_question(), twin)
    out = tmp_path / "out"
    dump_questions(db.session(), out)
    assert sorted(p.name for p in out.iterdir() if p.suffix != ".yaml") == [
        "call.wav", "key-chart.png", "right.jpg"
    ]  # fmt: skip
    assert (out / "call.wav").read_bytes() == SOUND
    assert load_questions(db.session(), out, NOW) == 0
    for wrong in ({"file": "../secret.png"}, {"file": "none.png"}, {"file": "evil.png"}):
        (out / "evil.png").write_bytes(b"<svg onload='alert(1)'/>")
        entry = shown_question("m-3", media=[{**wrong, "alt": {"en": "x"}}])
        document = {"bank": "shown", "title": {"en": "Shown"}, "questions": [entry]}
        with pytest.raises(DomainError, match=r"m-3"):
            load_questions(db.session(), write(tmp_path, "out", document), NOW)
    assert db.session.scalars(select(Response).join(Attempt)).all() == []


def moodle(*questions: str) -> bytes:
    return f"<?xml version='1.0'?><quiz>{''.join(questions)}</quiz>".encode()


def choice(stem: str, files: dict[str, bytes], first: str = "cat") -> str:
    """Single choice, the first is right; the files lie beside the text of the question."""
    beside = "".join(
        f'<file name="{name}" encoding="base64">{base64.b64encode(content).decode()}</file>'
        for name, content in files.items()
    )
    return (
        f'<question type="multichoice"><questiontext format="html"><text>{escape(stem)}</text>'
        f"{beside}</questiontext>"
        f'<answer fraction="100"><text>{escape(first)}</text>{beside}</answer>'
        '<answer fraction="0"><text>dog</text></answer></question>'
    )


def test_moodle_brings_its_files_and_they_are_checked_like_others(world: World) -> None:
    stem = 'What is it? <img src="@@PLUGINFILE@@/a%20b.png" alt="A chart">'
    sound = '<audio controls title="Meow"><source src="@@PLUGINFILE@@/cat.wav"></audio>'
    files = {"a b.png": CHART, "cat.wav": SOUND}
    evil = {"a.png": b"<svg onload='alert(1)'/>"}
    shown = '<img src="@@PLUGINFILE@@/a.png">'
    content = moodle(
        choice(stem, files, sound),
        choice("Named otherwise? " + shown, {"a.png": samples.jpeg()}),
        choice("Runs? " + shown, evil),
        choice("Elsewhere? <img src='https://example.com/a.png'>", {}),
        choice("Without words? " + shown, {"a.png": CHART}),
    )
    trainer = world.client(world.persons.add("trainer"))

    def send(what: bytes) -> str:
        db.session.rollback()
        data = {"bank": "pets", "file": (io.BytesIO(what), "pets.xml")}
        return trainer.post("/exams/banks/import", data=data).location

    page = trainer.get(where := send(content)).text
    assert "not what its name says: what is in it is JPEG" in page
    assert "a.png is no file of these kinds: PNG, JPEG, WebP, GIF, MP3, M4A, OGG, WAV" in page
    assert "Its pictures are not taken over" in page and "a.png comes without words" in page
    found = addresses(page)
    assert len(found) == 3 and {status(trainer, address) for address in found} == {200}
    db.session.rollback()
    trainer.post(f"{where}/take", data={"accept_valid": "y"})
    first = db.session.scalars(
        select(QuestionVersion).where(QuestionVersion.media.is_not(None))
    ).first()
    assert first is not None
    said = [(item["kind"], item["option"], item["alt"]) for item in first.media or ()]
    assert said == [("png", None, {"en": "A chart"}), ("wav", 0, {"en": "Meow"})]
    assert first.options[0] == {"en": "Meow"}  # an option of sound alone has its words as its text
    again = db.session.get_one(QuestionImport, int(send(content).rsplit("/", 1)[1])).content
    assert (again["added"], again["changed"], again["same"]) == ([], [], 3)
    # Another picture is another question; a file without any takes none away.
    other = moodle(choice(stem, {**files, "a b.png": samples.png(5, 5)}, sound))
    bare = moodle(choice("What is it?", {}, "Meow"))
    counts = [
        [len(kept["added"]), len(kept["changed"]), kept["same"]]
        for kept in (
            db.session.get_one(QuestionImport, int(send(c).rsplit("/", 1)[1])).content
            for c in (other, bare)
        )
    ]
    assert counts == [[1, 0, 0], [0, 0, 1]]


def test_moodle_takes_them_along_and_other_formats_say_what_they_leave(
    world: World, tmp_path: Path
) -> None:
    ordering = {
        "key": "m-2", "type": "ordering", "stem": {"en": "In order <1>\nand 2"}, "difficulty": 1,
        "options": [{"en": n} for n in ("one", "two", "three")],
        "media": [{"file": "right.jpg", "option": 3, "alt": {"en": "a\nb"}}],
    }  # fmt: skip
    bank_with_media(world, tmp_path, shown_question(), ordering)
    trainer = world.client(world.persons.add("trainer"))
    for kind in ("xlsx", "gift"):
        page = trainer.get(f"/exams/banks/shown/export/{kind}").text
        assert "Pictures and recordings" in page and "2 questions" in page
    assert "Pictures and recordings" not in trainer.get("/exams/banks/shown/export/xml").text
    body = trainer.get("/exams/banks/shown/export.xml").data
    assert b"key-chart" not in body and b"right." not in body
    db.session.rollback()
    for bank, same in (("shown", 2), ("elsewhere", 0)):
        data = {"bank": bank, "file": (io.BytesIO(body), "bank.xml")}
        where = trainer.post("/exams/banks/import", data=data).location
        kept = db.session.get_one(QuestionImport, int(where.rsplit("/", 1)[1]))
        assert (len(kept.content["added"]), kept.content["same"]) == (2 - same, same)
        assert not kept.content["changed"] and not kept.content["warnings"]
        db.session.rollback()
    trainer.post(f"{where}/take")
    pairs: dict[str, list[Any]] = {}
    for version in db.session.scalars(select(QuestionVersion)):
        if version.media:
            said = [(i["sha256"], i["option"], Localized.of(i["alt"]).en) for i in version.media]
            pairs.setdefault(version.type, []).append(said)
    assert {kind: found[0] == found[1] for kind, found in pairs.items()} == {
        "single": True, "ordering": True
    }  # fmt: skip
