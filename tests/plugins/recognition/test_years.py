"""Best of the year: who it is, when it can be named, its certificate, and taking it back."""

import pytest
from sqlalchemy import select

from lms.audit import Actor, AuditEntry
from lms.clock import Month
from lms.db import db
from lms.errors import Conflict, DomainError
from lms.people.models import Notification
from lms.plugins.certificates.models import Certificate
from lms.plugins.recognition import years
from lms.plugins.recognition.models import Award
from tests.conftest import NOW, Auth, Facts
from tests.plugins.recognition.conftest import Stars


def closed(facts: Facts, people: list[int], numbers: range = range(12)) -> None:
    """The second is best by a hundredth; the third was ranked five times, and better."""
    for number in numbers:
        scores: dict[int, int | None] = {
            people[0]: 9000,
            people[1]: 9001 if number else 9000,
            people[2]: 9999 if number < 5 else None,
            people[3]: 8000,
        }
        facts.close(Month(2026 * 12 + number), scores)
    db.session.commit()


def test_the_best_is_named_once_with_a_certificate(stars: Stars) -> None:
    ids, hr = [person.id for person in stars.people], Actor(stars.hr.id)
    closed(stars.facts, ids, range(11))
    with pytest.raises(DomainError, match="once all its months"):
        years.name_best(db.session(), 2026, actor=hr, now=NOW)
    closed(stars.facts, ids, range(11, 12))
    found = years.standings(db.session(), 2026)
    # 9000 + 11/12 is half up 9001; the one ranked five times is not in it.
    assert [(row.person_id, row.score, row.months) for row in found] == [
        (ids[1], 9001, 12), (ids[0], 9000, 12), (ids[3], 8000, 12)
    ]  # fmt: skip
    [made] = years.name_best(db.session(), 2026, actor=hr, now=NOW)
    assert (made.person_id, made.score, made.months) == (ids[1], 9001, 12)
    assert years.name_best(db.session(), 2026, actor=hr, now=NOW) == []
    [certificate] = db.session.scalars(select(Certificate)).all()
    assert certificate.person_id == ids[1] and certificate.enrolment_id is None
    assert certificate.title.en == "Best of the year 2026" and certificate.expires_on is None
    years.withdraw(db.session(), made.id, "figures corrected", actor=hr, now=NOW)
    assert certificate.revoked_at == NOW and "figures corrected" in certificate.revoked_reason
    with pytest.raises(Conflict):
        years.withdraw(db.session(), made.id, "again", actor=hr, now=NOW)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    wanted = ("recognition.award", "recognition.withdraw_award", "certificates.revoke")
    assert set(wanted) <= set(actions)
    told = select(Notification.kind).where(Notification.person_id == ids[1])
    assert db.session.scalars(told.order_by(Notification.id)).all() == [
        "recognition.award", "certificate", "recognition.award", "certificate.revoked",
    ]  # fmt: skip


def test_a_correction_asks_for_the_award_back_first(stars: Stars) -> None:
    ids, hr = [person.id for person in stars.people], Actor(stars.hr.id)
    closed(stars.facts, ids)
    years.name_best(db.session(), 2026, actor=hr, now=NOW)
    stars.facts.close(Month(2026 * 12), {ids[0]: 9999, ids[1]: 9000}, revision=2)
    with pytest.raises(Conflict, match="Withdraw"):
        years.name_best(db.session(), 2026, actor=hr, now=NOW)
    [award] = years.held_of(db.session(), 2026)
    years.withdraw(db.session(), award.id, "corrected", actor=hr, now=NOW)
    [again] = years.name_best(db.session(), 2026, actor=hr, now=NOW)
    assert again.person_id == ids[0]
    assert db.session.scalars(select(Award.person_id).order_by(Award.id)).all() == [ids[1], ids[0]]


def test_the_page_is_hrs(lite_stars: Stars, auth: Auth) -> None:
    stars = lite_stars
    closed(stars.facts, [person.id for person in stars.people])
    agent, client = auth.login(stars.people[0]), auth.login(stars.hr)
    assert agent.get("/recognition/years/2026").status_code == 403
    assert "90.01" in client.get("/recognition/years/2026").text
    db.session.rollback()
    assert client.post("/recognition/years/2026/name").status_code == 303
    page = agent.get("/recognition").text
    db.session.rollback()
    assert "Best of the year" in page and stars.people[1].name in page and "90.01" not in page
    [certificate] = db.session.scalars(select(Certificate)).all()
    sheet = auth.login(stars.people[1]).get(f"/certificates/{certificate.id}").text
    db.session.rollback()
    assert "荣誉证书" in sheet and "结业证书" not in sheet
