"""`lms person export` and `erase`: everything about one person, and the name taken off it."""

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.cli import run
from lms.clock import Month, now
from lms.db import Localized, db
from lms.people import notices
from lms.people.clearance import grant_clearance
from lms.people.models import Account, ClearanceSource, Notification, Person
from lms.people.organisation import organisation
from lms.people.privacy import erase_person
from lms.plugins.api import Actor
from lms.plugins.promotion.models import Nomination
from lms.results.kpi_apply import lock_months
from lms.results.models import KpiRow, MonthResult
from lms.uploads import services
from lms.uploads.models import Upload
from tests.conftest import Facts, People
from tests.locks import waiting_for_a_lock
from tests.uploads import samples


@pytest.fixture
def leaver(both_apps: Flask, persons: People, facts: Facts) -> Person:
    person = persons.add(name="陆远航", staff_no="0815")
    hr = persons.add("hr")
    facts.close(Month.parse("2026-03"), {person.id: 8000})
    grant_clearance(
        db.session(), person.id, source=ClearanceSource.OVERRIDE, from_day=date(2026, 1, 5),
        reason="陆远航 helped in the peak", actor=Actor(hr.id), now=now(),
    )  # fmt: skip
    notices.notify(db.session(), [person.id], "x", Localized("您好陆远航", "Hello"), "/", now())
    nomination = Nomination(
        person_id=person.id, target="senior_agent", year=2026, state="declined", evidence={},
        nominated_by=hr.id, nominated_at=now(), reason="远航 is steady",
        decision_reason="next year", decided_at=now(), decided_by=hr.id,
    )  # fmt: skip
    account = Account(person_id=person.id, session_version=1, password_hash="secret-hash")
    db.session.add_all([nomination, account])
    db.session.commit()
    return person


Lms = Callable[..., tuple[int, str]]


@pytest.fixture
def lms(both_apps: Flask, leaver: Person, capsys: pytest.CaptureFixture[str]) -> Lms:
    """The command's exit code, and what it says."""

    def call(*arguments: str) -> tuple[int, str]:
        db.session.commit()
        code = run(both_apps, ["person", *arguments])
        db.session.expire_all()
        said = capsys.readouterr()
        return code, said.out if code == 0 else said.err

    return call


def test_an_export_has_every_table_and_no_key_to_the_account(lms: Lms, leaver: Person) -> None:
    code, output = lms("export", "0815")
    assert code == 0 and "secret-hash" not in output
    found = json.loads(output)
    assert found["core"]["person"][0]["name"] == "陆远航"
    assert found["core"]["month_result"][0]["score"] == 8000
    assert found["core"]["clearance"][0]["reason"] == "陆远航 helped in the peak"
    assert found["promotion"]["nominations"][0]["reason"] == "远航 is steady"
    assert db.session.scalar(select(AuditEntry).where(AuditEntry.action == "person.export"))


def test_only_somebody_who_has_left_can_be_erased(lms: Lms, leaver: Person) -> None:
    code, output = lms("erase", "0815", "--reason", "asked for it")
    assert code == 1 and "has left" in output
    assert leaver.name == "陆远航"


def test_an_erased_person_has_no_name_but_the_results_stay(lms: Lms, leaver: Person) -> None:
    person_id, leaver.left_on = leaver.id, date(2026, 10, 1)
    db.session.commit()
    code, _ = lms("erase", "0815", "--reason", "asked for it")
    assert code == 0
    db.session.expire_all()
    _, left = lms("export", f"erased-{person_id}")
    assert "陆远航" not in left and "远航" not in left and "0815" not in left
    assert db.session.scalars(select(MonthResult.score)).all() == [8000]
    assert db.session.get(Account, person_id) is None
    assert db.session.scalars(select(Notification)).all() == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "person.erase")).one()
    assert entry.reason == "asked for it" and entry.details["plugins"]["promotion"] == 1
    assert lms("export", "0815")[0] == 1


def test_an_erasure_waits_for_month_work_before_it_touches_anything(
    postgres_app: Flask, persons: People
) -> None:
    """Whoever held the person's row while waiting would stop the import that refers to it."""
    person = persons.add()
    person.left_on = date(2026, 10, 1)
    organisation(db.session())
    db.session.commit()

    def erase() -> None:
        with postgres_app.app_context():
            gone = db.session.get_one(Person, person_id)
            erase_person(db.session(), gone, reason="asked", actor=OPERATOR, now=now())
            db.session.commit()

    person_id = person.id
    lock_months(db.session())
    with ThreadPoolExecutor(1) as pool:
        erasing = pool.submit(erase)
        assert waiting_for_a_lock(1)
        db.session.add(KpiRow(month=Month.parse("2026-09"), person_id=person_id))
        db.session.commit()
        erasing.result(20)
    db.session.expire_all()
    assert db.session.get_one(Person, person_id).name == "–"
    assert db.session.scalars(select(KpiRow.person_id)).all() == [person_id]


def test_what_they_uploaded_is_copied_out_and_then_gone(
    lms: Lms, leaver: Person, tmp_path: Path
) -> None:
    upload = services.keep(
        db.session(), io.BytesIO(samples.PDF), "证明.pdf",
        families=tuple(services.Family), owner_id=leaver.id, now=now(),
    )  # fmt: skip
    number, leaver.left_on = upload.id, date(2026, 10, 1)
    code, output = lms("export", "0815", "--files", str(tmp_path / "out"))
    assert code == 0 and json.loads(output)["core"]["upload"][0]["name"] == "证明.pdf"
    assert (tmp_path / "out" / f"{number}-证明.pdf").read_bytes() == samples.PDF
    assert lms("export", "0815", "--files", str(tmp_path / "out"))[0] == 1
    assert lms("erase", "0815", "--reason", "asked for it")[0] == 0
    assert db.session.scalars(select(Upload)).all() == []
