"""An appeal against a drill's score: it counts nowhere meanwhile, and a second person decides."""

import threading
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.appeals import deciding, services
from lms.appeals.models import Appeal, AppealState
from lms.appeals.policy import APPEALS
from lms.audit import Actor, AuditEntry
from lms.cases import queries, runs, scoring
from lms.cases.models import DrillRun, RunState
from lms.cases.rooms import opening
from lms.clock import Month
from lms.courses import clearing
from lms.courses.models import Enrolment, StepProgress
from lms.db import db
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.people.models import Notification, Person
from lms.people.roles import held
from tests.cases import kit
from tests.cases.scoring.kit import FAIR, GOOD, POOR, Desk, form
from tests.cases.test_steps import course
from tests.conftest import Auth

WHY = "Line 2 is an apology, see the handbook."


def file(desk: Desk, run: DrillRun, reason: str = WHY) -> Appeal:
    made = services.file(
        db.session(), "drill", run.id, reason, person_id=run.person_id, now=desk.clock.now()
    )
    db.session.commit()
    return made


def decide(desk: Desk, appeal: Appeal, actor: Actor, *, upheld: bool) -> str:
    go_on = services.decide(
        db.session(), appeal.id, upheld=upheld, reason="I read it line by line.", actor=actor,
        now=desk.clock.now(),
    )  # fmt: skip
    db.session.commit()
    return go_on


def counted() -> list[tuple[float, int]]:
    """What the month counts: mean and runs by person."""
    zone = ZoneInfo("Asia/Shanghai")
    rows = db.session.execute(queries.drill_scores(db.session(), Month.parse("2026-11"), zone))
    return [(row.score, row.runs) for row in rows]


def test_a_pending_appeal_holds_the_score_and_declined_it_counts_again(
    both_apps: Flask, desk: Desk
) -> None:
    run, (rater, other) = desk.run(), desk.raters(2)
    desk.rate(run, POOR, rater)
    assert counted() == [(30.0, 1)]
    appeal = file(desk, run)
    assert (run.state, counted()) == (RunState.APPEALED, [])
    assert file(desk, run).id == appeal.id
    told = select(Notification.person_id).where(Notification.kind == "appeal.filed")
    assert db.session.scalars(told).all() == [other.person_id]  # not whoever scored
    for wrong, actor in (("Nobody decides", Actor(run.person_id)), ("You took part", rater)):
        with pytest.raises(NotAllowed, match=wrong):
            decide(desk, appeal, actor, upheld=True)
    with pytest.raises(Conflict):
        scoring.amend(db.session(), run.id, GOOD, "quick", actor=rater, now=desk.clock.now())
    assert decide(desk, appeal, other, upheld=False) == ""
    assert (run.state, appeal.state, counted()) == ("scored", "declined", [(30.0, 1)])
    with pytest.raises(Conflict):
        decide(desk, appeal, other, upheld=True)
    assert file(desk, run).state == AppealState.DECLINED  # one appeal for one outcome
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "appeal")
    )
    assert sorted(actions) == ["appeal.decline", "appeal.file"]


def test_upheld_it_is_scored_anew_by_somebody_who_never_scored_it(app: Flask, desk: Desk) -> None:
    desk.need(2)
    run, (first, second, third, fourth) = desk.run(), desk.raters(4)
    desk.rated(run, (first, GOOD), (second, POOR), (third, POOR))
    day = run.scored_at
    desk.clock.advance(days=3)
    appeal = file(desk, run)
    assert decide(desk, appeal, fourth, upheld=True) == f"/scoring/{run.id}"
    assert (run.state, counted()) == (RunState.ADJUDICATION, [])
    with pytest.raises(NotAllowed, match="somebody else scores anew"):
        desk.rate(run, POOR, third)  # whose decision this was
    desk.rate(run, FAIR, fourth)
    assert (run.state, run.score, run.scored_at) == (RunState.SCORED, 7500, day)
    assert counted() == [(75.0, 1)]
    assert [bool(r.superseded_at) for r in run.ratings] == [False, False, True, False]


def test_who_may_appeal_and_until_when(app: Flask, desk: Desk) -> None:
    run, (rater,) = desk.run(), desk.raters(1)
    with pytest.raises(Conflict):
        file(desk, run)
    desk.rate(run, POOR, rater)
    with pytest.raises(NotFound):
        services.file(
            db.session(), "drill", run.id, WHY, person_id=rater.person_id or 0,
            now=desk.clock.now(),
        )  # fmt: skip
    for kind, subject_id in (("drill", 999), ("nonsense", run.id)):
        with pytest.raises(NotFound):
            services.file(
                db.session(), kind, subject_id, WHY, person_id=run.person_id, now=desk.clock.now()
            )
    with pytest.raises(DomainError) as refused:
        file(desk, run, "  short ")
    assert refused.value.field == "reason"
    desk.policy(APPEALS, days_to_appeal=2, days_to_decide=5)
    desk.clock.advance(days=3)
    with pytest.raises(DomainError, match="time to appeal is over"):
        file(desk, run)
    scoring.amend(db.session(), run.id, FAIR, "Read again", actor=rater, now=desk.clock.now())
    assert file(desk, run).state == AppealState.PENDING  # a new score can be appealed against


def test_a_course_waits_for_the_decision(app: Flask, desk: Desk) -> None:
    """A failed step waits again; a passed one does not clear until the appeal is decided."""
    drill = kit.drill(desk.clock.now(), key="late")
    person, (rater, other) = desk.persons.add(), desk.raters(2)
    enrolment, step = course(person.id, "late", desk.clock)

    def run_of(marks: scoring.Marks) -> DrillRun:
        run = desk.run(drill, person.id)
        run.enrolment_id, run.step_id, run.pass_mark = enrolment.id, step.id, 80
        db.session.commit()
        return desk.rated(run, (rater, marks))

    def standing() -> tuple[str, int]:
        found = db.session.scalars(select(StepProgress)).one()
        return found.state, found.failures

    failed = run_of(POOR)
    assert standing() == ("failed", 1)
    appeal = file(desk, failed)
    assert standing() == ("submitted", 0)
    decide(desk, appeal, other, upheld=False)
    assert standing() == ("failed", 1)

    passed = run_of(GOOD)
    assert standing() == ("completed", 1)
    enrolment = db.session.get_one(Enrolment, enrolment.id)
    appeal = file(desk, passed)
    held = clearing.refusals(db.session(), enrolment, desk.clock.now())
    assert ["under appeal" in reason.en for reason in held] == [True]
    decide(desk, appeal, other, upheld=False)
    assert clearing.refusals(db.session(), enrolment, desk.clock.now()) == []


def test_scored_anew_an_earlier_try_does_not_fail_a_later_one(app: Flask, desk: Desk) -> None:
    drill = kit.drill(desk.clock.now(), key="late")
    person, (rater, other) = desk.persons.add(), desk.raters(2)
    enrolment, step = course(person.id, "late", desk.clock)
    first = desk.run(drill, person.id)
    first.enrolment_id, first.step_id = enrolment.id, step.id
    desk.rated(first, (rater, POOR))
    appeal = file(desk, first)
    second = runs.start(
        db.session(), drill.id, person.id, locale="en", now=desk.clock.now(),
        step=(enrolment.id, step.id),
    )  # fmt: skip
    runs.say(db.session(), second.id, person.id, "Hi", client_key="b", now=desk.clock.now())
    runs.hand_in(db.session(), second.id, person.id, now=desk.clock.now())
    decide(desk, appeal, other, upheld=True)
    desk.rate(first, POOR, other)
    found = db.session.scalars(select(StepProgress)).one()
    assert (first.state, found.state, found.failures) == ("scored", "submitted", 0)
    desk.rate(second, POOR, rater)
    assert (found.state, found.failures) == ("failed", 1)


def test_who_played_the_customer_does_not_decide(app: Flask, desk: Desk) -> None:
    run, (rater, host) = desk.run(), desk.raters(2)
    now = desk.clock.now()
    room = opening.open_room(db.session(), run.drill_id, run.person, [], actor=host, now=now)
    room.run_id, room.open_key = run.id, None
    desk.rate(run, POOR, rater)
    appeal = file(desk, run)
    told = select(Notification.person_id).where(Notification.kind == "appeal.filed")
    assert db.session.scalars(told).all() == []
    with pytest.raises(NotAllowed, match="You took part"):
        decide(desk, appeal, host, upheld=True)


@pytest.mark.parametrize("database", ["app", "postgres_app"])
def test_two_decide_at_once(database: str, request: pytest.FixtureRequest, desk: Desk) -> None:
    app: Flask = request.getfixturevalue(database)
    run, (rater, *deciders) = desk.run(), desk.raters(3)
    appeal = file(desk, desk.rated(run, (rater, POOR)))
    appeal_id, now = appeal.id, desk.clock.now()
    db.session.remove()
    gate, said = threading.Barrier(2), []

    def press(actor: Actor, upheld: bool) -> None:
        with app.app_context():
            gate.wait()
            try:
                services.decide(
                    db.session(), appeal_id, upheld=upheld, reason="I read it all again.",
                    actor=actor, now=now,
                )  # fmt: skip
                db.session.commit()
                said.append("decided")
            except Conflict:
                said.append("refused")
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=press, args=(who, bool(n))) for n, who in enumerate(deciders)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["decided", "refused"]
    decisions = select(func.count(AuditEntry.id)).where(AuditEntry.action.like("appeal.%"))
    assert db.session.scalar(decisions) == 2  # filed, and decided once


def test_where_every_rater_took_part_an_admin_decides(app: Flask, desk: Desk, auth: Auth) -> None:
    desk.need(2)
    run, raters = desk.run(), [desk.persons.add("trainer"), desk.persons.add("quality")]
    admin, rater_too = desk.persons.add("admin"), desk.persons.add("admin", "trainer")
    desk.rated(run, (Actor(raters[1].id), POOR), (Actor(rater_too.id), POOR))
    appeal = file(desk, run)
    url, told = f"/appeals/{appeal.id}", select(Notification.person_id)
    told = told.where(Notification.kind == "appeal.filed")
    assert db.session.scalars(told).all() == [raters[0].id]  # had no part: nobody stands in yet
    boss = auth.login(admin)
    assert boss.get(url).status_code == 404
    assert "No appeal waits" in boss.get("/appeals").text

    raters[0].left_on = desk.clock.now().date()
    deciding.look_again(db.session(), desk.clock.now())
    db.session.commit()
    assert sorted(db.session.scalars(told)) == sorted([raters[0].id, admin.id])
    db.session.commit()
    for person in (raters[1], rater_too):
        assert auth.login(person).post(url, data={"reason": WHY}).status_code in {400, 403, 404}
    assert run.drill.title.en in boss.get("/appeals").text
    assert "so an admin decides" in boss.get(url).text
    assert boss.get(f"/drills/runs/{run.id}/result").status_code == 200
    done = boss.post(url, data={"reason": "Heard you out.", "decision": "uphold"})
    assert done.location.endswith(url)  # the scoring is not the admin's
    assert "Appeal upheld" in boss.get("/appeals?show=decided").text

    # nobody is left to score it anew: the admin names somebody, who had no part in it
    assert "Nobody is left to score it anew" in boss.get(url).text
    assert "Nobody is left" not in auth.login(raters[1]).get(url).text
    for part in (raters[1].staff_no, db.session.get_one(Person, run.person_id).staff_no, "nobody"):
        boss.post(f"{url}/rater", data={"rater": part})
        assert "Nobody is left to score it anew" in boss.get(url).text
    helper = desk.persons.add("supervisor")
    assert auth.login(helper).post(f"{url}/rater", data={"rater": helper.name}).status_code == 403
    boss.post(f"{url}/rater", data={"rater": helper.staff_no})
    page = boss.get(url).text
    assert "Nobody is left" not in page and "It waits to be scored anew" in page
    assert "You are asked to score this anew" in auth.login(helper).get("/notifications").text
    assert run.drill.title.en in auth.login(helper).get("/scoring").text
    db.session.rollback()
    assert [row.role for row in held(db.session(), helper.id)] == ["supervisor", "quality"]
    desk.rate(run, GOOD, Actor(helper.id))
    assert (run.state, run.score) == (RunState.SCORED, 9000)


def test_an_admin_hears_of_an_appeal_that_nobody_else_may_decide(app: Flask, desk: Desk) -> None:
    run, (rater,) = desk.run(), desk.raters(1)
    admin = desk.persons.add("admin")
    desk.persons.add("hr")
    desk.rate(run, POOR, rater)
    appeal = file(desk, run)
    told = select(Notification.person_id).where(Notification.kind == "appeal.filed")
    assert db.session.scalars(told).all() == [admin.id]
    assert decide(desk, appeal, Actor(admin.id), upheld=False) == ""
    assert (run.state, counted()) == (RunState.SCORED, [(30.0, 1)])


def test_in_the_browser(app: Flask, desk: Desk, auth: Auth) -> None:
    run = desk.run()
    scorer, decider = desk.persons.add("trainer"), desk.persons.add("quality")
    desk.rate(run, POOR, Actor(scorer.id))
    learner, stranger = auth.login(run.person), auth.login(desk.persons.add())
    new, result = f"/appeals/new/drill/{run.id}", f"/drills/runs/{run.id}/result"
    page = learner.get(result).text
    assert new in page and "I have read it" in page
    assert [stranger.get(new).status_code, stranger.post(new).status_code] == [404, 404]
    refused = learner.post(new, data={"reason": "KEPT"})
    assert refused.status_code == 400 and "KEPT" in refused.text
    nasty = "<img src=x onerror=alert(1)> \0 {{7*7}} 𠮷 '\""
    assert learner.post(new, data={"reason": nasty}).location.endswith(result)
    page = learner.get(result).text
    assert "Under appeal" in page and "<img src=x" not in page and new not in page

    appeal = db.session.scalars(select(Appeal)).one()
    url = f"/appeals/{appeal.id}"
    db.session.rollback()
    assert "It is being looked at" in learner.get(url).text
    assert learner.post(url, data={"reason": WHY, "decision": "uphold"}).status_code == 403
    assert stranger.get(url).status_code == 404
    assert "somebody else decides" in auth.login(scorer).get(url).text
    assert auth.login(scorer).post(url, data={"reason": WHY}).status_code in {400, 403}
    client = auth.login(decider)
    assert run.drill.title.en in client.get("/appeals").text
    done = client.post(url, data={"reason": "Heard you out.", "decision": "uphold"})
    assert done.status_code == 303 and done.location.endswith(f"/scoring/{run.id}")
    sheet = client.get(done.location).text
    assert "Scored anew after an appeal" in sheet and "No apology" in sheet
    assert client.post(done.location, data=form(GOOD)).status_code == 303
    page = learner.get(result).text
    assert "scored it anew after an appeal" in page and "Heard you out." in page
    assert "No appeal waits" in client.get("/appeals").text
    assert "Appeal upheld" in client.get("/appeals?show=decided").text
