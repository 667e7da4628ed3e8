"""Cases that tell the same: suggested while one writes, and merged."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from lms.audit import Actor, AuditEntry
from lms.cases import authoring, comments, content, queries
from lms.cases.content import Line
from lms.cases.duplicates import fingerprints, merging
from lms.cases.duplicates.models import CaseFingerprint
from lms.cases.duplicates.similar import SHOWN, similar
from lms.cases.lifecycle import archiving
from lms.cases.models import Case, CaseState, CaseVersion
from lms.cases.search import moving
from lms.cases.uses import reading, recording
from lms.clock import SettableClock
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from tests.cases import kit
from tests.conftest import Auth, People

PARCEL = kit.some_content(
    title=Localized("大促期间包裹三天没有更新", "A parcel stands still during the sale"),
    scenario=Localized(
        "客户在大促当天下单，包裹在中转站停了三天没有更新，客户担心赶不上孩子的生日，语气很急。",
        "The customer ordered on the day of the sale. The parcel has not moved for three days and "
        "may miss a child's birthday.",
    ),
)
# Somebody else's words for the same, in Chinese alone.
AGAIN = kit.some_content(
    title=Localized("大促包裹三天没有物流更新"),
    scenario=Localized(
        "客户大促当天下单，包裹在中转站停留三天没有更新，担心赶不上孩子的生日，很着急。"
    ),
    dialogue=[],
)
KETTLE = kit.some_content(
    title=Localized("电水壶底座漏电", "The base of a kettle gives shocks"),
    scenario=Localized(
        "客户使用新买的电水壶时手指发麻，要求退款并赔偿医药费，情绪激动，威胁曝光。",
        "A new kettle gave its owner an electric shock. They want their money back, the doctor "
        "paid, and threaten to go to the press.",
    ),
    dialogue=[
        Line("customer", "你们的水壶电到我了，我要你们负责到底", "Your kettle shocked me"),
        Line("agent", "马上查", "Checking"),
    ],
)


def stored(what: content.CaseContent, clock: SettableClock) -> CaseVersion:
    fields = {name: getattr(what, name) for name in content.CaseContent.__dataclass_fields__}
    return kit.published_case(clock.now(), **fields)


def test_told_already(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    session, me = db.session(), Actor(persons.add("trainer").id)
    parcel, kettle = stored(PARCEL, clock), stored(KETTLE, clock)
    session.commit()
    (found,) = similar(session, AGAIN)
    assert (found.version.id, found.story, found.talk) == (parcel.id, 57, None)
    assert similar(session, AGAIN, [parcel.case_id]) == []
    assert similar(session, kit.some_content()) == []  # too short to tell
    copied = [one.version.id for one in similar(session, KETTLE)]
    assert copied == [kettle.id]

    draft = authoring.new_draft(session, kettle.case_id, actor=me, now=clock.now())
    assert similar(session, draft, [draft.case_id]) == []
    assert [one.version.id for one in similar(session, draft)] == [kettle.id]
    archiving.archive(session, parcel.case_id, "Old", actor=me, now=clock.now())
    assert similar(session, AGAIN) == []
    archiving.restore(session, parcel.case_id, actor=me, now=clock.now())
    assert len(similar(session, AGAIN)) == 1
    authoring.submit(session, draft.id, actor=me, now=clock.now())
    other = Actor(persons.add("trainer").id)
    authoring.publish(session, draft.id, edit_count=0, actor=other, now=clock.now())
    assert [one.version.id for one in similar(session, KETTLE)] == [draft.id]

    session.execute(delete(CaseFingerprint))
    assert similar(session, AGAIN) == []
    fingerprints.catch_up(session, {}, clock.now())
    fingerprints.catch_up(session, {}, clock.now())
    assert len(similar(session, AGAIN)) == 1


def test_the_same_phrase_in_a_thousand_cases(app: Flask, clock: SettableClock) -> None:
    """The cost is bounded, the newest are shown, and a case without words is no trouble."""
    session = db.session()
    stored(kit.some_content(title=Localized("", "!!"), scenario=Localized(), dialogue=[]), clock)
    same = [stored(PARCEL, clock) for _ in range(60)]
    found = similar(session, PARCEL)
    assert [one.version.id for one in found] == [v.id for v in reversed(same)][:SHOWN]
    assert found[0].story == 100
    fingerprints.catch_up(session, {}, clock.now())


def seen(gone: CaseVersion, kept: CaseVersion) -> tuple[int, int]:
    return gone.id, kept.id


def test_merging_and_undoing_it(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    session, now = db.session(), clock.now()
    me, other = (Actor(persons.add("trainer").id) for _ in range(2))
    gone, kept, third = (stored(PARCEL, clock) for _ in range(3))
    drill = kit.drill(now)
    drill.case_version_id = gone.id
    draft = authoring.new_draft(session, gone.case_id, actor=me, now=now)
    rows = comments.rows_of(content.of(draft))
    comments.add(session, draft, "title", 0, "Too long", rows=rows, actor=other, now=now)
    a, b = gone.case_id, kept.case_id
    with pytest.raises(DomainError, match="into itself"):
        merging.merge(session, a, a, seen=(gone.id, gone.id), actor=me, now=now)
    with pytest.raises(Conflict, match="new version"):
        merging.merge(session, a, b, seen=(gone.id, draft.id), actor=me, now=now)
    for _twice in range(2):
        merging.merge(session, a, b, seen=seen(gone, kept), reason="Same", actor=me, now=now)
    session.commit()
    for wrong, into in ((a, b), (b, a), (third.case_id, a)):
        with pytest.raises(Conflict, match="Somebody else"):
            versions = tuple(archiving.in_force(session, c).id for c in (wrong, into))  # type: ignore[union-attr]
            merging.merge(session, wrong, into, seen=versions, actor=other, now=now)  # type: ignore[arg-type]
    assert archiving.stays_as(session, a) == b and gone.state == CaseState.ARCHIVED
    (used,) = queries.drills_of_case(session, b)
    assert used.drill_id == drill.id and used.is_from_merged
    merging.merge(session, b, third.case_id, seen=seen(kept, third), actor=me, now=now)
    assert archiving.stays_as(session, a) == third.case_id
    assert [use.drill_id for use in queries.drills_of_case(session, third.case_id)] == [drill.id]
    lesson = Localized("", "- Say it at once")
    into = authoring.add_lesson(session, a, lesson, actor=me, now=now)
    assert into.case_id == third.case_id
    (thread,) = comments.threads(session, into, comments.rows_of(content.of(into)))["title", 0]
    assert thread.comment.text == "Too long"

    archiving.restore(session, b, actor=other, now=now)
    archiving.restore(session, a, actor=other, now=now)
    assert not queries.drills_of_case(session, b) and not queries.drills_of_case(
        session, third.case_id
    )
    assert not queries.drills_of_case(session, a)[0].is_from_merged
    audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "case.merge")).all()
    assert [entry.details["kept"] for entry in audited] == [b, third.case_id]
    assert audited[0].details["drills"] == [drill.id]


def test_what_hangs_on_a_case_follows_it_through_two_mergers(
    both_apps: Flask, persons: People, clock: SettableClock
) -> None:
    session, now = db.session(), clock.now()
    me, agent = Actor(persons.add("trainer").id), persons.add()
    first, second, last = (stored(PARCEL, clock) for _ in range(3))
    drill = kit.drill(now)
    drill.case_version_id, drill.author_id = first.id, me.person_id
    run = kit.run(drill, agent.id, now)
    run.state, run.passed, run.score, run.scored_at = "scored", False, 4000, now
    merging.merge(session, first.case_id, second.case_id, seen=seen(first, second), actor=me,
                  now=now)  # fmt: skip
    merging.merge(session, second.case_id, last.case_id, seen=seen(second, last), actor=me,
                  now=now)  # fmt: skip
    session.commit()
    stays = last.case_id
    failed = session.execute(queries.failed_runs([agent.team_id or 0], now - timedelta(days=1)))
    assert [tuple(row) for row in failed] == [(stays, 1)]
    scores, count = queries.scores_by_case(session, "scored", 1, 10)
    assert [(s.version.id, s.scored, s.mean) for s in scores] == [(last.id, 1, 4000)] and count == 1
    assert moving.steps_used(session, now) == {stays: 1}
    assert [made.id for made in reading.of_case(session, stays)] == [drill.id]
    assert reading.outdated(session) == []

    clock.advance(days=1)
    other = Actor(persons.add("trainer").id)
    draft = authoring.new_draft(session, stays, actor=me, now=clock.now())
    authoring.submit(session, draft.id, actor=me, now=clock.now())
    authoring.publish(
        session, draft.id, edit_count=0, actor=other, now=clock.now(), is_major=True,
        change_note="48 hours",
    )  # fmt: skip
    (made,) = reading.outdated(session)
    assert (made.id, made.case_id, made.major, made.present_id) == (drill.id, stays, 2, draft.id)
    assert [v.id for v in reading.changes_since(session, drill.case_version)] == [draft.id]
    assert reading.owners_to_tell(session, stays) == {me.person_id: 1}
    # A lesson and a rubric of a merged case, made anew from the one that stays: in date again.
    for kind in ("lesson", "rubric"):
        old, new = (recording.Made(kind, ref, draft.title, "", f"/{kind}/{{version}}")
                    for ref in ("of-first", "of-last"))  # fmt: skip
        recording.record(session, first.id, old, actor=me, now=clock.now())
        assert [one.kind for one in reading.outdated(session)] == ["drill", kind]
        elsewhere = recording.Made(kind, "elsewhere", draft.title, "", "/other/{version}")
        recording.record(session, draft.id, elsewhere, actor=me, now=clock.now())
        assert len(reading.outdated(session)) == 2
        recording.record(session, last.id, new, actor=me, now=clock.now())
        assert len(reading.outdated(session)) == 3  # from an old version of it: both are
        recording.record(session, draft.id, new, actor=me, now=clock.now())
        assert [one.kind for one in reading.outdated(session)] == ["drill"]
    recording.still_right(session, "drill", drill.id, draft.id, actor=me, now=clock.now())
    assert reading.outdated(session) == [] and drill.case_version_id == draft.id


def test_in_the_browser(app: Flask, auth: Auth, persons: People, clock: SettableClock) -> None:
    trainer, agent = auth.login(persons.add("trainer")), auth.login(persons.add())
    parcel, kettle = stored(PARCEL, clock), stored(KETTLE, clock)
    db.session.commit()
    form = {
        "stage": "after_sales", "channel": "online", "complaint_level": "1", "outcome": "success",
        "title_zh": AGAIN.title.zh, "scenario_zh": AGAIN.scenario.zh, "edit_count": "0",
    }  # fmt: skip
    assert agent.post("/cases/similar", data=form).status_code == 403
    piece = trainer.post("/cases/similar", data=form).text
    assert "Is this told already?" in piece and "57 % of the words" in piece
    assert "told already" not in trainer.post("/cases/similar", data={"complaint_level": "x"}).text
    assert trainer.post("/cases/new", data=form | {"do": "save"}).status_code == 303
    draft = db.session.scalars(select(CaseVersion).where(CaseVersion.state == "draft")).one()
    for url in (f"/cases/draft/{draft.id}", f"/cases/draft/{draft.id}/edit"):
        assert "Is this told already?" in trainer.get(url).text
    beside = trainer.get(f"/cases/versions/{draft.id}/beside/{parcel.id}").text
    assert "<ins>" in beside and "<del>" in beside
    assert trainer.get(f"/cases/versions/{parcel.id}/beside/{draft.id}").status_code == 404

    a, b = parcel.case_id, kettle.case_id
    assert "No other case is like" in trainer.get(f"/cases/{a}/duplicates").text
    assert "no number of a case" in trainer.get(f"/cases/{a}/duplicates?other=kettle").text
    led = trainer.get(f"/cases/{a}/duplicates?other=http://x.test/cases/{b}%3Fstay=1")
    assert led.location == f"/cases/{a}/merge/{b}"
    url = f"/cases/{a}/merge/{b}"
    assert agent.get(url).status_code == 403 and "Which one stays?" in trainer.get(url).text
    db.session.rollback()
    assert trainer.post(url, data={"keep": "7777"}).location == url
    chosen = {"keep": str(b), f"seen-{a}": str(parcel.id), f"seen-{b}": str(kettle.id)}
    assert trainer.post(url, data=chosen).location == f"/cases/{b}"
    second = auth.login(persons.add("trainer"))
    assert (
        "Somebody else has archived or merged"
        in second.post(url, data=chosen | {"keep": str(a)}, follow_redirects=True).text
    )
    led = agent.get(f"/cases/{a}")
    assert led.location == f"/cases/{b}?merged={a}"
    assert "was merged into this one" in agent.get(led.location).text
    assert "was merged into this one" not in agent.get(f"/cases/{b}?merged={b}").text
    for kept in ("stay=1", "version=1"):
        assert "This case was merged into another" in agent.get(f"/cases/{a}?{kept}").text
    assert PARCEL.title.en in trainer.get(f"/cases/{b}/keeping").text
    db.session.rollback()
    trainer.post(f"/cases/{a}/archive", data={"do": "restore"})
    assert agent.get(f"/cases/{a}").status_code == 200
    assert db.session.get_one(Case, a).merged_into_id is None
