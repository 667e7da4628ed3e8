"""No case is published while it could tell who a customer is, unless a person says it does not."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit import Actor, AuditEntry
from lms.cases import authoring, content, deidentifying
from lms.cases.content import Line
from lms.cases.models import CaseVersion, HarmlessText
from lms.clock import SettableClock
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from tests.cases import kit
from tests.cases.test_pages import text_of, typed
from tests.conftest import Auth, People

REAL = {
    "scenario": Localized("王女士，电话13812345678", "Order #A1234567, call 13812345678"),
    "tags": {"zh": ["王女士"], "en": []},
    "dialogue": [Line("customer", "我是王女士", "Hi"), Line("agent", "您好", "Call 13812345678?")],
}


@pytest.fixture
def pair(both_apps: Flask, persons: People) -> tuple[Actor, Actor]:
    return Actor(persons.add("trainer").id), Actor(persons.add("trainer").id)


def draft_of(actor: Actor, clock: SettableClock, **fields: object) -> CaseVersion:
    new = kit.some_content(**(REAL | fields))
    return authoring.create_case(db.session(), new, actor=actor, now=clock.now())


def open_texts(version: CaseVersion) -> set[str]:
    found = deidentifying.about(db.session(), version)
    return {one.text for one in found if one.confirmed is None}


def test_everything_is_found_where_it_stands(app: Flask) -> None:
    found = {one.text: one for one in deidentifying.asked(kit.some_content(**REAL))}
    assert set(found) == {"王女士", "13812345678", "A1234567"}
    places = [(at.section, at.row, at.side) for at in found["13812345678"].places]
    assert places == [("scenario", 0, "zh"), ("scenario", 0, "en"), ("dialogue", 2, "en")]
    assert found["13812345678"].instead == ["[电话]", "[phone]"]
    assert [at.section for at in found["王女士"].places] == ["scenario", "tags", "dialogue"]
    clean = deidentifying.replaced(kit.some_content(**REAL), set(found))
    assert not deidentifying.asked(clean)
    assert clean.dialogue[0].zh == "我是某女士" and clean.tags["zh"] == ["某女士"]


def test_refused_until_replaced_or_confirmed(
    pair: tuple[Actor, Actor], clock: SettableClock
) -> None:
    author, reviewer = pair
    session, now = db.session(), clock.now()
    draft = draft_of(author, clock)
    with pytest.raises(DomainError) as refused:
        authoring.submit(session, draft.id, actor=author, now=now)
    assert refused.value.field == "identities" and "13812345678" in str(refused.value)
    authoring.replace_found(session, draft.id, {"13812345678"}, edit_count=0, actor=author)
    with pytest.raises(Conflict):
        authoring.replace_found(session, draft.id, None, edit_count=0, actor=author)
    assert open_texts(draft) == {"王女士", "A1234567"}
    for text in ("王女士", "王女士", "A1234567"):
        deidentifying.confirm(session, draft, text, actor=author, now=now)
    authoring.replace_found(session, draft.id, None, edit_count=1, actor=author)
    assert "王女士" in draft.scenario.zh
    with pytest.raises(Conflict):
        deidentifying.confirm(session, draft, "13812345678", actor=author, now=now)
    authoring.submit(session, draft.id, actor=author, now=now)
    rows = session.scalars(select(HarmlessText).order_by(HarmlessText.id)).all()
    assert [(row.text, row.person_id, row.at) for row in rows] == [
        ("王女士", author.person_id, now),
        ("A1234567", author.person_id, now),
    ]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "case.harmless")).all()
    assert len(entries) == 2 and "王女士" not in str([entry.details for entry in entries])
    authoring.publish(session, draft.id, edit_count=1, actor=reviewer, now=now)

    # What is public is not asked about again; what is new is.
    second = authoring.new_draft(session, draft.case_id, actor=author, now=now)
    assert open_texts(second) == set()
    take_away = Localized("李先生说得对", "")
    authoring.add_lesson(session, draft.case_id, take_away, actor=author, now=now)
    assert open_texts(second) == {"李先生"}
    with pytest.raises(DomainError):
        authoring.submit(session, second.id, actor=author, now=now)


def test_a_version_in_review_from_before_is_not_published(
    pair: tuple[Actor, Actor], clock: SettableClock
) -> None:
    author, reviewer = pair
    session, now = db.session(), clock.now()
    draft = draft_of(author, clock)
    draft.state = "in_review"
    with pytest.raises(DomainError):
        authoring.publish(session, draft.id, edit_count=0, actor=reviewer, now=now)
    for text in open_texts(draft):
        deidentifying.confirm(session, draft, text, actor=reviewer, now=now)
    authoring.publish(session, draft.id, edit_count=0, actor=reviewer, now=now)
    assert content.of(draft).dialogue[0].zh == "我是王女士"


def test_two_confirm_the_same_at_once(
    postgres_app: Flask, persons: People, clock: SettableClock
) -> None:
    first, second = Actor(persons.add("trainer").id), Actor(persons.add("trainer").id)
    draft_id, now = draft_of(first, clock).id, clock.now()
    db.session.commit()
    failures: list[Exception] = []

    def press() -> None:
        with postgres_app.app_context():
            try:
                draft = db.session.get_one(CaseVersion, draft_id)
                deidentifying.confirm(db.session(), draft, "王女士", actor=second, now=now)
                db.session.commit()
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    draft = db.session.get_one(CaseVersion, draft_id)
    deidentifying.confirm(db.session(), draft, "王女士", actor=first, now=now)
    thread = threading.Thread(target=press)
    thread.start()
    thread.join(0.4)  # the other now waits for this one's commit
    db.session.commit()
    thread.join()
    assert failures == []
    assert db.session.scalars(select(HarmlessText.person_id)).all() == [first.person_id]


def test_starter_content_is_not_asked(app: Flask, clock: SettableClock, persons: People) -> None:
    loaded = kit.published_case(clock.now(), **REAL)
    author = Actor(persons.add("trainer").id)
    draft = authoring.new_draft(db.session(), loaded.case_id, actor=author, now=clock.now())
    assert open_texts(draft) == set()


def test_in_the_editor_and_on_the_review_page(
    auth: Auth, persons: People, clock: SettableClock
) -> None:
    trainer: FlaskClient = auth.login(persons.add("trainer"))
    real = typed(scenario_en="Mrs Smith, call 13812345678", title_zh="<李先生>")
    refused = trainer.post("/cases/new", data=real | {"do": "review"})
    assert refused.status_code == 400
    assert "Could this tell who somebody is" in refused.text and "13812345678" in refused.text
    hidden = trainer.post("/cases/new", data=real | {"do": "hide:13812345678"})
    assert "Mrs Smith, call [phone]" in hidden.text and "13812345678" not in hidden.text
    all_hidden = trainer.post("/cases/new", data=real | {"do": "hide-all"})
    assert "Mrs X, call [phone]" in all_hidden.text
    assert "Could this tell" not in all_hidden.text

    saved = trainer.post("/cases/new", data=real | {"do": "harmless:Smith"})
    assert saved.status_code == 303
    version = db.session.scalars(select(CaseVersion)).one()
    assert "confirmed on" in text_of(trainer, saved.location)
    db.session.rollback()
    url = f"/cases/draft/{version.id}"
    page = text_of(trainer, url)
    assert 'value="hide:13812345678"' in page and 'value="harmless:Smith"' not in page
    assert trainer.post(f"{url}/review", data={"do": "submit"}).status_code == 303
    do = {"do": "hide-all", "edit_count": "0"}
    for _ in range(2):  # pressed twice
        assert trainer.post(f"{url}/identities", data=do).status_code == 303
    page = text_of(trainer, url)
    assert "Mrs Smith, call [phone]" in page and "hide-all" not in page
    db.session.rollback()
    trainer.post(f"{url}/review", data={"do": "submit"})
    assert db.session.scalars(select(CaseVersion.state)).one() == "in_review"
    agent = auth.login(persons.add())
    assert agent.post(f"{url}/identities", data=do).status_code == 403
