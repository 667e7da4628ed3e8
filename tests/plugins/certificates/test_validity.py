"""How a certificate ends: by date, by another one, by revocation; and who is told."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import SettableClock
from lms.db import db
from lms.errors import DomainError
from lms.people.models import Notification
from lms.plugins.certificates import issuing, terms
from lms.plugins.certificates.models import Certificate
from lms.plugins.certificates.reminders import remind
from lms.plugins.certificates.states import State, in_state, state_of
from tests.conftest import NOW, Auth, People
from tests.plugins.certificates.conftest import Completions, make_programme, set_policy

TODAY = date(2026, 11, 2)
REASON = "issued by mistake, see ticket 7"


def test_the_kind_says_how_long_and_a_course_for_itself(
    app: Flask, persons: People, complete: Completions
) -> None:
    set_policy(app, NOW, topic_months=24, track_grants=False)
    person = persons.add()
    certificate = complete(person, "a")
    assert certificate is not None
    assert certificate.expires_on == date(2028, 11, 2)
    assert complete(person, "b", kind="track") is None
    privacy = make_programme("privacy")
    change = {"actor": OPERATOR, "now": NOW}
    terms.change(db.session(), privacy.id, own="yes", months=12, **change)
    certificate = complete(person, "privacy")
    assert certificate is not None
    assert certificate.expires_on == date(2027, 11, 2)
    terms.change(db.session(), privacy.id, own="no", months=0, **change)
    assert complete(person, "privacy") is None
    terms.change(db.session(), privacy.id, own="kind", months=0, **change)
    assert terms.of(db.session(), privacy.id) == terms.Terms(True, 24)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "certificates.terms")
    ).all()
    assert [entry.details["new"] for entry in entries] == [["yes", 12], ["no", 0], ["kind", 24]]


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
    ],
)
def test_months_end_where_the_month_does(day: date, months: int, end: date) -> None:
    assert issuing.after_months(day, months) == end


def test_states_are_the_same_in_python_and_sql(
    both_apps: Flask, persons: People, complete: Completions
) -> None:
    person = persons.add()
    ends = {
        "a": None, "b": date(2026, 12, 3), "c": date(2026, 12, 2), "d": TODAY,
        "e": date(2026, 11, 1),
    }  # fmt: skip
    for key, end in ends.items():
        certificate = complete(person, key)
        assert certificate is not None
        certificate.expires_on = end
    complete(person, "f")
    complete(person, "f")
    revoked = complete(person, "g")
    assert revoked is not None
    revoke = {"reason": REASON, "actor": OPERATOR, "now": NOW}
    issuing.revoke(db.session(), revoked.id, **revoke)
    db.session.commit()
    every = db.session.scalars(select(Certificate).order_by(Certificate.id)).all()
    states = [state_of(one, TODAY) for one in every]
    assert states == [
        "valid", "valid", "expiring", "expiring", "expired", "superseded", "valid", "revoked",
    ]  # fmt: skip
    for state in State:
        stored = select(Certificate).where(in_state(state, TODAY)).order_by(Certificate.id)
        found = db.session.scalars(stored).all()
        wanted = {state} | ({State.EXPIRING} if state == State.VALID else set())
        assert [one for one in every if state_of(one, TODAY) in wanted] == list(found)


def test_completing_the_course_again_renews(
    both_apps: Flask, persons: People, complete: Completions, clock: SettableClock
) -> None:
    set_policy(both_apps, NOW, topic_months=12)
    person, colleague = persons.add(), persons.add()
    old, other_course = complete(person), complete(person, "other")
    of_another = complete(colleague)
    clock.advance(days=400)
    new = complete(person)
    assert old and new and other_course and of_another
    assert (old.superseded_by_id, old.superseded_at) == (new.id, clock.now())
    assert new.expires_on == date(2028, 12, 7)
    assert other_course.superseded_at is None
    assert of_another.superseded_at is None


def test_revoking_is_audited_and_told(
    app: Flask, auth: Auth, persons: People, complete: Completions
) -> None:
    person, boss, hr = persons.add(), persons.add("supervisor"), persons.add("hr")
    certificate = complete(person)
    assert certificate is not None
    where = f"/certificates/{certificate.id}"
    client = auth.login(hr)
    short = client.post(f"{where}/revoke", data={"reason": "no"})
    assert "at least 10 characters" in short.text
    assert "no</textarea>" in short.text
    db.session.rollback()
    for _twice in range(2):
        client.post(f"{where}/revoke", data={"reason": REASON})
    db.session.rollback()
    assert certificate.revoked_reason == REASON
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "certificates.revoke")
    ).all()
    assert [(entry.actor_id, entry.reason) for entry in entries] == [(hr.id, REASON)]
    told = db.session.scalars(
        select(Notification.person_id).where(Notification.kind == "certificate.revoked")
    ).all()
    assert sorted(told) == sorted([person.id, boss.id])
    page = auth.login(person).get(where).text
    assert REASON in page
    assert f"{where}.pdf" not in page
    assert auth.login(person).get(f"{where}.pdf").status_code == 409


@pytest.mark.parametrize("role", ["employee", "training_manager", "supervisor", "admin"])
def test_hr_alone_revokes_and_reissues(
    app: Flask, auth: Auth, persons: People, complete: Completions, role: str
) -> None:
    certificate = complete(persons.add())
    assert certificate is not None
    client = auth.login(persons.add(role))
    for act in ("revoke", "reissue"):
        answer = client.post(f"/certificates/{certificate.id}/{act}", data={"reason": REASON})
        assert answer.status_code == 403


def test_issued_anew_after_a_change_of_name(
    both_apps: Flask, persons: People, complete: Completions, clock: SettableClock
) -> None:
    set_policy(both_apps, NOW, topic_months=12)
    person = persons.add()
    old = complete(person)
    assert old is not None
    person.name = "王新名"
    clock.advance(days=30)
    asked = {"reason": "name changed by marriage", "actor": OPERATOR, "now": clock.now()}
    new = issuing.reissue(db.session(), old.id, **asked)
    db.session.commit()
    assert (new.holder, new.title, new.enrolment_id) == ("王新名", old.title, old.enrolment_id)
    assert new.number != old.number
    assert new.code != old.code
    assert new.expires_on == old.expires_on == date(2027, 11, 2)
    assert old.superseded_by_id == new.id
    assert issuing.issue(db.session(), old.enrolment_id, clock.now()).id == new.id
    with pytest.raises(DomainError, match="replaced"):
        issuing.reissue(db.session(), old.id, **asked)
    issuing.revoke(db.session(), new.id, **asked)
    again = issuing.reissue(db.session(), new.id, **asked)
    assert state_of(new, TODAY) == State.REVOKED
    assert state_of(again, TODAY) == State.VALID


def test_a_revoked_one_does_not_come_back_beside_another(
    app: Flask, persons: People, complete: Completions
) -> None:
    person = persons.add()
    first = complete(person)
    assert first is not None
    asked = {"reason": REASON, "actor": OPERATOR, "now": NOW}
    issuing.revoke(db.session(), first.id, **asked)
    complete(person)
    with pytest.raises(DomainError, match="another certificate"):
        issuing.reissue(db.session(), first.id, **asked)


def test_the_end_is_announced_twice_at_most(
    both_apps: Flask, persons: People, complete: Completions, clock: SettableClock
) -> None:
    set_policy(both_apps, NOW, topic_months=2)
    boss = persons.add("supervisor")
    complete(persons.add())
    complete(persons.add(), "revoked")
    gone = persons.add()
    complete(gone, "gone")
    gone.left_on = TODAY
    revoked = db.session.scalars(select(Certificate).where(Certificate.id == 2)).one()
    issuing.revoke(db.session(), revoked.id, reason=REASON, actor=OPERATOR, now=NOW)
    db.session.commit()

    def told() -> int:
        for _twice in range(2):
            remind(db.session(), {}, clock.now())
            db.session.commit()
        kind = Notification.kind == "certificate.expiring"
        every = db.session.scalars(select(Notification.person_id).where(kind)).all()
        assert every.count(boss.id) * 2 == len(every)
        return every.count(boss.id)

    counts = []
    for days in (30, 2, 20, 3, 3, 10):  # ends after 61 days
        clock.advance(days=days)
        counts.append(told())
    assert counts == [0, 1, 1, 2, 2, 2]
