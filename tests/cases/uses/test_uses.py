"""One case, four uses: each remembers its version, and a major one says what is out of date."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import Actor, AuditEntry
from lms.cases import authoring, drills
from lms.cases.models import CaseVersion, Drill, Rubric
from lms.cases.uses import lessons, reading, recording, rubrics
from lms.cases.uses.models import CaseUse
from lms.clock import SettableClock
from lms.courses.authoring import drafts, parts
from lms.courses.authoring.checking import examine
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.authoring.parts import Part
from lms.db import Localized, db
from lms.errors import DomainError
from lms.people.models import Notification
from lms.plugins.exams.from_case.drafting import suggestions
from lms.plugins.exams.models import Bank, Question
from tests.cases import kit
from tests.conftest import Auth, People
from tests.counting import statements

STEPS = [
    Localized("安抚", "Calmed the customer"),
    Localized("查单", "Looked it up"),
    Localized("回访", "Called back"),
]


@pytest.fixture
def version(app: Flask, clock: SettableClock) -> CaseVersion:
    made = kit.published_case(clock.now(), handling=STEPS)
    db.session.commit()
    return made


def next_version(
    of: CaseVersion, persons: People, clock: SettableClock, note: str, handling: Any = STEPS
) -> CaseVersion:
    """Written and published as people do; major if there is a note."""
    session, now = db.session(), clock.now()
    writer, reviewer = Actor(persons.add("trainer").id), Actor(persons.add("trainer").id)
    draft = authoring.new_draft(session, of.case_id, actor=writer, now=now)
    new = replace(kit.some_content(handling=handling), title=Localized(f"新 {note}", f"New {note}"))
    authoring.save_draft(session, draft.id, new, edit_count=0, actor=writer)
    authoring.submit(session, draft.id, actor=writer, now=now)
    done = authoring.publish(
        session, draft.id, edit_count=draft.edit_count, actor=reviewer, now=now,
        is_major=bool(note), change_note=note,
    )  # fmt: skip
    session.commit()
    return done


def made_drill(version: CaseVersion, actor: Actor, clock: SettableClock) -> Drill:
    kit.rubric(clock.now(), key="after-sales")
    new = drills.suggestion(version, drills.rubrics(db.session()))
    found = drills.make(db.session(), version.id, new, actor=actor, now=clock.now())
    db.session.commit()
    return found


def outdated() -> list[tuple[str, int | None]]:
    return [(found.kind, found.major) for found in reading.outdated(db.session())]


def test_a_lesson_goes_into_a_draft_that_can_be_published(
    version: CaseVersion, clock: SettableClock, persons: People
) -> None:
    actor = Actor(persons.add("trainer").id)
    place = lessons.Place(new_key="programme-0a1b2c3d")
    for _twice in range(2):
        use = lessons.add(db.session(), version.id, place, actor=actor, now=clock.now())
    draft = db.session.scalars(select(ProgrammeDraft)).one()
    part = Part("step", f"case-{version.case_id}")
    assert examine(draft.document, draft.files).of(part) == []
    (step,) = draft.document["modules"][0]["steps"]
    assert "我的快递呢" in step["body"]["zh"] and "Called back" in step["body"]["en"]
    assert step["check"]["options"][step["check"]["answer"] - 1]["en"] == "Calmed the customer"
    assert (use.version_id, use.ref) == (version.id, f"programme-0a1b2c3d/case-{version.case_id}")
    assert lessons.where(db.session(), use) == ("draft", draft.id)


def test_what_people_wrote_is_not_markup_in_a_lesson(app: Flask, clock: SettableClock) -> None:
    nasty = kit.published_case(clock.now(), scenario=Localized("<b>*x*\n# y", "[a](b)"))
    body = lessons.step_of(nasty)["body"]
    assert r"\<b\>\*x\* \# y" in body["zh"] and r"\[a\](b)" in body["en"]


def test_a_rubric_is_the_stages_with_the_handling_of_the_case(
    version: CaseVersion, clock: SettableClock, persons: People
) -> None:
    kit.rubric(clock.now(), key="after-sales")
    suggested = rubrics.start_from(db.session(), version)
    assert [c["weight"] for c in suggested["criteria"]] == [45, 30, 25]
    assert "Called back" in suggested["criteria"][2]["levels"][4]["en"]
    actor = Actor(persons.add("trainer").id)
    with pytest.raises(DomainError, match="add up"):
        rubrics.make(
            db.session(), version.id, {**suggested, "criteria": suggested["criteria"][:2]},
            actor=actor, now=clock.now(),
        )  # fmt: skip
    rubrics.make(db.session(), version.id, suggested, actor=actor, now=clock.now())
    stored = db.session.scalars(select(Rubric).where(Rubric.key == f"case-{version.case_id}")).one()
    assert stored.number == 1 and len(stored.criteria) == 3


@pytest.mark.usefixtures("both_apps")
def test_a_major_version_puts_what_was_made_out_of_date(
    clock: SettableClock, persons: People
) -> None:
    version = kit.published_case(clock.now(), handling=STEPS)
    trainer = Actor(persons.add("trainer").id)
    drill = made_drill(version, trainer, clock)
    place = lessons.Place(new_key="programme-0a1b2c3d")
    use = lessons.add(db.session(), version.id, place, actor=trainer, now=clock.now())
    db.session.commit()

    next_version(version, persons, clock, "")
    assert outdated() == []
    third = next_version(version, persons, clock, "refund within 48 hours")
    assert outdated() == [("drill", 3), ("lesson", 3)]
    told = db.session.scalars(select(Notification).where(Notification.kind == "case.outdated"))
    assert [(n.person_id, "refund within 48 hours" in n.text.en) for n in told] == [
        (trainer.person_id, True)
    ]

    for _twice in range(2):
        recording.still_right(
            db.session(), "drill", drill.id, third.id, actor=trainer, now=clock.now()
        )  # fmt: skip
    assert outdated() == [("lesson", 3)] and drill.case_version_id == third.id
    lessons.add(db.session(), third.id, lessons.place_of(db.session(), "programme-0a1b2c3d"),
                actor=trainer, now=clock.now())  # fmt: skip
    db.session.commit()
    assert outdated() == [] and use.version_id == third.id
    done = db.session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.action.like("case_use.%"))
        .order_by(AuditEntry.id)
    )
    assert list(done) == ["case_use.make", "case_use.right", "case_use.renew"]


def test_what_went_wrong_is_nobodys_right_answer(app: Flask, clock: SettableClock) -> None:
    lessons_text = Localized("- 先核对规则\n- 不要争辩", "- Check the rules\n- Do not argue")
    wrong = kit.published_case(
        clock.now(), outcome="failure", handling=STEPS, lessons=lessons_text
    )  # fmt: skip
    (own,) = rubrics.suggestion(wrong, [])["criteria"]
    assert own["levels"][4]["en"] == "All of it, in time: Check the rules; Do not argue"
    asked = {entry["type"]: entry for entry in suggestions(wrong)}
    assert set(asked) == {"multiple", "case_analysis"}
    right = [asked["multiple"]["options"][n - 1]["en"] for n in asked["multiple"]["answer"]]
    assert right == ["Check the rules", "Do not argue"]


def test_a_major_change_says_what_it_is(
    version: CaseVersion, clock: SettableClock, persons: People
) -> None:
    from lms.cases.uses import telling

    with pytest.raises(DomainError, match="what has changed"):
        telling.mark(db.session(), version, is_major=True, note=" ")


def test_the_pages(version: CaseVersion, clock: SettableClock, persons: People, auth: Auth) -> None:
    trainer = persons.add("trainer")
    actor, case_id = Actor(trainer.id), version.case_id
    drill_id = made_drill(version, actor, clock).id
    client = auth.login(trainer)
    page = client.get(f"/cases/versions/{version.id}/lesson").text
    assert "A new topic course" in page and "The conversation" in page
    sent = client.post(
        f"/cases/versions/{version.id}/lesson",
        data={"place": "new", "new_key": "programme-00ff00ff"},
    )
    assert sent.status_code == 303
    step = client.get(sent.location, follow_redirects=True).text
    assert "Made from the case" in step
    assert (
        client.post(f"/cases/versions/{version.id}/lesson", data={"place": "no"}).status_code == 400
    )

    form = client.get(f"/cases/versions/{version.id}/rubric").text
    assert "Handled as this case asks" in form
    begun = rubrics.start_from(db.session(), version)
    typed = {"title-zh": "标准", "title-en": "Rubric", "pass_mark": "70"}
    for c in begun["criteria"]:
        typed |= {f"c-{c['key']}-weight": str(c["weight"]), f"c-{c['key']}-zh": c["title"]["zh"]}
        typed[f"c-{c['key']}-levels-zh"] = "\n".join(row["zh"] for row in c["levels"])
    db.session.rollback()
    url = f"/cases/versions/{version.id}/rubric"
    refused = client.post(url, data={**typed, "c-empathy-weight": "1"})
    assert refused.status_code == 400 and "add up to 100" in refused.text
    assert client.post(url, data=typed).status_code == 303

    seen = next_version(version, persons, clock, "a new rule").id
    with statements() as sent_statements:
        page = client.get(f"/cases/{case_id}").text
    assert len(sent_statements) <= 7
    assert page.count("Out of date since version 2") == 3 and "Major change" in page
    assert "a new rule" in client.get(f"/drills/{drill_id}").text
    listed = client.get("/cases/outdated").text
    assert listed.count("Still right") == 3
    db.session.rollback()
    assert "Made anew from version 2" in client.get(f"/drills/{drill_id}/edit?renew=1").text
    db.session.rollback()
    client.post(f"/cases/uses/drill/{drill_id}/right", data={"back": "list", "seen": seen})
    use = db.session.scalars(select(CaseUse).where(CaseUse.kind == "rubric")).one()
    client.post(f"/cases/uses/{use.id}/drop")
    assert [found.kind for found in reading.outdated(db.session())] == ["lesson"]
    # whoever only reads is not shown any of it
    reader = auth.login(persons.add())
    assert "Make from this case" not in reader.get(f"/cases/{case_id}").text
    assert reader.get("/cases/outdated").status_code == 403


def test_questions_come_from_the_plugin_and_keep_case_and_version(
    version: CaseVersion, clock: SettableClock, persons: People, auth: Auth
) -> None:
    client = auth.login(persons.add("trainer"))
    url = f"/exams/from-case/{version.id}"
    assert url in client.get(f"/cases/{version.case_id}").text
    page = client.get(url).text
    assert "What should the agent do first?" in page and "Steps in the right order" in page
    db.session.rollback()
    key = f"case-{version.case_id}"
    typed = {"bank": "Our cases", "take": [f"{key}-1", f"{key}-3"]}
    options = {
        f"{key}-1-stem-zh": "先做什么？",
        f"{key}-1-lines-zh": "甲\n乙",
        f"{key}-1-answer": "2",
        f"{key}-3-stem-zh": "排序",
        f"{key}-3-lines-zh": "一\n二\n三",
    }
    for wrong in ("b", "9" * 5000):
        refused = client.post(url, data={**typed, **options, f"{key}-1-answer": wrong})
        assert refused.status_code == 400 and "Write the numbers" in refused.text
    assert client.post(url, data={**typed, **options}).status_code == 303
    assert client.post(url, data={**typed, **options}).status_code == 303
    again = client.get(url).text  # what was changed by hand is not taken a second time unasked
    assert again.count("Already in the bank “Our cases”") == 2
    assert f'value="{key}-1">' in again and f'value="{key}-2" checked>' in again
    db.session.rollback()
    bank = db.session.scalars(select(Bank).where(Bank.key == "our-cases")).one()
    found = db.session.scalars(select(Question).where(Question.bank_id == bank.id)).all()
    assert [(q.key, q.current_number, q.case_key) for q in found] == [
        (f"{key}-1", 1, version.case.key), (f"{key}-3", 1, version.case.key),
    ]  # fmt: skip
    use = db.session.scalars(select(CaseUse).where(CaseUse.kind == "questions")).one()
    assert use.version_id == version.id
    newer = next_version(version, persons, clock, "other")
    assert outdated() == [("questions", 2)]
    again = reading.outdated(db.session())[0].renewed_at
    assert again == f"/exams/from-case/{newer.id}?bank=our-cases"


def test_nobody_is_said_to_have_seen_a_version_that_came_while_they_read(
    version: CaseVersion, clock: SettableClock, persons: People, auth: Auth
) -> None:
    trainer = persons.add("trainer")
    drill = made_drill(version, Actor(trainer.id), clock)
    seen = next_version(version, persons, clock, "48 hours").id
    client, url = auth.login(trainer), f"/cases/uses/drill/{drill.id}/right"
    assert f'name="seen" value="{seen}"' in client.get(f"/drills/{drill.id}").text
    form = client.get(f"/drills/{drill.id}/edit?renew=1").text
    assert f'name="seen" value="{seen}"' in form
    db.session.rollback()
    newer = next_version(version, persons, clock, "24 hours").id
    assert client.post(url, data={"seen": seen}).status_code == 409
    typed = {
        "rubric_id": drill.rubric_id, "title_en": "Typed", "opening_en": "Hello?", "start_mood": 3,
        "first_reply_seconds": 10, "later_reply_seconds": 60, "seen": seen,
    }  # fmt: skip
    refused = client.post(f"/drills/{drill.id}/edit?renew=1", data=typed)
    assert refused.status_code == 400 and "changed again in the meantime" in refused.text
    assert "Typed" in refused.text and f'name="seen" value="{newer}"' in refused.text
    db.session.rollback()
    assert db.session.get_one(Drill, drill.id).case_version_id == version.id
    assert client.post(url, data={"seen": newer}).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Drill, drill.id).case_version_id == newer


def test_a_renewed_lesson_keeps_what_people_wrote_and_the_right_answer_moves(
    version: CaseVersion, clock: SettableClock, persons: People, auth: Auth
) -> None:
    trainer = persons.add("trainer")
    actor, key = Actor(trainer.id), "programme-0a1b2c3d"
    places = set()
    for _n in range(12):
        check = lessons.step_of(kit.published_case(clock.now(), handling=STEPS))["check"]
        places.add(check["answer"])
        assert check["options"][check["answer"] - 1]["en"] == "Calmed the customer"
    assert places == {1, 2, 3}
    place = lessons.Place(new_key=key)
    lessons.add(db.session(), version.id, place, actor=actor, now=clock.now())
    db.session.commit()

    def step() -> dict[str, Any]:
        draft = db.session.scalars(select(ProgrammeDraft)).one()
        return parts.content(draft.document, Part("step", f"case-{version.case_id}"))

    def renew(newer: CaseVersion, **sent: str) -> int:
        url = f"/cases/versions/{newer.id}/lesson"
        status = auth.login(trainer).post(url, data={"programme": key, **sent}).status_code
        db.session.rollback()
        return status

    second = next_version(version, persons, clock, "two", handling=[*STEPS[::-1]])
    assert renew(second) == 303
    assert step()["check"] == lessons.step_of(second)["check"]  # nobody had changed it
    draft, had = db.session.scalars(select(ProgrammeDraft)).one(), step()
    own = {**had, "body": {"zh": "改写", "en": "Our own words"}, "check": None}
    drafts.save(
        db.session(), draft.id, Part("step", f"case-{version.case_id}"), own,
        was=parts.digest(had), actor=actor, now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    third = next_version(version, persons, clock, "three")
    assert renew(third) == 400
    assert step()["body"]["en"] == "Our own words" and outdated() == [("lesson", 3)]
    db.session.rollback()
    assert renew(third, replace="1") == 303
    assert "Our own words" not in step()["body"]["en"] and step()["check"] is None
    assert outdated() == []
