"""Drafts, review by another person, publication."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import audit
from lms.audit import Actor, AuditEntry
from lms.cases import authoring
from lms.cases.models import CaseState, CaseVersion
from lms.clock import SettableClock
from lms.db import Localized, db
from lms.errors import Conflict, DomainError, NotAllowed
from lms.people.models import Notification
from tests.cases import kit
from tests.conftest import Auth, People


@pytest.fixture
def pair(both_apps: Flask, persons: People) -> tuple[Actor, Actor]:
    return Actor(persons.add("trainer").id), Actor(persons.add("trainer").id)


def begin(actor: Actor, clock: SettableClock) -> CaseVersion:
    return authoring.create_case(db.session(), kit.some_content(), actor=actor, now=clock.now())


def test_from_draft_to_published(pair: tuple[Actor, Actor], clock: SettableClock) -> None:
    author, reviewer = pair
    session, now = db.session(), clock.now()
    draft = begin(author, clock)
    authoring.submit(session, draft.id, actor=author, now=now)
    with pytest.raises(NotAllowed):
        authoring.publish(session, draft.id, edit_count=0, actor=author, now=now)
    authoring.publish(session, draft.id, edit_count=0, actor=reviewer, now=now)
    session.commit()
    assert (draft.state, draft.reviewer_id) == (CaseState.PUBLISHED, reviewer.person_id)
    told = session.scalars(select(Notification)).one()
    assert (told.person_id, told.kind) == (author.person_id, "case.published")
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [a for a in actions if a.startswith("case.")] == [
        "case.draft",
        "case.submit",
        "case.publish",
    ]


def test_whoever_wrote_in_it_cannot_publish(
    pair: tuple[Actor, Actor], clock: SettableClock
) -> None:
    author, helper = pair
    session, now = db.session(), clock.now()
    draft = begin(author, clock)
    changed = kit.some_content(result=Localized("改了", "Changed"))
    authoring.save_draft(session, draft.id, changed, edit_count=0, actor=helper)
    authoring.submit(session, draft.id, actor=author, now=now)
    with pytest.raises(NotAllowed):
        authoring.publish(session, draft.id, edit_count=1, actor=helper, now=now)


def test_two_editors(pair: tuple[Actor, Actor], clock: SettableClock) -> None:
    author, helper = pair
    draft = begin(author, clock)
    mine, theirs = (kit.some_content(title=Localized("", t)) for t in ("Mine", "Theirs"))
    authoring.save_draft(db.session(), draft.id, mine, edit_count=0, actor=author)
    with pytest.raises(Conflict):
        authoring.save_draft(db.session(), draft.id, theirs, edit_count=0, actor=helper)
    assert draft.title.en == "Mine"


def test_reviewer_publishes_what_they_read(pair: tuple[Actor, Actor], clock: SettableClock) -> None:
    author, reviewer = pair
    session, now = db.session(), clock.now()
    draft = begin(author, clock)
    authoring.submit(session, draft.id, actor=author, now=now)
    authoring.take_back(session, draft.id, actor=author, now=now)
    changed = kit.some_content(result=Localized("改了", "Changed"))
    authoring.save_draft(session, draft.id, changed, edit_count=0, actor=author)
    authoring.submit(session, draft.id, actor=author, now=now)
    with pytest.raises(Conflict):
        authoring.publish(session, draft.id, edit_count=0, actor=reviewer, now=now)


def test_changes_requested_then_published_again(
    pair: tuple[Actor, Actor], clock: SettableClock
) -> None:
    author, reviewer = pair
    session, now = db.session(), clock.now()
    draft = begin(author, clock)
    authoring.submit(session, draft.id, actor=author, now=now)
    with pytest.raises(DomainError) as refused:
        authoring.request_changes(session, draft.id, " ", edit_count=0, actor=reviewer, now=now)
    assert refused.value.field == "note"
    authoring.request_changes(session, draft.id, "太短", edit_count=0, actor=reviewer, now=now)
    assert (draft.state, draft.review_note) == (CaseState.DRAFT, "太短")
    authoring.submit(session, draft.id, actor=author, now=now)
    authoring.publish(session, draft.id, edit_count=0, actor=reviewer, now=now)

    second = authoring.new_draft(session, draft.case_id, actor=author, now=now)
    again = authoring.new_draft(session, draft.case_id, actor=reviewer, now=now)
    assert (second.id, second.number, second.title) == (again.id, 2, draft.title)
    authoring.submit(session, second.id, actor=author, now=now)
    authoring.publish(session, second.id, edit_count=0, actor=reviewer, now=now)
    session.refresh(draft)
    assert (draft.state, second.state) == (CaseState.SUPERSEDED, CaseState.PUBLISHED)


def test_published_versions_do_not_change(pair: tuple[Actor, Actor], clock: SettableClock) -> None:
    published = kit.published_case(clock.now())
    session, now = db.session(), clock.now()
    with pytest.raises(Conflict):
        authoring.save_draft(session, published.id, kit.some_content(), edit_count=0, actor=pair[0])
    for act in (authoring.submit, authoring.take_back):
        with pytest.raises(Conflict):
            act(session, published.id, actor=pair[0], now=now)


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"title": Localized()}, "title_zh"),
        ({"scenario": Localized()}, "scenario_zh"),
        ({"dialogue": ()}, "dialogue"),
        ({"handling": ()}, "handling"),
        ({"lessons": Localized()}, "lessons_zh"),
        ({"stage": "x"}, "stage"),
    ],
)
def test_review_needs_a_complete_case(
    app: Flask, clock: SettableClock, missing: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        draft = authoring.create_case(
            db.session(), kit.some_content(**missing), actor=audit.OPERATOR, now=clock.now()
        )
        authoring.submit(db.session(), draft.id, actor=audit.OPERATOR, now=clock.now())
    assert refused.value.field == field


def test_two_who_save_at_the_same_moment(
    postgres_app: Flask, persons: People, clock: SettableClock
) -> None:
    """The second has read the draft before the first saved it, and gets the lock after."""
    author, helper = (Actor(persons.add("trainer").id) for _ in range(2))
    draft = begin(author, clock)
    db.session.commit()
    assert draft.edit_count == 0  # read, and kept in the session
    with db.engine.begin() as first:
        first.execute(
            update(CaseVersion)
            .where(CaseVersion.id == draft.id)
            .values(edit_count=1, review_note="theirs")
        )
    mine = kit.some_content(title=Localized("", "Mine"))
    with pytest.raises(Conflict):
        authoring.save_draft(db.session(), draft.id, mine, edit_count=0, actor=helper)


def test_staged_edits_in_the_browser(
    app: Flask, auth: Auth, persons: People, clock: SettableClock
) -> None:
    """The published version stays in force while the next one is written by two."""
    author, helper, agent = persons.add("trainer"), persons.add("trainer"), persons.add()
    first, second, reader = auth.login(author), auth.login(helper), auth.login(agent)
    case_id = kit.published_case(clock.now()).case_id
    db.session.commit()
    editors = [client.post(f"/cases/{case_id}/draft").location for client in (first, second)]
    assert editors[0] == editors[1]
    form = {
        "stage": "after_sales", "channel": "online", "complaint_level": "1", "outcome": "success",
        "scenario_en": "It was late", "lessons_en": "- Listen", "edit_count": "0", "do": "save",
        "dialogue-0-who": "customer", "dialogue-0-en": "Where?", "handling-0-en": "Looked it up",
        "dialogue-1-who": "agent", "dialogue-1-en": "Here",
    }  # fmt: skip
    assert first.post(editors[0], data=form | {"title_en": "Zebra first"}).status_code == 303
    late = second.post(editors[0], data=form | {"title_en": "Zebra second"})
    assert late.status_code == 409 and "Zebra second" in late.text
    page = reader.get(f"/cases/{case_id}").text
    assert "Late parcel" in page and "Zebra" not in page
    assert "Zebra" not in reader.get("/cases?q=zebra").text.replace("“zebra”", "")
    db.session.rollback()

    url = editors[0].removesuffix("edit") + "review"
    first.post(url, data={"do": "submit"})
    reviewers = [auth.login(persons.add("trainer")) for _ in range(2)]
    stale = {"do": "publish", "edit_count": "0"}
    assert (
        "changed this case while" in reviewers[0].post(url, data=stale, follow_redirects=True).text
    )
    read = {"do": "publish", "edit_count": "1"}
    assert reviewers[0].post(url, data=read).location == f"/cases/{case_id}"
    again = reviewers[1].post(url, data=read, follow_redirects=True)
    assert "not waiting for review any more" in again.text
    page = reader.get(f"/cases/{case_id}").text
    assert "Zebra first" in page and "Late parcel" not in page
    assert "Late parcel" in reader.get(f"/cases/{case_id}?version=1").text


def test_a_refused_review_keeps_what_the_reviewer_typed(
    app: Flask, auth: Auth, persons: People, clock: SettableClock
) -> None:
    session, now, author = db.session(), clock.now(), Actor(persons.add("trainer").id)
    case_id = kit.published_case(now).case_id
    draft = authoring.new_draft(session, case_id, actor=author, now=now)
    authoring.submit(session, draft.id, actor=author, now=now)
    session.commit()
    url, reviewer = f"/cases/draft/{draft.id}/review", auth.login(persons.add("trainer"))
    typed = {
        "do": "publish",
        "edit_count": "0",
        "is_major": "1",
        "note": "<b>Half a thought",
    }
    refused = reviewer.post(url, data=typed)
    assert refused.status_code == 400 and "Say what has changed" in refused.text
    assert "&lt;b&gt;Half a thought" in refused.text
    assert 'name="is_major" value="1" checked' in refused.text
    assert refused.text.count('data-unsaved="typed"') == 1  # the comments' forms are empty
    empty = reviewer.post(url, data=typed | {"do": "changes", "note": " ", "change": "Twice"})
    assert 'value="Twice"' in empty.text
    stale = reviewer.post(url, data=typed | {"edit_count": "9", "change": "Three hours"})
    assert stale.status_code == 400 and 'value="Three hours"' in stale.text
    assert reviewer.post(url, data=typed | {"change": "Three hours"}).status_code == 303
