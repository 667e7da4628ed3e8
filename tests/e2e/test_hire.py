"""A hire's week, from HR's form to the certificate, as four people at their own windows do it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.cases.models import DrillRun
from lms.courses.models import Enrolment, StepState
from lms.courses.outline import StepOutline, outline
from lms.courses.services import set_step_state
from lms.db import db
from lms.people.models import Account, Person
from lms.plugins.exams.models import Attempt, Response
from tests.conftest import People
from tests.e2e.conftest import PASSWORD, Site, Windows, each, fits

pytestmark = pytest.mark.browser


def enrolment_of(person_id: int) -> Enrolment:
    return db.session.scalars(select(Enrolment).where(Enrolment.person_id == person_id)).one()


def steps_of(enrolment: Enrolment) -> tuple[StepOutline, ...]:
    return outline(db.session(), enrolment.version_id).steps


def add_through_form(hr: Page) -> str:
    """HR adds a person who starts today; returns the link for their password."""
    hr.goto("/people/new")
    hr.fill("[name=staff_no]", "00042")
    hr.fill("[name=name]", "林小满")
    hr.fill("[name=team]", "一组")
    hr.fill("[name=hired_on]", "2026-11-02")
    hr.click("main button[type=submit]")
    text = hr.locator("#activation").input_value()
    found = re.search(r"/activate/\S+", text)
    assert found
    return found[0]


def activate(page: Page, link: str) -> None:
    page.goto(link)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=password_again]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/$"))


def do_lesson(page: Page, wrong: int, right: int) -> None:
    """A wrong answer first: it explains, and completes nothing."""
    page.check(f"[name=answer][value='{wrong}']")
    page.click("#check button[type=submit]")
    expect(page.locator("#check")).to_contain_text("Not quite")
    page.check(f"[name=answer][value='{right}']")
    page.click("#check button[type=submit]")
    expect(page.locator("#check")).to_contain_text("Right!")


def answer_questions(page: Page, attempt_id: int, how_many_right: int) -> None:
    """Answer every question as one who knows the key of the first so many."""
    rows = db.session.scalars(
        select(Response).where(Response.attempt_id == attempt_id).order_by(Response.position)
    ).all()
    plan = []
    for response in rows:
        key = set(response.version.answer)
        shown = [n for n, original in enumerate(response.option_order) if original in key]
        others = [n for n, original in enumerate(response.option_order) if original not in key]
        plan.append(
            (response.position, shown if response.position <= how_many_right else others[:1])
        )
    db.session.remove()
    for position, choices in plan:
        page.goto(f"/exams/attempts/{attempt_id}?q={position}")
        for choice in choices:
            with page.expect_response(re.compile(r"/answers$")) as saved:
                page.check(f"[name=a{position}][value='{choice}']")
            assert saved.value.ok


def hand_in_exam(page: Page, attempt_id: int) -> None:
    page.goto(f"/exams/attempts/{attempt_id}/check")
    page.click("#hand-in button[type=submit]")
    page.wait_for_url(re.compile("/result$"))


def open_attempt(person_id: int) -> int:
    db.session.remove()
    attempt = select(Attempt.id).where(
        Attempt.person_id == person_id, Attempt.submitted_at.is_(None)
    )
    return db.session.scalars(attempt).one()


def test_from_the_first_day_to_clearance(windows: Windows, site: Site, persons: People) -> None:
    hr_no, trainer_no = persons.add("hr").staff_no, persons.add("trainer").staff_no
    boss_no = persons.add("supervisor", team="一组").staff_no
    hr = windows.sign_in(hr_no)
    link = add_through_form(hr)
    assert fits(hr)

    # day 1: welcomed by name, one lesson through its check question, day 2 locked and why
    hire = windows.open()
    activate(hire, link)
    expect(hire.locator("h1")).to_contain_text("林小满")
    assert fits(hire)
    person_id = db.session.scalars(select(Person.id).where(Person.staff_no == "00042")).one()
    enrolment = enrolment_of(person_id)
    enrolment_id, steps = enrolment.id, steps_of(enrolment)
    first, day_two = (
        steps[0],
        next(
            m for m in outline(db.session(), enrolment.version_id).modules if m.opens_on_day == 2
        ).steps[0],
    )
    check = _check_of(first.id)
    db.session.remove()
    hire.goto(f"/learn/{enrolment_id}/{first.id}")
    do_lesson(hire, wrong=1 if check != 1 else 2, right=check)
    assert fits(hire)
    hire.goto(f"/learn/{enrolment_id}/{day_two.id}")
    expect(hire.locator("main")).to_contain_text("still locked")
    assert hire.locator("[name=answer]").count() == 0

    # the days between, done; then day 5
    final_drill = next(s for s in steps if s.key == "final-drill")
    exam = next(s for s in steps if s.key == "theory-exam")
    for step in steps:
        if step.id not in (final_drill.id, exam.id):
            set_step_state(
                db.session(), enrolment_id, step.id, StepState.COMPLETED, now=site.clock.now()
            )
    db.session.commit()
    db.session.remove()
    site.clock.advance(days=4)

    # the final drill: the hire answers, a trainer scores on the rubric
    hire.goto(f"/learn/{enrolment_id}/{final_drill.id}")
    hire.get_by_role("button", name="Begin").click()
    hire.fill("[name=text]", "我先为您登记，非常抱歉给您带来了麻烦。")
    hire.get_by_role("button", name="Send").click()
    expect(hire.locator("#room-log")).to_contain_text("我先为您登记")
    hire.reload()
    expect(hire.locator("#room-log")).to_contain_text("我先为您登记")
    site.clock.advance(minutes=2)
    hire.get_by_role("button", name="Hand in").click()
    hire.locator("dialog[open] button.btn-primary, dialog[open] [value=ok]").first.click()
    hire.wait_for_url(re.compile("/result$"))

    trainer = windows.sign_in(trainer_no)
    trainer.goto("/scoring")
    trainer.locator("main .card-next a.btn-primary").first.click()
    for fieldset in each(trainer, "fieldset.crit[data-weight]"):
        fieldset.locator("input[type=radio][value='4']").check()
    trainer.get_by_role("button", name="Submit the scoring").click()
    expect(trainer.locator("main")).to_contain_text("Scored")
    assert fits(trainer)
    db.session.remove()
    assert db.session.scalars(select(DrillRun.passed).where(DrillRun.person_id == person_id)).one()

    # the exam: failed once, reloaded in the middle, passed in the resit
    db.session.remove()
    hire.goto(f"/learn/{enrolment_id}/{exam.id}")
    hire.get_by_role("button", name="Start the exam").click()
    hire.wait_for_url(re.compile(r"/exams/attempts/\d+"))
    attempt_id = open_attempt(person_id)
    answer_questions(hire, attempt_id, how_many_right=5)
    hire.reload()
    assert hire.locator("input[name^=a]:checked").count() >= 1
    assert fits(hire)
    hand_in_exam(hire, attempt_id)
    expect(hire.locator("main")).to_contain_text("25")
    hire.goto(f"/learn/{enrolment_id}/{exam.id}")
    hire.get_by_role("button", name="Sit the resit").click()
    hire.wait_for_url(re.compile(r"/exams/attempts/\d+"))
    attempt_id = open_attempt(person_id)
    answer_questions(hire, attempt_id, how_many_right=20)
    hand_in_exam(hire, attempt_id)
    expect(hire.locator("main")).to_contain_text("100")

    # cleared, certified, and the supervisor knows
    hire.goto("/")
    expect(hire.locator("main")).to_contain_text(re.compile("cleared for duty", re.I))
    hire.goto("/certificates")
    hire.locator("main a[href*='/certificates/']").first.click()
    expect(hire.locator("main")).to_contain_text("林小满")
    assert fits(hire)
    boss = windows.sign_in(boss_no)
    boss.goto("/notifications")
    expect(boss.locator("main")).to_contain_text("林小满")


def _check_of(step_id: int) -> int:
    from lms.courses.models import Step

    return int(db.session.get_one(Step, step_id).config["check"]["answer"])


def test_a_double_click_adds_one_person_and_sends_one_form(
    windows: Windows, persons: People
) -> None:
    hr = windows.sign_in(persons.add("hr").staff_no)
    hr.goto("/people/new")
    hr.fill("[name=staff_no]", "00043")
    hr.fill("[name=name]", "赵双")
    hr.fill("[name=hired_on]", (persons.now + timedelta(days=1)).date().isoformat())
    hr.locator("main button[type=submit]").dblclick()
    hr.wait_for_url(re.compile(r"/people/\d+"))
    db.session.remove()
    assert len(db.session.scalars(select(Person).where(Person.staff_no == "00043")).all()) == 1


def test_an_expired_session_keeps_what_was_typed(windows: Windows, persons: People) -> None:
    person = persons.add("hr")
    person_id, staff_no = person.id, person.staff_no
    hr = windows.sign_in(staff_no)
    hr.goto("/people/new")
    hr.fill("[name=staff_no]", "00044")
    hr.fill("[name=name]", "钱留")
    account = db.session.get_one(Account, person_id)
    account.session_version += 1
    db.session.commit()
    db.session.remove()
    hr.click("main button[type=submit]")
    hr.fill("[name=staff_no]:visible", staff_no)
    hr.fill("[name=password]:visible", PASSWORD)
    hr.locator("form:has([name=password]:visible) button[type=submit]").first.click()
    expect(hr.locator("main")).to_contain_text("钱留")
