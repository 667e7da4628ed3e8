"""A year's verdicts, frozen: they stay as they were, and compute again to the same bytes."""

import csv
import io

import pytest
from flask import Flask, current_app
from pypdf import PdfReader
from sqlalchemy import select, update

from lms import policies
from lms.audit import OPERATOR, AuditEntry
from lms.cli import build
from lms.clock import Month
from lms.db import db
from lms.errors import DomainError
from lms.people.models import Level
from lms.plugins.promotion import archive
from lms.plugins.promotion.models import Archive, ArchivedVerdict
from lms.plugins.promotion.policy import FIRST, SENIOR_AGENT

WHY = "The year is over."


@pytest.fixture
def team(both_apps: Flask, persons, year):
    found = [persons.add() for _ in range(5)]
    for month in ("2026-01", "2026-02", "2026-03"):
        year.good(month, [p.id for p in found], found[0].id)
    return found


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def freeze(clock):
    made = archive.freeze(db.session(), 2026, FIRST, reason=WHY, actor=OPERATOR, now=clock.now())
    db.session.commit()
    return made


def test_what_comes_later_changes_nothing(team, persons, year, clock) -> None:
    made = freeze(clock)
    assert made.counts == {"eligible": 1, "not_yet": 4} and len(made.closes) == 3
    assert archive.prove(db.session(), made).holds
    # A correction, a new policy, a promotion and a leaver.
    year.facts.close(Month.parse("2026-02"), {team[0].id: 9000}, revision=2)
    policies.save(
        db.session(), SENIOR_AGENT, {"months": 1, "tenure": 99}, base_number=0, reason="test",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    team[0].level = Level.SENIOR_AGENT
    team[1].left_on = clock.now().date()
    db.session.commit()
    assert archive.prove(db.session(), made).holds
    second = freeze(clock)
    assert second.number == 2 and second.sha256 != made.sha256
    assert [row.person_id for row in archive.eligible(db.session(), made)] == [team[0].id]


def test_a_changed_row_is_found(team, clock) -> None:
    made = freeze(clock)
    forged = update(ArchivedVerdict).where(ArchivedVerdict.person_id == team[1].id)
    db.session.execute(forged.values(verdict="eligible"))
    db.session.commit()
    proof = archive.prove(db.session(), made)
    assert not proof.holds and proof.different == [team[1].id]


def test_nothing_is_frozen_before_a_month_is_closed(app: Flask, persons, clock) -> None:
    persons.add()
    with pytest.raises(DomainError, match="No month of 2026"):
        freeze(clock)


def test_in_the_browser_and_at_the_command_line(app: Flask, persons, year, auth, capsys) -> None:
    found = [persons.add() for _ in range(5)]
    year.good("2026-01", [p.id for p in found], found[0].id)
    hr, mine = auth.login(persons.add("hr", level=Level.MANAGER)), auth.login(found[0])
    assert "Nothing is frozen yet" in hr.get("/promotion/archive").text
    sent = {"year": "2026", "track": FIRST.key, "reason": "short"}
    refused = hr.post("/promotion/archive", data=sent)
    assert refused.status_code == 400 and ">\r\nshort</textarea>" in refused.text
    assert "Write the reason in at least 10" in refused.text
    done = hr.post("/promotion/archive", data=sent | {"reason": WHY}, follow_redirects=True)
    assert "are frozen" in done.text
    made = db.session.scalars(select(Archive)).one()
    db.session.rollback()
    url = f"/promotion/archive/{made.id}"
    assert "the same to the byte" in hr.get(f"{url}?prove=1").text
    rows = list(csv.DictReader(io.StringIO(hr.get(f"{url}?format=csv").text)))
    assert len(rows) == 6 and rows[0]["verdict"] == "not_yet"
    assert mine.get(url).status_code == 403
    db.session.rollback()
    build(current_app._get_current_object()).main(
        ["promotion", "verify", "--year", "2026"], standalone_mode=False
    )
    assert "6 verdicts, sha256" in capsys.readouterr().out


def test_the_dossier_on_paper(app: Flask, persons, year, auth) -> None:
    found = [persons.add(name="王小明") for _ in range(5)]
    for month in ("2026-01", "2026-02", "2026-03"):
        year.good(month, [p.id for p in found], found[0].id)
    hr = persons.add("hr", level=Level.MANAGER, name="李思源")
    client, mine = auth.login(hr), auth.login(found[0], locale="zh_Hans")
    client.post(f"/promotion/{found[0].id}/nominate?year=2026", data={"reason": WHY})
    sheet = client.get(f"/promotion/{found[0].id}/dossier.pdf?year=2026")
    assert sheet.mimetype == "application/pdf" and len(sheet.data) < 200_000
    text = text_of(sheet.data)
    for part in ("王小明", "Eligible", "2026-01", "1 of 5 (limit 1)", "李思源", WHY, "1/1"):
        assert part in text
    own = text_of(mine.get(f"/promotion/{found[0].id}/dossier.pdf?year=2026").data)
    assert "晋级" in own and "李思源" not in own and WHY not in own
    assert mine.get(f"/promotion/{found[1].id}/dossier.pdf").status_code == 403
    # HR's copy of somebody else's dossier is on record, one's own is not.
    taken = select(AuditEntry.actor_id, AuditEntry.subject_id).where(
        AuditEntry.action == "export.take"
    )
    assert db.session.execute(taken).all() == [(hr.id, found[0].id)]
