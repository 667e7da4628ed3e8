"""Pictures of cases: by content, with words, kept by each version, seen by whom the case is."""

import io

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import Actor
from lms.cases import authoring, loading, publishing
from lms.cases.models import Case, CasePicture, CaseVersion
from lms.cases.pictures import attaching
from lms.clock import SettableClock
from lms.courses.authoring.letting_go import forget_unused
from lms.db import Localized, db
from lms.errors import Conflict
from lms.uploads.models import Upload
from tests.cases import kit
from tests.conftest import Auth, People
from tests.uploads import samples

TORN = Localized("包装箱一角破损", "The torn corner of the box")


def put(version: CaseVersion, actor: Actor, clock: SettableClock, colour: int = 0) -> CasePicture:
    source = io.BytesIO(samples.png(1 + colour, 1))
    name = "box.png"
    return attaching.attach(
        db.session(), version.id, source, name, TORN, actor=actor, now=clock.now()
    )


def test_each_version_keeps_its_own(app: Flask, persons: People, clock: SettableClock) -> None:
    session, now = db.session(), clock.now()
    me, other = (Actor(persons.add("trainer").id) for _ in range(2))
    draft = authoring.create_case(session, kit.some_content(), actor=me, now=now)
    first = put(draft, me, clock)
    assert put(draft, other, clock).id == first.id  # the same file again
    assert (draft.edit_count, draft.editor_ids) == (2, [me.person_id, other.person_id])
    authoring.submit(session, draft.id, actor=me, now=now)
    with pytest.raises(Conflict, match="in a draft"):
        put(draft, me, clock, 1)
    reader = Actor(persons.add("trainer").id)
    with pytest.raises(Conflict, match="changed this case"):
        authoring.publish(session, draft.id, edit_count=0, actor=reader, now=now)
    authoring.publish(session, draft.id, edit_count=2, actor=reader, now=now)

    second = authoring.new_draft(session, draft.case_id, actor=me, now=now)
    session.flush()
    (copy,) = session.scalars(select(CasePicture).where(CasePicture.version_id == second.id))
    assert (copy.upload_id, copy.alt) == (first.upload_id, TORN)
    attaching.remove(session, second.id, copy.id, actor=me, now=now)
    assert session.scalar(select(func.count(Upload.id))) == 1  # the published one shows it
    mine = put(second, me, clock, 1)
    attaching.remove(session, second.id, mine.id, actor=me, now=now)
    assert session.scalar(select(func.count(Upload.id))) == 1
    # A course that showed the same file lets go of it: the case keeps it.
    forget_unused(session, {"box.png": {"sha256": first.upload.sha256}}, now)
    assert session.scalar(select(func.count(Upload.id))) == 1
    assert loading._store_case(
        session, session.get_one(Case, draft.case_id).key,
        kit.some_content(title=Localized("新", "New")), now,
    )  # fmt: skip
    latest = session.scalar(
        select(CasePicture.alt)
        .join(CaseVersion, CaseVersion.id == CasePicture.version_id)
        .where(CaseVersion.case_id == draft.case_id, CaseVersion.number == 3)
    )
    assert latest == TORN


def test_in_the_browser(app: Flask, auth: Auth, persons: People, clock: SettableClock) -> None:
    trainer, agent = auth.login(persons.add("trainer")), auth.login(persons.add())
    me = Actor(persons.add("trainer").id)
    draft = authoring.create_case(db.session(), kit.some_content(), actor=me, now=clock.now())
    db.session.commit()
    url, page = f"/cases/draft/{draft.id}/pictures", f"/cases/draft/{draft.id}"

    def send(content: bytes, name: str, **words: str) -> str:
        data = {"file": (io.BytesIO(content), name), **words}
        return trainer.post(url, data=data, follow_redirects=True).text

    html = b"<script>alert(1)</script>"
    assert "no file of these kinds" in send(html, "box.png", alt_en="Box")
    assert "not what its name says" in send(samples.png(1, 1), "box.jpg", alt_en="Box")
    assert "Say in words" in send(samples.png(1, 1), "box.png", alt_en=" ")
    assert "Choose a picture" in trainer.post(url, follow_redirects=True).text
    assert agent.post(url).status_code == 403
    shown = send(samples.png(1, 1), "box.png", alt_en='A "torn" <b>box</b>', alt_zh="破损")
    assert 'alt="A &#34;torn&#34; &lt;b&gt;box&lt;/b&gt;"' in shown
    picture = db.session.scalars(select(CasePicture)).one()
    address = f"/cases/versions/{draft.id}/pictures/{picture.id}"
    assert address in shown and trainer.get(address, buffered=True).mimetype == "image/png"
    assert agent.get(address, buffered=True).status_code == 404
    assert trainer.get(f"/cases/versions/{draft.id + 1}/pictures/{picture.id}").status_code == 404
    db.session.rollback()
    trainer.post(f"{url}/{picture.id}", data={"alt_en": "Box, torn"})
    assert "Box, torn" in trainer.get(page).text

    db.session.rollback()
    publishing.make_public(db.session(), db.session.get_one(CaseVersion, draft.id), clock.now())
    db.session.commit()
    assert address in agent.get(f"/cases/{draft.case_id}").text
    assert agent.get(address, buffered=True).status_code == 200
    assert (
        "in a draft"
        in trainer.post(f"{url}/{picture.id}", data={"do": "remove"}, follow_redirects=True).text
    )
    assert db.session.scalar(select(func.count(CasePicture.id))) == 1
