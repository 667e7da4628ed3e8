"""The pages, who sees what on them, and what a mentor may sign."""

from flask import Flask
from sqlalchemy import func, select

from lms.courses.models import StepState
from lms.courses.outline import outline
from lms.courses.services import set_step_state
from lms.db import db
from lms.people.models import Person
from lms.plugins.manager import plugins
from lms.plugins.mentoring import checkins
from lms.plugins.mentoring.models import Pair
from lms.plugins.models import PluginState
from tests.conftest import Auth
from tests.counting import statements

from .conftest import Team, by, check_ins, day, days, told


def talked(team: Team, pair: Pair) -> None:
    checkins.hold(
        db.session(), check_ins(pair)[0], mood=2, note="a private word", actor=by(pair.mentor),
        now=team.clock.now(),
    )  # fmt: skip
    db.session.commit()


def test_the_supervisor_takes_the_proposal(team: Team, auth: Auth) -> None:
    boss, senior, hire = team.persons.add("supervisor"), team.senior(), team.hire()
    stranger, far = team.hire(team="二组"), team.senior(team="二组")
    client = auth.login(boss)
    page = client.get("/mentoring").text
    assert f"Take {senior.name}" in page and stranger.name not in page
    assert "Need a mentor" in client.get("/more").text
    assert "No mentor yet" in client.get(f"/people/{hire.id}").text
    form = client.get(f"/mentoring/people/{hire.id}").text
    assert senior.name in form and far.name not in form
    db.session.rollback()
    url = f"/mentoring/people/{hire.id}"
    refused = client.post(url, data={"mentor_id": ""})
    assert refused.status_code == 400 and "Choose somebody." in refused.text
    assert client.post(url, data={"mentor_id": far.id}).status_code == 403
    assert client.post(url, data={"mentor_id": senior.id}).status_code == 303
    assert client.post(url, data={"mentor_id": senior.id}).status_code == 303
    assert db.session.scalar(select(func.count(Pair.id))) == 1
    assert client.post(f"/mentoring/people/{stranger.id}").status_code == 403
    assert senior.name in client.get(f"/people/{hire.id}").text
    db.session.rollback()
    other = team.senior(name="换一位")
    changed = client.post(url, data={"mentor_id": other.id})
    assert changed.status_code == 400 and "Say why" in changed.text
    assert client.post(url, data={"mentor_id": other.id, "reason": "shifts"}).status_code == 303
    page = client.get(f"/people/{hire.id}").text
    assert "换一位" in page and "shifts" in page


def test_the_two_see_all_the_supervisor_that_it_took_place(team: Team, auth: Auth) -> None:
    boss, senior, hire = team.persons.add("supervisor"), team.senior(), team.hire()
    pair = team.pair(hire, senior)
    url = f"/mentoring/pairs/{pair.id}"
    post = auth.login(senior).post
    empty = post(f"/mentoring/check-ins/{check_ins(pair)[0].id}", data={"note": "kept"})
    assert empty.status_code == 400 and "kept" in empty.text
    assert "Choose how it is going." in empty.text
    answer = post(
        f"/mentoring/check-ins/{check_ins(pair)[0].id}",
        data={"mood": "2", "note": "a private word", "next_focus": "closing"},
    )
    assert answer.status_code == 303
    assert "a private word" in auth.login(senior).get(url).text
    theirs = auth.login(hire).get(url).text
    assert "a private word" in theirs and "closing" in theirs
    db.session.rollback()
    reply = f"/mentoring/check-ins/{check_ins(pair)[0].id}/reply"
    assert auth.login(hire).post(reply, data={"reply": "my answer"}).status_code == 303
    assert "my answer" in auth.login(senior).get(url).text
    for watcher in (boss, team.persons.add("hr"), team.persons.add("trainer")):
        page = auth.login(watcher).get(url)
        assert "held on" in page.text and "a private word" not in page.text
        assert "my answer" not in page.text and "With difficulty" not in page.text
    for stranger in (team.senior(), team.persons.add("supervisor", team="二组")):
        assert auth.login(stranger).get(url).status_code == 403
        for target in (reply, reply.removesuffix("/reply"), f"{url}/check-ins", f"{url}/end"):
            db.session.rollback()
            assert auth.login(stranger).post(target).status_code == 403


def test_days_are_moved_on_the_page(team: Team, auth: Auth) -> None:
    pair = team.pair(team.hire(), team.senior())
    client = auth.login(pair.mentee)
    move = f"/mentoring/check-ins/{check_ins(pair)[1].id}/move"
    assert client.post(move, data={"day": str(day(4))}).status_code == 303
    for wrong in (str(day(5)), str(day(0)), "soon"):
        answer = client.post(move, data={"day": wrong})
        assert answer.status_code == 400 and "form-error" in answer.text
    plan = f"/mentoring/pairs/{pair.id}/check-ins"
    assert client.post(plan, data={"day": str(day(9))}).status_code == 303
    assert client.post(plan, data={"day": str(day(9))}).status_code == 400
    assert days(pair) == [day(1), day(4), day(5), day(7), day(9)]


def test_late_ones_are_seen(team: Team, auth: Auth) -> None:
    boss, pair = team.persons.add("supervisor"), team.pair(team.hire(), team.senior())
    on_time = team.pair(team.hire(starts=day(2), name="准时的人"), team.senior())
    team.clock.advance(days=1)
    for person, url in ((boss, "/mentoring?show=overdue"), (pair.mentor, "/mentoring/mine")):
        page = auth.login(person).get(url).text
        assert pair.mentee.name in page and "verdue since Mon 2 Nov" in page
    assert on_time.mentee.name not in auth.login(boss).get("/mentoring?show=overdue").text
    assert "Mentor check-ins overdue" in auth.login(boss).get("/more").text
    assert "Check-in overdue" in auth.login(pair.mentor).get("/").text
    assert "Check-in overdue" in auth.login(pair.mentee).get("/").text


def test_a_mentor_finds_their_mentees_in_the_sidebar(team: Team, auth: Auth) -> None:
    pair = team.pair(team.hire(), team.senior())
    mentor, hire = auth.login(pair.mentor), auth.login(pair.mentee)
    link = 'href="/mentoring/mine"'
    for client, has_it in ((mentor, True), (hire, False)):
        client.get("/")
        assert (link in client.get("/courses").text) is has_it


def test_ending_needs_a_reason(team: Team, auth: Auth) -> None:
    boss, pair = team.persons.add("supervisor"), team.pair(team.hire(), team.senior())
    end = f"/mentoring/pairs/{pair.id}/end"
    auth.login(boss).post(end, data={"reason": ""})
    assert pair.ended_at is None
    auth.login(boss).post(end, data={"reason": "moved away"})
    db.session.refresh(pair)
    assert pair.ended_at is not None
    assert "has ended" in auth.login(pair.mentor).get(f"/mentoring/pairs/{pair.id}").text
    assert "ended" in auth.login(boss).get("/mentoring?show=ended").text


def signable(team: Team, person: Person) -> str:
    """The address of their checklist, open to be signed."""
    from lms.courses.models import Enrolment

    mine = select(Enrolment).where(Enrolment.person_id == person.id)
    enrolment = db.session.scalars(mine).one()
    lesson, step = outline(db.session(), enrolment.version_id).steps
    set_step_state(db.session(), enrolment.id, lesson.id, StepState.COMPLETED, now=team.clock.now())
    db.session.commit()
    return f"/sign-offs/{enrolment.id}/{step.id}"


def test_a_mentor_signs_for_their_own_mentees_alone(team: Team, auth: Auth, app: Flask) -> None:
    pair, stranger = team.pair(team.hire(), team.senior()), team.hire(name="别人")
    boss = team.persons.add("supervisor")
    team.clock.advance(days=1)
    mine, theirs = signable(team, pair.mentee), signable(team, stranger)
    mentor = auth.login(pair.mentor)
    for person, url in ((pair.mentee, mine), (stranger, theirs)):
        auth.login(person).post(url.replace("sign-offs", "learn"))
    assert told(pair.mentor)[-1] == f"{pair.mentee.name} asks you to sign “signoff”"
    assert told(boss).count(told(pair.mentor)[-1]) == 1
    listed = mentor.get("/sign-offs").text
    assert pair.mentee.name in listed and "别人" not in listed
    assert mine in mentor.get("/mentoring/mine").text
    db.session.rollback()
    assert mentor.post(theirs, data={"ticked": ["0"]}).status_code == 403
    assert mentor.get(theirs).status_code == 403
    assert mentor.get(f"/courses/{pair.enrolment_id}").status_code == 403  # it shows scores
    assert mentor.get("/progress").status_code == 403
    db.session.rollback()
    plugins(app).forget_states()
    db.session.add(PluginState(name="mentoring", is_enabled=False, changed_at=team.clock.now()))
    db.session.commit()
    assert mentor.post(mine, data={"ticked": ["0"]}).status_code == 403
    db.session.rollback()
    db.session.query(PluginState).filter_by(name="mentoring").delete()
    db.session.commit()
    plugins(app).forget_states()
    assert mentor.post(mine, data={"ticked": ["0"]}).status_code == 303
    db.session.rollback()
    pair = db.session.get_one(Pair, pair.id)
    pair.ended_at = team.clock.now()
    db.session.commit()
    assert mentor.get(mine).status_code == 403
    assert mentor.get("/sign-offs").status_code == 403


def test_pages_ask_little_however_many_there_are(team: Team, auth: Auth) -> None:
    boss, seniors = team.persons.add("supervisor"), [team.senior() for _ in range(4)]
    for number in range(8):
        hire = team.hire()
        if number % 2:
            talked(team, team.pair(hire, seniors[0]))
    pages = {boss: ("/mentoring",), seniors[0]: ("/mentoring/mine", "/")}
    for person, urls in pages.items():
        client = auth.login(person)
        for url in urls:
            client.get(url)
            with statements() as seen:
                assert client.get(url).status_code == 200
            assert len(seen) <= 6, "\n".join(seen)
