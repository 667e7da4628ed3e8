"""Comments on lines of a draft follow their line, are answered, done, and never lost."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import Actor
from lms.cases import authoring, comments, content
from lms.cases.content import Line
from lms.cases.models import CaseComment, CaseVersion
from lms.clock import SettableClock
from lms.db import db
from lms.errors import Conflict, DomainError
from lms.people.models import Notification
from tests.cases import kit
from tests.cases.test_pages import text_of, typed
from tests.conftest import Auth, People

HOSTILE = "<script>alert(1)</script>\0‮"


@pytest.fixture
def pair(both_apps: Flask, persons: People) -> tuple[Actor, Actor]:
    return Actor(persons.add("trainer").id), Actor(persons.add("trainer").id)


def said(version: CaseVersion) -> dict[tuple[str, int], list[tuple[str, str]]]:
    rows = comments.rows_of(content.of(version))
    found = comments.threads(db.session(), version, rows)
    return {place: [(t.comment.text, t.was) for t in there] for place, there in found.items()}


def test_a_comment_follows_its_line_through_drafts_and_versions(
    pair: tuple[Actor, Actor], clock: SettableClock
) -> None:
    author, reviewer = pair
    session, now = db.session(), clock.now()
    draft = authoring.create_case(session, kit.some_content(), actor=author, now=now)
    authoring.submit(session, draft.id, actor=author, now=now)
    rows = comments.rows_of(content.of(draft))
    with pytest.raises(DomainError):
        authoring.request_changes(session, draft.id, "", edit_count=0, actor=reviewer, now=now)
    for _ in range(2):  # sent twice
        remark = comments.add(
            session, draft, "dialogue", 1, "Too short", rows=rows, actor=reviewer, now=now
        )
    comments.add(session, draft, "lessons", 0, "Which?", rows=rows, actor=reviewer, now=now)
    for section, row in (("dialogue", 2), ("dialogue", -1), ("nonsense", 0)):
        with pytest.raises(Conflict):
            comments.add(session, draft, section, row, "x", rows=rows, actor=reviewer, now=now)
    for text in (" ", "x" * 2001):
        with pytest.raises(DomainError):
            comments.add(session, draft, "title", 0, text, rows=rows, actor=reviewer, now=now)
    assert session.scalar(select(func.count(CaseComment.id))) == 2
    authoring.request_changes(session, draft.id, "", edit_count=0, actor=reviewer, now=now)
    told = session.scalars(select(Notification).where(Notification.kind == "case.changes")).one()
    assert told.person_id == author.person_id and "2 comments" in told.text.en

    old = list(kit.some_content().dialogue)
    moved = kit.some_content(dialogue=[Line("system", "接通"), *old])
    authoring.save_draft(session, draft.id, moved, edit_count=0, actor=author)
    assert said(draft)["dialogue", 2] == [("Too short", "")]
    changed = kit.some_content(dialogue=[old[0], Line("agent", "", "I am looking it up")])
    authoring.save_draft(session, draft.id, changed, edit_count=1, actor=author)
    assert said(draft)["dialogue", 1] == [("Too short", "马上查\nChecking")]

    comments.answer(session, remark.id, "Longer now", actor=author, now=now)
    comments.done(session, remark.id, actor=author, now=now)
    told = session.scalars(select(Notification).where(Notification.kind == "case.comment")).one()
    assert told.person_id == reviewer.person_id
    assert comments.how_many_open(session, draft) == 1
    comments.answer(session, remark.id, "Not quite", actor=reviewer, now=now)
    assert comments.how_many_open(session, draft) == 2
    comments.done(session, remark.id, actor=author, now=now)

    authoring.submit(session, draft.id, actor=author, now=now)
    authoring.publish(session, draft.id, edit_count=2, actor=reviewer, now=now)
    with pytest.raises(Conflict):
        comments.add(session, draft, "title", 0, "late", rows=rows, actor=reviewer, now=now)
    following = authoring.new_draft(session, draft.case_id, actor=author, now=now)
    assert said(following) == {("lessons", 0): [("Which?", "")]}


def test_on_the_page_and_in_the_editor(auth: Auth, persons: People, clock: SettableClock) -> None:
    author, trainer = auth.login(persons.add("trainer")), auth.login(persons.add("trainer"))
    assert author.post("/cases/new", data=typed(do="review")).status_code == 303
    version_id = db.session.scalars(select(CaseVersion.id)).one()
    url = f"/cases/draft/{version_id}"
    place = {"section": "dialogue", "row": "1"}
    back = trainer.post(f"{url}/comments", data=place | {"text": HOSTILE})
    assert back.location.endswith("#dialogue-1")
    for wrong in (place | {"row": "99", "text": "x"}, {"section": "\0", "text": "x"}, {}, place):
        assert trainer.post(f"{url}/comments", data=wrong).status_code == 303
    comment_id = db.session.scalars(select(CaseComment.id)).one()
    trainer.post(f"{url}/review", data={"do": "changes", "edit_count": "0"})
    for page in (text_of(author, url), text_of(author, f"{url}/edit")):
        assert "&lt;script&gt;" in page and "<script>alert" not in page
    assert "1 open comment" in text_of(author, url)
    grown = author.post(f"{url}/edit", data=typed(do="add-line"))
    assert "&lt;script&gt;" in grown.text
    answer = f"/cases/comments/{comment_id}"
    assert author.post(answer, data={"text": "MENDED", "do": "done"}).status_code == 303
    page = text_of(trainer, url)
    assert "MENDED" in page and "open comment" not in page
    assert author.post("/cases/comments/999", data={"text": "x"}).status_code == 404
    agent = auth.login(persons.add())
    assert agent.post(answer, data={"text": "x"}).status_code == 403
    assert agent.post(f"{url}/comments", data=place).status_code == 403
