"""Comments: plain text, mended for a while, moderated with a reason."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.db import db
from lms.people.models import Notification
from lms.people.privacy import erase_person, export_person
from lms.plugins.casereviews.models import Comment
from tests.conftest import NOW, Auth
from tests.plugins.casereviews.conftest import Week


@pytest.fixture
def talk(app: Flask, auth: Auth, week: Week) -> tuple[str, FlaskClient]:
    """The review's address, and a member who has voted."""
    url = f"/case-reviews/{week.pick().id}"
    client = auth.login(week.members[0])
    client.post(f"{url}/vote", data={"option": 0})
    return url, client


def say(client: FlaskClient, url: str, text: str, key: str = "k1") -> int:
    return client.post(f"{url}/comments", data={"text": text, "form_key": key}).status_code


def the_comment() -> Comment:
    db.session.rollback()
    return db.session.scalars(select(Comment)).one()


def test_a_comment_is_text_and_sent_twice_is_one(talk: tuple[str, FlaskClient]) -> None:
    url, client = talk
    for _ in range(2):
        assert say(client, url, "<b>先道歉</b>\n再查单") == 303
    assert the_comment().text == "<b>先道歉</b>\n再查单"
    assert "&lt;b&gt;先道歉" in client.get(url).text


@pytest.mark.parametrize("text", ["", "   ", "长" * 1001])
def test_what_cannot_be_said_is_kept_in_the_form(talk: tuple[str, FlaskClient], text: str) -> None:
    url, client = talk
    answer = client.post(f"{url}/comments", data={"text": text, "form_key": "k"})
    assert answer.status_code == 400
    assert "text-error" in answer.text and text.strip() in answer.text
    assert db.session.scalars(select(Comment)).all() == []


def test_ones_own_can_be_mended_for_a_while(
    talk: tuple[str, FlaskClient], auth: Auth, week: Week
) -> None:
    url, client = talk
    say(client, url, "第一版")
    own = f"{url}/comments/{the_comment().id}"
    assert 'name="text"' in client.get(f"{url}?edit={the_comment().id}").text
    assert client.post(own, data={"text": "第二版"}).status_code == 303
    assert (the_comment().text, the_comment().edited_at is not None) == ("第二版", True)
    other = auth.login(week.members[1])
    other.post(f"{url}/vote", data={"option": 1})
    assert other.post(own, data={"text": "改你的"}).status_code == 403
    week.clock.advance(minutes=30)
    assert client.post(own, data={"text": "第三版"}).status_code == 409
    assert client.post(own, data={"do": "delete"}).status_code == 409
    assert the_comment().text == "第二版"


def test_deleting_leaves_no_text(talk: tuple[str, FlaskClient]) -> None:
    url, client = talk
    say(client, url, "说错了")
    own = f"{url}/comments/{the_comment().id}"
    assert client.post(own, data={"do": "delete"}).status_code == 303
    assert the_comment().text == ""
    assert client.post(own, data={"text": "again"}).status_code == 404


def test_the_facilitator_removes_with_a_reason(
    talk: tuple[str, FlaskClient], auth: Auth, week: Week
) -> None:
    url, client = talk
    say(client, url, "客户真名是王某")
    remove = f"{url}/comments/{the_comment().id}/remove"
    boss = auth.login(week.supervisor)
    assert client.post(remove, data={"reason": "because I can"}).status_code == 403
    short = boss.post(remove, data={"reason": "no"})
    assert short.status_code == 400 and "at least 5 characters" in short.text
    assert boss.post(remove, data={"reason": "写了客户姓名"}).status_code == 303
    page = client.get(url).text
    assert "王某" not in page and "写了客户姓名" in page
    db.session.rollback()
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "casereviews.remove")
    ).one()
    assert (entry.reason, entry.actor_id) == ("写了客户姓名", week.supervisor.id)
    told = select(Notification.text).where(Notification.person_id == week.members[0].id)
    assert any("写了客户姓名" in text.zh for text in db.session.scalars(told))


def test_export_and_erasure(talk: tuple[str, FlaskClient], week: Week) -> None:
    url, client = talk
    say(client, url, "我的看法")
    db.session.rollback()
    person, session = week.members[0], db.session()
    found = export_person(session, person, actor=OPERATOR, now=NOW)["casereviews"]
    assert [row["text"] for row in found["comments"]] == ["我的看法"]
    assert [row["option"] for row in found["votes"]] == [0]
    person.left_on = NOW.date() + timedelta(days=1)
    erase_person(session, person, reason="asked for it", actor=OPERATOR, now=NOW)
    session.commit()
    assert the_comment().text == ""
