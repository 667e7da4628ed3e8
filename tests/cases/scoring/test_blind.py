"""Several raters: nobody sees another's scores before submitting, and two at once are two."""

import threading
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import Actor, AuditEntry
from lms.cases import scoring
from lms.cases.models import DrillRun, Rating, RunState
from lms.cases.scoring import LineNote, waiting
from lms.cases.scoring.reading import full_run, outcome
from lms.db import db
from lms.people.models import Notification
from tests.cases.scoring.kit import FAIR, GOOD, POOR, Desk, form
from tests.conftest import Auth

BLIND = replace(
    GOOD,
    comments={"facts": "BLIND-FACTS"},
    comment="BLIND-COMMENT",
    lines=[LineNote(2, "BLIND-LINE")],
)


@pytest.mark.parametrize("database", ["app", "postgres_app"])
def test_two_raters_submit_at_once(
    database: str, request: pytest.FixtureRequest, desk: Desk
) -> None:
    """One of each, and the second to come makes it final."""
    app: Flask = request.getfixturevalue(database)
    desk.need(2)
    run_id, raters = desk.run().id, desk.raters(2)
    db.session.remove()
    gate, failures = threading.Barrier(2), []

    def press(actor: Actor, marks: scoring.Marks) -> None:
        with app.app_context():
            gate.wait()
            try:
                scoring.rate(db.session(), run_id, marks, actor=actor, now=desk.clock.now())
                db.session.commit()
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=press, args=pair) for pair in zip(raters, (GOOD, FAIR), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run = db.session.get_one(DrillRun, run_id)
    assert failures == []
    assert (run.state, run.score) == (RunState.SCORED, 8250)
    assert db.session.scalar(select(func.count(Rating.id))) == 2


def test_a_drill_asks_for_three_and_the_widest_pair_counts(app: Flask, desk: Desk) -> None:
    run = desk.run()
    trainer, *raters = desk.raters(5)
    waiting.set_raters(db.session(), run.drill_id, 3, actor=trainer, now=desk.clock.now())
    desk.rated(run, (raters[0], GOOD), (raters[1], FAIR))
    assert run.state == RunState.SUBMITTED
    desk.rate(run, POOR, raters[2])
    assert run.state == RunState.ADJUDICATION
    desk.rate(run, FAIR, raters[3])
    how = outcome(full_run(db.session(), run.id))
    assert [r.rater_id for r in how.decisive] == [raters[3].person_id]
    assert (run.score, len(how.others), how.apart) == (7500, 3, 6000)


def test_nothing_of_another_rater_is_seen_before_ones_own(
    app: Flask, desk: Desk, auth: Auth
) -> None:
    desk.need(2)
    run, (first,) = desk.run(), desk.raters(1)
    second = auth.login(desk.persons.add("trainer", "admin"))
    third = auth.login(desk.persons.add("trainer"))
    desk.rate(run, BLIND, first)
    score, result = f"/scoring/{run.id}", f"/drills/runs/{run.id}/result"
    everywhere = (score, result, f"{score}/amend", "/scoring?show=scored", "/scoring", "/audit")
    for url in everywhere:
        page = second.get(url).text
        assert "BLIND-" not in page and "90.00" not in page, url
    for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.action == "drill.rate")):
        assert "score" not in entry.details and "levels" not in entry.details
    db.session.rollback()
    assert second.get(f"{score}/amend").status_code == 403
    assert second.post(score, data=form(POOR)).status_code == 303
    # Now the two differ: the one who decides sees both, without names, and nobody else does.
    decider = third.get(score).text
    assert "BLIND-FACTS" in decider and "No apology" in decider
    assert "BLIND-" not in second.get(result).text
    assert second.get(f"{score}/amend").location.endswith(result)
    for url in (score, f"{score}/amend"):
        refused = second.post(url, data=form(GOOD, reason="why"))
        assert refused.status_code == 409 and "BLIND-" not in refused.text
    learner = auth.login(run.person)
    assert "BLIND-" not in learner.get(result).text
    assert third.post(score, data=form(FAIR, comment="DECIDED")).status_code == 303
    page = learner.get(result).text
    assert "DECIDED" in page and "decided: the raters before were 60.00 points apart" in page
    assert "BLIND-COMMENT" in page
    assert "Rater 1</strong> BLIND-LINE" in decider and "</strong> BLIND-LINE" in page
    # Whose rating does not make the score cannot change it any more.
    assert f"{score}/amend" not in second.get(result).text
    assert second.get(f"{score}/amend").location.endswith(result)
    refused = second.post(f"{score}/amend", data=form(FAIR, reason="why"))
    assert refused.status_code == 400 and "Somebody else has decided" in refused.text
    assert third.get(f"{score}/amend").status_code == 200


def test_fewer_raters_settle_what_waits(both_apps: Flask, desk: Desk) -> None:
    """By the drill at once, by the policy with the next go of the job; no run twice."""
    desk.need(3)
    now, trainer, raters = desk.clock.now(), *desk.raters(1), desk.raters(2)
    given = list(zip(raters, (GOOD, FAIR), strict=True))
    one, other, single = desk.rated(desk.run(), *given), desk.rated(desk.run(), *given), desk.run()
    desk.rate(single, GOOD, raters[0])
    waiting.set_raters(db.session(), one.drill_id, 2, actor=trainer, now=now)
    assert (one.state, one.score, other.state) == (RunState.SCORED, 8250, RunState.SUBMITTED)
    desk.policy(scoring.SCORING, base=1, raters_needed=2)
    for _ in range(2):
        waiting.SETTLE.run(db.session(), {}, now)
        db.session.commit()
    assert (other.state, other.score, single.state) == ("scored", 8250, "submitted")
    told = select(func.count(Notification.id)).where(Notification.kind == "drill.scored")
    assert db.session.scalar(told) == 2
