"""The plan on screen, its copies, its results, and what agents see of it."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month, SettableClock
from lms.courses.models import Enrolment, Programme, StepProgress
from lms.courses.outline import outline
from lms.courses.services import enrol
from lms.courses.sessions.by_month import SessionFigures
from lms.courses.sessions.models import Attendance, Booking, TrainingSession
from lms.db import Localized, db
from lms.people.models import Level, Person
from lms.plugins.planning import services
from lms.plugins.planning.board import year_of_plan
from lms.plugins.planning.figures import outcomes
from lms.plugins.planning.models import PlanEntry
from lms.plugins.testing import check_plugin
from tests.conftest import NOW, Auth, People
from tests.counting import statements
from tests.courses.conftest import Documents, lesson

NOVEMBER = Month.parse("2026-11")


def programme(folder: Path, clock: SettableClock) -> int:
    documents = Documents(folder / "programmes", clock)
    documents.programme("peak", [[lesson("one")]], kind="topic", grants_clearance=False)
    documents.load()
    return db.session.scalars(select(Programme.id).where(Programme.key == "peak")).one()


def entry(title: str, month: str = "2026-11", **fields: object) -> PlanEntry:
    made = services.add(
        db.session(), f"test:{title}:{month}",
        services.Fields(Month.parse(month), "topic", "business", Localized(title, title), **fields),
        actor=OPERATOR, now=datetime.fromisoformat("2026-11-02T02:00+00:00"),
    )  # fmt: skip
    db.session.commit()
    return made


@pytest.fixture
def trainer(persons: People, auth: Auth) -> FlaskClient:
    return auth.login(persons.add("trainer", level=Level.MANAGER, name="Tess"))


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    db.session.rollback()
    return re.sub(r"\s+", " ", answer.text)


def post(client: FlaskClient, path: str, **fields: object) -> tuple[int, str]:
    answer = client.post(path, data=fields)
    db.session.rollback()
    return answer.status_code, answer.location or answer.text


FORM = {
    "key": "abc", "month": "2026-11", "title_zh": "大促物流", "title_en": "Peak parcels",
    "kind": "topic", "category": "business", "programme_id": "0", "responsible_id": "0",
    "guests": "李老师，物流部", "planned": "180", "status": "planned", "attended": "",
    "remarks": "",
}  # fmt: skip


def test_conforms(both_apps: Flask) -> None:
    assert check_plugin(both_apps, "planning") == []


def test_an_entry_is_planned_changed_and_seen(persons: People, trainer: FlaskClient) -> None:
    assert "Nothing is planned for 2026" in text_of(trainer, "/plan")
    assert post(trainer, "/plan/new", **FORM) == (303, "/plan?year=2026#m2026-11")
    post(trainer, "/plan/new", **FORM)  # the button pressed twice
    [made] = db.session.scalars(select(PlanEntry)).all()
    page = text_of(trainer, "/plan")
    assert "Peak parcels" in page and "Topic course · Business knowledge" in page
    assert "with 李老师，物流部" in page and "0 of 1 done" in page
    assert re.search(r'id="m2026-11" class="is-now"', page)
    changed = {**FORM, "status": "done", "attended": "171"}
    assert post(trainer, f"/plan/{made.id}", **changed)[0] == 303
    assert "1 of 1 done" in text_of(trainer, "/plan")
    entries = select(AuditEntry).where(AuditEntry.action == "planning.change")
    [audited] = db.session.scalars(entries).all()
    assert audited.details["changed"] == {"status": ["planned", "done"], "attended": [None, 171]}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("month", "November", "Write the month as 2026-03."),
        ("month", "0026-01", "Write the month as 2026-03."),
        ("planned", "-1", "This must be between 0 and 100,000."),
        ("kind", "party", "Not a valid choice."),
        ("programme_id", "99", "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    trainer: FlaskClient, field: str, value: str, said: str
) -> None:
    status, page = post(trainer, "/plan/new", **{**FORM, field: value})
    assert status == 200 and said in page and "李老师，物流部" in page
    nothing = post(trainer, "/plan/new", **{**FORM, "title_zh": "", "title_en": " "})[1]
    assert "one language at least" in nothing
    assert db.session.scalars(select(PlanEntry)).all() == []


def test_copies_are_plans_made_once(trainer: FlaskClient, persons: People) -> None:
    done = entry("one", status="done", attended=20, planned=30, remarks="went well").id
    entry("two")
    entry("off", status="cancelled")
    status, where = post(trainer, f"/plan/{done}/copy", to="2027-11")
    assert status == 303
    assert post(trainer, f"/plan/{done}/copy", to="2027-11") == (303, where)
    copied = db.session.scalars(select(PlanEntry).order_by(PlanEntry.id.desc())).first()
    assert copied is not None
    assert (copied.month, copied.status, copied.planned) == (Month.parse("2027-11"), "planned", 30)
    assert (copied.attended, copied.remarks) == (None, "")
    assert post(trainer, "/plan/months/2026-11/copy", to="2026-12")[0] == 303
    assert post(trainer, "/plan/months/2026-10/copy", to="2026-12")[0] == 303  # says there is none
    assert post(trainer, "/plan/months/2026-11/copy", to="never")[0] == 303
    december = services.of_months(db.session(), Month.parse("2026-12"), Month.parse("2026-12"))
    assert [e.title.en for e in december] == ["one", "two"]


def test_a_year_begins_from_the_last_or_from_the_starter_set(trainer: FlaskClient) -> None:
    assert "starter plan" in text_of(trainer, "/plan?year=2026")
    for _ in range(2):
        assert post(trainer, "/plan/years/2026/start")[0] == 303
    assert db.session.scalar(select(func.count(PlanEntry.id))) == 12
    assert "Copy the plan of 2026" in text_of(trainer, "/plan?year=2027")
    for _ in range(2):
        assert post(trainer, "/plan/years/2027/start", earlier="1")[0] == 303
    assert db.session.scalar(select(func.count(PlanEntry.id))) == 24
    found = year_of_plan(db.session(), 2027, NOVEMBER, NOW)
    assert [len(month.rows) for month in found.months] == [1] * 12


def test_what_came_of_it(
    both_apps: Flask, persons: People, tmp_path: Path, clock: SettableClock
) -> None:
    peak = programme(tmp_path, clock)
    scores = (9000, 8000, None, None)
    for number, score in enumerate(scores):
        begun = enrol(
            db.session(), persons.add().id, peak, starts_on=date(2026, 11, 2 + number),
            actor=OPERATOR, now=clock.now(),
        )  # fmt: skip
        if score:
            begun.status, begun.ended_at = "completed", clock.now()
        if number != 3:
            step = outline(db.session(), begun.version_id).steps[0].id
            db.session.add(
                StepProgress(
                    enrolment_id=begun.id, step_id=step, state="completed" if score else "started",
                    score=score, data={}, started_at=clock.now(),
                )
            )  # fmt: skip
    later = enrol(
        db.session(), persons.add().id, peak, starts_on=date(2026, 12, 1), actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    gone = enrol(
        db.session(), persons.add().id, peak, starts_on=date(2026, 11, 30), actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    gone.status = "cancelled"
    db.session.commit()
    found = outcomes(db.session(), [peak], Month.parse("2026-01"), Month.parse("2026-12"))
    november, december = found[peak, NOVEMBER], found[peak, Month.of(later.starts_on)]
    assert (november.enrolled, november.took_part, november.completed) == (4, 3, 2)
    assert (november.mean, november.pass_rate) == (8500, 50)
    assert (december.enrolled, december.took_part, december.mean) == (1, 0, None)
    entry("peak", programme_id=peak)
    row = year_of_plan(db.session(), 2026, NOVEMBER, NOW).rows[0]
    assert row.attended == 3
    assert (row.planned, row.sessions) == (4, None)
    people = [persons.add() for _ in range(4)]
    held(peak, people[:3], "2026-11-10T02:00+00:00", clock, absent=people[:1])
    held(peak, people, "2026-11-30T15:30+00:00", clock)  # 23:30 here: still November
    held(peak, people, "2026-11-30T16:30+00:00", clock)
    row = year_of_plan(db.session(), 2026, NOVEMBER, NOW).rows[0]
    assert row.sessions == SessionFigures(2, 0, 0, 0, 0) and row.attended == 3
    clock.at = datetime.fromisoformat("2026-12-05T02:00+00:00")
    row = year_of_plan(db.session(), 2026, NOVEMBER, clock.at).rows[0]
    assert row.sessions == SessionFigures(2, 2, 7, 3, 2) and row.attended == 2
    assert row.sessions.rate == 29
    row.entry.attended = 50
    assert row.attended == 50


def held(
    programme_id: int, booked: Sequence[Person], at: str, clock: SettableClock,
    absent: Sequence[Person] | None = None,
) -> None:  # fmt: skip
    """A session of an hour; with `absent`, the attendance of everybody is known."""
    starts = datetime.fromisoformat(at)
    planned = TrainingSession(
        title=Localized("班"), programme_id=programme_id, step_key="s", starts_at=starts,
        ends_at=starts + timedelta(hours=1), guests=[], created_at=clock.now(),
        changed_at=clock.now(),
    )  # fmt: skip
    db.session.add(planned)
    db.session.flush()
    for person in booked:
        place = Booking(
            session_id=planned.id, person_id=person.id, state="booked", booked_at=clock.now(),
            changed_at=clock.now(),
        )  # fmt: skip
        db.session.add(place)
        db.session.flush()
        if absent is not None:
            state = "absent" if person in absent else "present"
            db.session.add(
                Attendance(
                    booking_id=place.id,
                    person_id=person.id,
                    state=state,
                    minutes=60,
                    via="list",
                    recorded_at=clock.now(),
                )
            )
    db.session.commit()


def test_exported_in_the_reader_s_language_and_harmless(
    persons: People, auth: Auth, trainer: FlaskClient
) -> None:
    entry("=1+1", planned=30, guests="+8613800000000")
    answer = trainer.get("/plan?year=2026&format=csv")
    text = answer.data.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Month,Kind,Category,Title,Status")
    assert "2026-11,Topic course,Business knowledge,'=1+1,Planned,,'+8613800000000,30" in text
    chinese = auth.login(persons.add("hr", level=Level.MANAGER), locale="zh")
    book = load_workbook(io.BytesIO(chinese.get("/plan?year=2026&format=xlsx").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:4] == ("月份", "类型", "类别", "标题") and rows[1][3] == "=1+1"
    assert book.active["D2"].data_type == "s"


def test_readers_read_and_agents_see_their_month(
    persons: People, auth: Auth, trainer: FlaskClient, tmp_path: Path, clock: SettableClock
) -> None:
    peak = programme(tmp_path, clock)
    made = entry("Peak parcels", programme_id=peak).id
    entry("Sharing hour")
    entry("cancelled hour", status="cancelled")
    entry("next month", "2026-12")
    boss = auth.login(persons.add("supervisor", level=Level.SUPERVISOR))
    assert "Plan a training" not in text_of(boss, "/plan")
    assert "Save" not in text_of(boss, f"/plan/{made}")
    assert post(boss, f"/plan/{made}", **FORM)[0] == 403
    assert post(boss, f"/plan/{made}/copy", to="2027-01")[0] == 403
    person: Person = persons.add()
    agent = auth.login(person)
    assert agent.get("/plan").status_code == 403
    db.session.rollback()
    given = enrol(
        db.session(), person.id, peak, starts_on=date(2026, 11, 2), actor=OPERATOR, now=clock.now()
    )
    db.session.commit()
    number = given.id
    page = text_of(agent, "/more")
    assert f'<a href="/courses/{number}">Peak parcels</a>' in page and "Sharing hour" in page
    assert "next month" not in page and "cancelled hour" not in page
    assert db.session.get_one(Enrolment, number).status == "active"
    for path in ("/plan", f"/plan/{made}", "/plan/new"):
        text_of(trainer, path)
        with statements() as seen:
            text_of(trainer, path)
        assert len(seen) <= 6, path
    clock.at += timedelta(days=40)
    assert "next month" in text_of(agent, "/more")
