"""The gate's answers and messages about a clearance that rests for an update."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from lms.clock import SettableClock
from lms.db import db
from lms.people.models import Clearance
from tests.conftest import People
from tests.counting import statements
from tests.courses.conftest import Documents
from tests.courses.deltas.conftest import Site
from tests.plugins.duty.conftest import Told
from tests.plugins.duty.test_api import ask
from tests.plugins.duty.test_webhooks import bodies, run_jobs
from tests.receivers import Receiver


def test_told_when_it_rests_and_when_it_holds_again(
    both_apps: Flask, tmp_path: Path, persons: People, clock: SettableClock, receiver: Receiver,
    listen: Callable[[str], Told], token: Callable[[], str],
) -> None:  # fmt: skip
    site = Site(Documents(tmp_path / "programmes", clock), clock)
    person, secret = site.cleared(persons.add()), token()
    number = person.staff_no

    def answer(query: str = "") -> tuple[bool, str | None, list[str]]:
        db.session.rollback()  # what a job left open
        found = ask(both_apps, number, secret, query)[1]
        return found["cleared"], found["reason"], found["channels"]

    every = ["online", "phone", "email"]
    site.publish()
    listen(receiver.url)
    run_jobs(clock, days=7)
    assert answer() == (True, None, every) and receiver.got == []
    clock.advance(days=1)
    # The day decides, before any job has run.
    assert answer("?channel=online") == (False, "delta_due", [])
    run_jobs(clock, minutes=2)
    run_jobs(clock, minutes=2)
    with statements() as seen:
        assert answer()[1] == "delta_due"
    assert len(seen) == 2
    # Another clearance, for the phone alone, holds meanwhile.
    db.session.add(
        Clearance(person_id=person.id, from_day=clock.now().date(), channels="phone",
                  source="override", granted_at=clock.now())
    )  # fmt: skip
    db.session.commit()
    assert answer() == (True, None, ["phone"])
    assert answer("?channel=email") == (False, "delta_due", ["phone"])
    site.do_delta(person)
    run_jobs(clock)
    assert answer("?channel=email") == (True, None, every)
    facts = [(b["event"], b["cleared"], b["reason"]) for b in bodies(receiver)]
    assert facts == [
        ("clearance.gated", False, "delta_due"),
        ("clearance.reopened", True, None),
    ]
