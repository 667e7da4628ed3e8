"""Who looks after a case, when it is read again, and how it leaves the library and returns."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import Actor, AuditEntry
from lms.cases import authoring, content, drills, dumping, loading, queries, runs, search
from lms.cases.duplicates import merging
from lms.cases.lifecycle import archiving, due, keeping
from lms.cases.models import Case, CaseState
from lms.clock import SettableClock
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from lms.people.models import Notification, Person
from lms.plugins.casereviews import picking
from tests.cases import kit
from tests.conftest import Auth, People

TODAY = date(2026, 11, 2)


def found(text: str) -> list[int]:
    return [v.case_id for v in search.find(db.session(), search.Search(text), "en").versions]


def actions() -> list[str]:
    rows = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
    return [action for action in rows if action.startswith("case.")]


def test_archived_and_put_back(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    session, now = db.session(), clock.now()
    me, other = (Actor(persons.add("trainer").id) for _ in range(2))
    version = kit.published_case(now)
    case_id = version.case_id
    draft = authoring.new_draft(session, case_id, actor=me, now=now)
    with pytest.raises(DomainError, match="Say why"):
        archiving.archive(session, case_id, " \0 ", actor=me, now=now)
    archiving.archive(session, case_id, "Shop closed", actor=me, now=now)
    archiving.archive(session, case_id, "Shop closed", actor=me, now=now)
    session.commit()
    assert version.state == CaseState.ARCHIVED and found("parcel") == found("包裹") == []
    assert [v.id for v in due.archived(session, 1)[0]] == [version.id]
    with pytest.raises(Conflict, match="Somebody else"):
        archiving.archive(session, case_id, "Mine", actor=other, now=now)
    for refused in (
        lambda: drills.make(session, version.id, drills.suggestion(version, []), actor=me, now=now),
        lambda: authoring.submit(session, draft.id, actor=me, now=now),
        lambda: authoring.publishing.make_public(session, draft, now),
    ):
        with pytest.raises(DomainError, match=r"archived|rubric"):
            refused()
    assert not [s for s in picking.suggestions(session, [1], now) if s.version.case_id == case_id]

    archiving.restore(session, case_id, actor=other, now=now)
    archiving.restore(session, case_id, actor=other, now=now)
    session.commit()
    assert version.state == CaseState.PUBLISHED and found("parcel") == found("包裹") == [case_id]
    assert actions() == ["case.draft", "case.archive", "case.restore"]
    authoring.submit(session, draft.id, actor=me, now=now)
    with pytest.raises(Conflict, match="being reviewed"):
        archiving.archive(session, case_id, "Shop closed", actor=me, now=now)
    authoring.publish(session, draft.id, edit_count=0, actor=other, now=now)
    assert found("parcel") == [case_id]


def test_a_file_does_not_bring_an_archived_case_back(
    app: Flask, persons: People, clock: SettableClock
) -> None:
    session, me, now = db.session(), Actor(persons.add("trainer").id), clock.now()
    version = kit.published_case(now)
    key = session.get_one(Case, version.case_id).key
    archiving.archive(session, version.case_id, "Old", actor=me, now=now)
    newer = kit.some_content(title=Localized("新", "New"))
    assert loading._store_case(session, key, newer, now) == 0
    archiving.restore(session, version.case_id, actor=me, now=now)
    assert loading._store_case(session, key, newer, now) == 1
    assert content.of(archiving.in_force(session, version.case_id) or version) == newer


def test_content_goes_out_and_in_while_a_case_is_archived(
    app: Flask, persons: People, clock: SettableClock, tmp_path: Path
) -> None:
    session, me, now = db.session(), Actor(persons.add("trainer").id), clock.now()
    drill, other = kit.drill(now), kit.drill(now)
    for one in (drill, other):
        one.triggers, one.script = [], []
    session.flush()
    for folder, count in (("before", 2), ("after", 1)):
        (tmp_path / folder).mkdir()
        assert dumping.dump_drills(session, tmp_path / folder) == count
        archiving.archive(session, drill.case_version.case_id, "Old", actor=me, now=now)
    assert loading.load_drills(session, tmp_path / "before", now) == 0


def test_due_for_another_look(app: Flask, persons: People, clock: SettableClock) -> None:
    session, now = db.session(), clock.now()
    owner, reviewer, agent = persons.add("trainer"), persons.add("training_manager"), persons.add()
    me = Actor(owner.id)
    late, soon, later = (kit.published_case(now).case_id for _ in range(3))
    for case_id, days in ((late, 1), (soon, 29), (later, 90)):
        day = TODAY + timedelta(days=days)
        keeping.change(session, case_id, owner.id, reviewer.id, day, actor=me, now=now)
    session.commit()
    for wrong, field in (((agent.id, None, None), "owner_id"),
                         ((None, None, TODAY - timedelta(days=1)), "review_by")):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            keeping.change(session, later, *wrong, actor=me, now=now)
        assert refused.value.field == field
    session.rollback()
    until = TODAY + timedelta(days=30)
    assert [v.case_id for v in due.due(session, until, 1)[0]] == [late, soon]
    assert due.due(session, until, 1, reviewer.id)[1] == 2
    assert due.due(session, until, 1, agent.id)[1] == 0

    clock.advance(days=1)
    for _twice in range(2):
        due.remind(session, {}, clock.now())
    told = session.scalars(select(Notification).where(Notification.kind == "case.review_due")).all()
    assert sorted((n.person_id, n.url) for n in told) == sorted(
        (person.id, f"/cases/{late}") for person in (owner, reviewer)
    )
    seen = TODAY + timedelta(days=1)
    for _twice in range(2):
        keeping.still_holds(session, late, seen, actor=me, now=clock.now())
    assert session.get_one(Case, late).review_by == TODAY + timedelta(days=181)
    assert actions().count("case.keep") == 4


def test_publishing_is_a_look(app: Flask, persons: People, clock: SettableClock) -> None:
    session, now = db.session(), clock.now()
    author, reviewer = (Actor(persons.add("trainer").id) for _ in range(2))
    draft = authoring.create_case(session, kit.some_content(), actor=author, now=now)
    keeping.change(
        session, draft.case_id, author.person_id, reviewer.person_id, None, actor=author, now=now
    )
    authoring.submit(session, draft.id, actor=author, now=now)
    told = session.scalars(select(Notification)).one()
    assert (told.person_id, told.kind) == (reviewer.person_id, "case.review")
    authoring.publish(session, draft.id, edit_count=0, actor=reviewer, now=now)
    assert draft.case.review_by == TODAY + timedelta(days=180)
    far = TODAY + timedelta(days=60)
    keeping.change(session, draft.case_id, None, None, far, actor=author, now=now)
    keeping.looked_at(session, draft.case, now)
    assert draft.case.review_by == far


def test_in_the_browser(app: Flask, auth: Auth, persons: People, clock: SettableClock) -> None:
    owner = persons.add("trainer", name="Olga")
    trainer, agent = auth.login(owner), auth.login(persons.add())
    drill = kit.drill(clock.now())
    case_id = drill.case_version.case_id
    url, keep = f"/cases/{case_id}", f"/cases/{case_id}/keeping"
    assert agent.get(keep).status_code == agent.get("/cases/upkeep").status_code == 403
    assert agent.post(f"{url}/archive", data={"reason": "x"}).status_code == 403
    form = {"owner_id": str(owner.id), "reviewer_id": "", "review_by": "2026-11-01"}
    wrong = trainer.post(keep, data=form)
    assert wrong.status_code == 400 and "This day is over" in wrong.text
    assert 'value="2026-11-01"' in wrong.text
    assert trainer.post(keep, data=form | {"review_by": "2026-11-09"}).status_code == 303
    assert "Olga" in trainer.get(url).text and "2026" in trainer.get(url).text
    listed = trainer.get("/cases/upkeep?show=mine").text
    assert "Late parcel" in listed and 'value="2026-11-09"' in listed
    db.session.rollback()
    done = trainer.post(f"{url}/still-holds", data={"seen": "2026-11-09", "next": "list"})
    assert done.status_code == 303 and "Late parcel" not in trainer.get("/cases/upkeep").text

    db.session.rollback()
    trainer.post(f"{url}/archive", data={"reason": ""})
    assert "Say why it is archived" in trainer.get(keep).text
    db.session.rollback()
    trainer.post(f"{url}/archive", data={"reason": "<b>Closed</b>"})
    page = agent.get(url).text
    assert "This case is archived" in page and "&lt;b&gt;Closed" in page and "Practise" in page
    assert "Late parcel" not in agent.get("/cases?q=parcel").text
    drill_page = agent.get(f"/drills/{drill.id}").text
    assert "This case is archived" in drill_page and "Begin" in drill_page
    assert "Case archived" in agent.get("/drills").text
    assert "Make a drill" not in trainer.get(url).text
    assert "Late parcel" in trainer.get("/cases/upkeep?show=archived").text
    db.session.rollback()
    assert trainer.post(f"/cases/{case_id}/draft").status_code == 409
    trainer.post(f"{url}/archive", data={"do": "restore"})
    assert "This case is archived" not in agent.get(url).text


def test_the_owner_may_without_the_role(
    app: Flask, auth: Auth, persons: People, clock: SettableClock
) -> None:
    former = persons.add()
    version = kit.published_case(clock.now())
    version.case.owner_id = former.id
    db.session.commit()
    page = auth.login(former).get(f"/cases/{version.case_id}/keeping")
    assert page.status_code == 200 and "put back" not in page.text


def test_how_cases_do_in_practice(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    """By mean and by how often, a merged case counted with the one that stays."""
    session, now = db.session(), clock.now()
    me, learner = Actor(persons.add("trainer").id), persons.add()
    drills_ = [kit.drill(now) for _ in range(3)]
    for drill, scores in zip(drills_, ((9000,), (5000, 6001), (4000,)), strict=True):
        for score in scores:
            run = runs.start(session, drill.id, learner.id, locale="en", now=now)
            run.state, run.score, run.open_key, run.scored_at = "scored", score, None, now
    a, b, c = (drill.case_version for drill in drills_)
    session.flush()

    def listed(order: str) -> list[tuple[int, int, int]]:
        found, total = queries.scores_by_case(session, order, 1, 10)
        assert total == len(found)
        return [(one.version.id, one.scored, one.mean) for one in found]

    assert listed("lowest") == [(c.id, 1, 4000), (b.id, 2, 5500), (a.id, 1, 9000)]
    assert [row[0] for row in listed("best")] == [a.id, b.id, c.id]
    assert listed("scored")[0][0] == b.id
    merging.merge(session, c.case_id, a.case_id, seen=(c.id, a.id), actor=me, now=now)
    assert listed("lowest") == [(b.id, 2, 5500), (a.id, 2, 6500)]
    assert queries.score_of_case(queries.drills_of_case(session, a.case_id)) == (2, 6500)
    session.commit()
    page = (
        Auth(both_apps)
        .login(session.get_one(Person, me.person_id))
        .get("/cases/upkeep?show=scores&order=best")
    )
    first, second = (page.text.index(f'/cases/{one.case_id}"') for one in (a, b))
    assert first < second and "2 runs scored" in page.text
