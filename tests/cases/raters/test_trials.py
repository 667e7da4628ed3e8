"""Calibration rounds and gold runs: blind until it is over, once each, and what they decide."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import Actor
from lms.cases.models import DrillRun, RunState
from lms.cases.raters import trials
from lms.cases.raters.models import CalibrationRound, GoldRun, Trial
from lms.cases.raters.policy import GOLD
from lms.cases.raters.qualification import qualified
from lms.cases.scoring import Marks
from lms.db import db
from lms.errors import Conflict, DomainError, NotAllowed
from lms.people.models import Notification
from tests.cases import kit
from tests.cases.scoring.kit import FAIR, GOOD, POOR, Desk, form
from tests.conftest import Auth

LEAK = Marks(GOOD.levels, critical=["data-leak"], comment="Told a stranger")


def make_gold(desk: Desk, run: DrillRun, marks: Marks, actor: Actor) -> GoldRun:
    made = trials.make_gold(db.session(), run.id, marks, actor=actor, now=desk.clock.now())
    db.session.commit()
    return made


def try_gold(desk: Desk, gold: GoldRun, marks: Marks, actor: Actor) -> Trial:
    made = trials.score_gold(db.session(), gold.id, marks, actor=actor, now=desk.clock.now())
    db.session.commit()
    return made


def test_whoever_has_not_matched_a_gold_run_does_not_score_alone(
    both_apps: Flask, desk: Desk
) -> None:
    maker, new, other, third = desk.raters(4)
    recorded = desk.rated(desk.run(), (maker, GOOD))
    gold = make_gold(desk, recorded, FAIR, maker)
    ids = [actor.person_id or 0 for actor in (maker, new, other)]
    assert qualified(db.session(), ids) == {maker.person_id}

    run = desk.rated(desk.run(), (new, GOOD), (other, GOOD))
    assert run.state == RunState.SUBMITTED  # two, and neither may alone
    desk.rate(run, FAIR, maker)
    assert (run.state, run.score) == (RunState.SCORED, 8500)

    apart = desk.rated(desk.run(), (maker, GOOD), (maker, GOOD))
    assert apart.state == RunState.SCORED  # as before for whoever is qualified
    assert try_gold(desk, gold, POOR, other).matched is False
    assert try_gold(desk, gold, Marks({"empathy": 4, "facts": 3}), new).matched is True
    assert qualified(db.session(), ids) == {maker.person_id, new.person_id}
    desk.need(2)
    run = desk.rated(desk.run(), (new, GOOD), (maker, POOR))
    with pytest.raises(DomainError, match="Match a gold run first"):
        desk.rate(run, FAIR, third)
    db.session.rollback()
    with pytest.raises(Conflict):
        try_gold(desk, gold, FAIR, new)  # once
    db.session.rollback()
    with pytest.raises(NotAllowed):
        try_gold(desk, gold, FAIR, maker)
    trials.retire_gold(db.session(), gold.id, actor=maker, now=desk.clock.now())
    assert qualified(db.session(), ids) == set(ids)  # nothing is left to match


@pytest.mark.parametrize(
    ("agreed", "given", "is_match"),
    [
        (FAIR, Marks({"empathy": 5, "facts": 3}), True),  # 75 and 80, a level each
        (FAIR, GOOD, False),  # 15 points apart
        (FAIR, Marks({"empathy": 4, "facts": None}, {"facts": "no"}), False),
        (GOOD, LEAK, False),
        (LEAK, LEAK, True),
    ],
)
def test_near_enough(app: Flask, desk: Desk, agreed: Marks, given: Marks, is_match: bool) -> None:
    maker, rater = desk.raters(2)
    gold = make_gold(desk, desk.rated(desk.run(), (maker, GOOD)), agreed, maker)
    assert try_gold(desk, gold, given, rater).matched is is_match


def test_the_policy_says_how_near_and_how_many(app: Flask, desk: Desk) -> None:
    maker, rater = desk.raters(2)
    desk.policy(GOLD, gold_needed=0, tolerance_points=15, tolerance_levels=1)
    gold = make_gold(desk, desk.rated(desk.run(), (maker, GOOD)), FAIR, maker)
    assert qualified(db.session(), [rater.person_id or 0])
    trial = try_gold(desk, gold, GOOD, rater)
    assert (trial.matched, trial.policy_number) == (True, 1)
    with pytest.raises(Conflict):
        make_gold(desk, gold.run, FAIR, maker)
    with pytest.raises(DomainError, match="final"):
        make_gold(desk, desk.run(), FAIR, maker)


def test_a_calibration_is_blind_until_it_is_over(app: Flask, desk: Desk, auth: Auth) -> None:
    leader = desk.persons.add("quality")
    one, two, outside = (desk.persons.add("trainer") for _ in range(3))
    run = desk.rated(desk.run(), (Actor(leader.id), GOOD))
    name, result = run.person.name, f"/drills/runs/{run.id}/result"
    boss, first, second = auth.login(leader), auth.login(one), auth.login(two)
    new = f"/scoring/calibration/new/{run.id}"
    assert first.get(new).status_code == 403
    refused = boss.post(new, data={"rater": [one.id], "note": "KEPT"})
    assert refused.status_code == 400 and "KEPT" in refused.text
    url = boss.post(new, data={"rater": [one.id, two.id], "note": "Feelings"}).location
    told = select(Notification.person_id).where(Notification.kind == "calibration.open")
    assert sorted(db.session.scalars(told)) == [one.id, two.id]
    db.session.rollback()

    assert "Yours to score" in first.get("/scoring/calibration").text
    sheet = first.get(url).text
    assert "Feelings" in sheet and name not in sheet and "90.00" not in sheet
    assert first.get(result).status_code == 403  # how it was scored, by the other address
    assert auth.login(outside).get(url).status_code == 403
    assert auth.login(outside).post(url, data=form(GOOD)).status_code == 403
    assert first.post(f"{url}?draft=1", data={"comment": "DRAFTED"}).status_code == 303
    assert "DRAFTED" in first.get(url).text and "DRAFTED" not in second.get(url).text
    db.session.rollback()
    bad = first.post(url, data=form(Marks({"empathy": 1, "facts": 4}), comment="TYPED"))
    assert bad.status_code == 400 and "TYPED" in bad.text
    given = form(POOR, comment="FIRST-WORDS") | {"line-2": "LINE-WORDS"}
    assert first.post(url, data=given).status_code == 303
    assert first.get(result).status_code == 200  # nothing to hide any more
    for client in (first, second, boss):
        page = client.get(url).text
        assert "FIRST-WORDS" not in page and "LINE-WORDS" not in page and "30.00" not in page
    assert "Only 1 run" not in boss.get("/scoring/agreement").text
    db.session.rollback()
    assert second.post(url, data=form(GOOD, comment="SECOND-WORDS")).status_code == 303
    for client in (first, second, boss):
        page = client.get(url).text
        assert "FIRST-WORDS" in page and "SECOND-WORDS" in page
        assert "Begin with “Feelings”" in page and "4 levels apart" in page
        assert "LINE-WORDS" in page
    assert "Only 1 run" in boss.get("/scoring/agreement").text
    db.session.rollback()
    assert second.post(url, data=form(GOOD)).status_code == 409
    assert run.score == 9000  # the learner is not concerned


def test_an_earlier_round_of_the_same_run_is_hidden_from_whoever_is_invited_again(
    app: Flask, desk: Desk, auth: Auth
) -> None:
    leader = desk.persons.add("quality")
    one, two, new = (desk.persons.add("trainer") for _ in range(3))
    run = desk.rated(desk.run(), (Actor(leader.id), GOOD))

    def opened(*people: int) -> str:
        round_ = trials.open_round(
            db.session(), run.id, people, actor=Actor(leader.id), now=desk.clock.now()
        )
        db.session.commit()
        return f"/scoring/calibration/{round_.id}"

    earlier = opened(one.id, two.id, new.id)
    for person in (one, two):
        given = form(POOR, comment="GIVEN-BEFORE")
        assert auth.login(person).post(earlier, data=given).status_code == 303
    desk.clock.advance(days=1)
    trials.close_round(db.session(), 1, actor=Actor(leader.id), now=desk.clock.now())
    later = opened(new.id, leader.id)  # one did not answer the first, one was not invited
    for person in (new, leader):
        client = auth.login(person)
        asked = client.get(earlier)
        assert (asked.status_code, asked.location) == (303, later)
        sheet = client.get(later).text
        assert "GIVEN-BEFORE" not in sheet and "to score this run for a comparison" in sheet
        db.session.rollback()
        assert client.post(later, data=form(FAIR)).status_code == 303
        assert "GIVEN-BEFORE" in client.get(earlier).text
    assert "GIVEN-BEFORE" in auth.login(one).get(earlier).text  # had no part in the second
    later = opened(one.id, two.id)
    gold = make_gold(desk, run, GOOD, Actor(leader.id))
    assert auth.login(one).get(earlier).location == later
    trials.retire_gold(db.session(), gold.id, actor=Actor(leader.id), now=desk.clock.now())
    db.session.commit()
    assert auth.login(one).get(f"/scoring/gold/{gold.id}").status_code == 403
    assert auth.login(new).get(f"/scoring/gold/{gold.id}").status_code == 200


def test_closing_ends_it(app: Flask, desk: Desk) -> None:
    leader, one, two = desk.raters(3)
    run, now = desk.rated(desk.run(), (leader, GOOD)), desk.clock.now()
    people = [actor.person_id or 0 for actor in (one, two)]

    def opened(**fields: object) -> CalibrationRound:
        return trials.open_round(db.session(), run.id, people, actor=leader, now=now, **fields)  # type: ignore[arg-type]

    with pytest.raises(DomainError):
        opened(closes_at=now)
    timed, closed = opened(closes_at=now + timedelta(days=1)), opened()
    trials.close_round(db.session(), closed.id, actor=leader, now=now)
    desk.clock.advance(days=2)
    for round_ in (timed, closed):
        with pytest.raises(Conflict, match="over"):
            trials.score_round(db.session(), round_.id, GOOD, actor=one, now=desk.clock.now())
    assert db.session.scalar(select(func.count(Trial.id))) == 0


def test_a_gold_run_in_the_browser(app: Flask, desk: Desk, auth: Auth) -> None:
    leader, rater = desk.persons.add("training_manager"), desk.persons.add("trainer")
    run = desk.rated(desk.run(), (Actor(leader.id), GOOD))
    boss, client = auth.login(leader), auth.login(rater)
    new = f"/scoring/gold/new/{run.id}"
    half = desk.run()  # one of two has scored it: no way to see that here either
    desk.need(2)
    desk.rate(half, GOOD, Actor(rater.id))
    assert boss.get(f"/scoring/gold/new/{half.id}").status_code == 404
    assert client.post(new, data=form(GOOD)).status_code == 403
    assert 'value="5" checked' in boss.get(new).text  # begun from what counts
    agreed = Marks(FAIR.levels, {"facts": "AGREED-WHY"}, comment="AGREED-WORDS")
    url = boss.post(new, data=form(agreed)).location
    assert "Another rater scores beside you" in client.get("/scoring").text
    assert client.get(f"/drills/runs/{run.id}/result").status_code == 403
    sheet = client.get(url).text
    assert "AGREED-" not in sheet and run.person.name not in sheet
    db.session.rollback()
    assert client.post(url, data=form(POOR)).status_code == 303
    page = client.get(url).text
    assert "Not matched yet" in page and "AGREED-WHY" in page and "differs" in page
    assert "Not matched" in client.get("/scoring/gold").text
    db.session.rollback()
    assert client.post(f"{url}/retire").status_code == 403
    assert boss.post(f"{url}/retire").status_code == 303
    assert "Another rater scores" not in client.get("/scoring").text


def test_agreement_and_severity_pages(app: Flask, desk: Desk, auth: Auth) -> None:
    desk.need(2)
    leader = desk.persons.add("quality")
    one, two = desk.persons.add("trainer"), desk.persons.add("trainer")
    drill = kit.drill(desk.clock.now())
    for number in range(12):
        facts = 1 + number % 5
        marks = [
            Marks(
                {"empathy": 1 + (number + shift) % 5, "facts": facts},
                {"empathy": "-", "facts": "-"},
            )
            for shift in (0, 2 if number % 2 else 0)
        ]
        desk.rated(desk.run(drill), *zip((Actor(one.id), Actor(two.id)), marks, strict=True))
    waiting = desk.rated(desk.run(drill), (Actor(one.id), GOOD))
    assert waiting.state == RunState.SUBMITTED
    page = auth.login(leader).get("/scoring/agreement").text
    facts = page.split("Facts")[1].split("</li>")[0]
    assert "1.00" in facts and "almost perfect" in facts and "Nothing to do" in facts
    assert "<b>0.31</b> · fair" in page and "Hold a calibration on “Feelings”" in page
    assert "Cohen’s kappa" in page
    assert 'data-label="Runs">12<' in page  # what one alone has scored so far is left out
    assert auth.login(one).get("/scoring/agreement").status_code == 403
    own = auth.login(one).get("/scoring/severity").text
    assert one.name in own and two.name not in own
    everybody = auth.login(leader, locale="zh_Hans").get("/scoring/severity").text
    assert one.name in everybody and two.name in everybody


def test_severity_says_what_to_do(app: Flask, desk: Desk, auth: Auth) -> None:
    """A level of one criterion apart each time: ten points."""
    desk.need(2)
    leader, drill = desk.persons.add("quality"), kit.drill(desk.clock.now())
    raters = [Actor(desk.persons.add("trainer").id) for _ in range(2)]
    marks = [Marks({"empathy": 4, "facts": facts}) for facts in (4, 3)]
    for _ in range(9):
        desk.rated(desk.run(drill), *zip(raters, marks, strict=True))
    advice = "Enough to decide who passes"
    assert advice not in auth.login(leader).get("/scoring/severity").text
    desk.rated(desk.run(drill), *zip(raters, marks, strict=True))
    page = auth.login(leader).get("/scoring/severity").text
    assert "10.0 points milder" in page and "10.0 points more severe" in page
    assert page.count(advice) == 2
