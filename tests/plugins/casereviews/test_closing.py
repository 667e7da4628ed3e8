"""The take-away becomes a draft of the case, never more than that by itself."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit import Actor
from lms.cases import authoring
from lms.cases.models import CaseState, CaseVersion
from lms.db import db
from lms.plugins.casereviews import voting
from lms.plugins.casereviews.models import Review
from tests.conftest import Auth, People
from tests.plugins.casereviews.conftest import Week

ZH, EN = "先说能做什么。", "Say what you can do first."


def close(client: FlaskClient, review_id: int, **fields: str) -> int:
    data = {"takeaway_zh": ZH, "takeaway_en": "", **fields}
    answer = client.post(f"/case-reviews/{review_id}/close", data=data)
    db.session.rollback()
    return answer.status_code


def versions() -> list[CaseVersion]:
    return list(db.session.scalars(select(CaseVersion).order_by(CaseVersion.number)))


def the_review() -> Review:
    return db.session.scalars(select(Review)).one()


def test_it_becomes_a_draft_that_a_colleague_publishes(
    both_apps: Flask, week: Week, persons: People
) -> None:
    auth = Auth(both_apps)
    review = week.pick()
    voting.cast(db.session(), review, week.members[0], 0, week.clock.now())
    db.session.commit()
    review_id = review.id
    boss = auth.login(week.supervisor)
    assert close(boss, review_id) == 303
    old, draft = versions()
    assert (old.state, draft.state) == (CaseState.PUBLISHED, CaseState.DRAFT)
    assert draft.lessons.zh == f"- 教训\n\n**团队研讨（2026 年第 45 周）**\n\n{ZH}"
    assert draft.lessons.en == old.lessons.en
    assert (the_review().draft_id, the_review().members) == (draft.id, 4)
    assert close(boss, review_id) == 409  # pressed twice
    assert len(versions()) == 2
    member = auth.login(week.members[1])  # did not vote; the review is closed
    page = member.get(f"/case-reviews/{review_id}").text
    assert ZH in page and "REALLY DONE" in page
    assert member.post(f"/case-reviews/{review_id}/vote", data={"option": 0}).status_code == 303
    assert "does not take votes" in member.get(f"/case-reviews/{review_id}").text
    db.session.rollback()
    now, trainer = week.clock.now(), persons.add("trainer")
    authoring.submit(db.session(), draft.id, actor=Actor(week.supervisor.id), now=now)
    authoring.publish(
        db.session(), draft.id, edit_count=draft.edit_count, actor=Actor(trainer.id), now=now
    )
    assert [version.state for version in versions()] == ["superseded", "published"]


def test_an_open_draft_is_named_and_added_to_when_asked(
    app: Flask, auth: Auth, week: Week, persons: People
) -> None:
    trainer = persons.add("trainer", name="何老师")
    now, case_id = week.clock.now(), week.version.case_id
    authoring.new_draft(db.session(), case_id, actor=Actor(trainer.id), now=now)
    db.session.commit()
    review_id, boss = week.pick().id, auth.login(week.supervisor)
    page = boss.get(f"/case-reviews/{review_id}").text
    assert "Version 2 of the case is an open draft by 何老师" in page
    assert close(boss, review_id) == 303
    assert ZH not in versions()[-1].lessons.zh
    assert "Add the take-away to that draft" in boss.get(f"/case-reviews/{review_id}").text
    for _ in range(2):
        assert boss.post(f"/case-reviews/{review_id}/draft").status_code == 303
    db.session.rollback()
    draft = versions()[-1]
    assert (draft.number, draft.lessons.zh.count(ZH)) == (2, 1)
    assert set(draft.editor_ids) == {trainer.id, week.supervisor.id}
    # The trainer's own text was replaced by nobody: a save over the old one is refused.
    assert draft.edit_count == 1


def test_added_at_once_with_the_tick(app: Flask, auth: Auth, week: Week, persons: People) -> None:
    actor = Actor(persons.add("trainer").id)
    authoring.new_draft(db.session(), week.version.case_id, actor=actor, now=week.clock.now())
    db.session.commit()
    review_id = week.pick().id
    assert close(auth.login(week.supervisor), review_id, into_open_draft="y") == 303
    assert ZH in versions()[-1].lessons.zh


def test_what_a_reviewer_reads_does_not_move(
    app: Flask, auth: Auth, week: Week, persons: People
) -> None:
    actor, now = Actor(persons.add("trainer").id), week.clock.now()
    draft = authoring.new_draft(db.session(), week.version.case_id, actor=actor, now=now)
    authoring.submit(db.session(), draft.id, actor=actor, now=now)
    db.session.commit()
    review_id, boss = week.pick().id, auth.login(week.supervisor)
    assert "is being reviewed" in boss.get(f"/case-reviews/{review_id}").text
    assert close(boss, review_id, into_open_draft="y") == 303
    assert boss.post(f"/case-reviews/{review_id}/draft").status_code == 409
    db.session.rollback()
    assert ZH not in versions()[-1].lessons.zh
    assert the_review().takeaway.zh == ZH


def test_refusals(app: Flask, auth: Auth, week: Week) -> None:
    review_id, boss = week.pick().id, auth.login(week.supervisor)
    answer = boss.post(
        f"/case-reviews/{review_id}/close", data={"takeaway_zh": " ", "takeaway_en": ""}
    )
    assert answer.status_code == 400 and "takeaway_zh-error" in answer.text
    long = boss.post(f"/case-reviews/{review_id}/close", data={"takeaway_en": EN * 400})
    assert long.status_code == 400 and "takeaway_en-error" in long.text
    assert auth.login(week.members[0]).post(f"/case-reviews/{review_id}/close").status_code == 403
    db.session.rollback()
    assert the_review().closed_at is None and len(versions()) == 1
