"""Supervisors' months: entered, imported, worked out at the close, revised, seen by whom."""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from lms.events import MonthClosed
from lms.people.models import Person, RoleAssignment, Team
from lms.people.organisation import organisation
from lms.plugins.bus import emit
from lms.plugins.scorecards.files import RowsRefused
from lms.plugins.scorecards.models import Entry, Kind, SupervisorMonth
from lms.plugins.scorecards.policy import SUPERVISOR
from lms.plugins.scorecards.supervisors import entering, importing, months
from lms.plugins.scorecards.supervisors.entering import Line
from lms.plugins.scorecards.supervisors.shares import share, supervisor_score
from lms.results.defined import services as defined
from lms.results.defined.services import Definition
from lms.results.models import MonthClose, MonthResult
from lms.tabular.sheets import Cell
from tests.conftest import NOW, Auth, Facts, People
from tests.locks import waiting_for_a_lock
from tests.results.files import workbook

MARCH = Month.parse("2026-03")
HEADER = ["工号", "月份", "抽检合格率", "改进项完成率"]


def close(
    facts: Facts, supervisor: Person, agents: Sequence[Person], met: int, revision: int = 1
) -> MonthClose:
    """The agents ranked in the supervisor's team, the first `met` of them with KPI met."""
    scores = {agent.id: 9000 for agent in agents}
    made = facts.close(
        MARCH, {**scores, supervisor.id: None}, kpi_met=[a.id for a in agents[:met]],
        revision=revision,
    )  # fmt: skip
    for person in (*agents, supervisor):
        row = db.session.get_one(MonthResult, (made.id, person.id))
        row.team_id, row.level = person.team_id, person.level
    db.session.flush()
    emit(MonthClosed(NOW, MARCH, made.id, revision))
    db.session.commit()
    return made


def team(persons: People, count: int = 3) -> tuple[Person, list[Person]]:
    head = persons.add("supervisor", staff_no="S1", level="supervisor", team="一组")
    return head, [persons.add(staff_no=f"A{n}", team="一组") for n in range(count)]


def rows(person: Person) -> list[tuple[int, int | None, bool]]:
    found = select(SupervisorMonth).where(SupervisorMonth.person_id == person.id)
    return [
        (row.number, row.score, row.is_current)
        for row in db.session.scalars(found.order_by(SupervisorMonth.number))
    ]


def enter(person: Person, **shares: Fraction) -> int:
    line = Line(person.id, MARCH, {Kind(kind): share for kind, share in shares.items()})
    count = entering.enter(db.session(), [line], note="台账", actor=OPERATOR, now=NOW)
    db.session.commit()
    return count


def test_no_data_until_all_is_there_then_revisions(
    both_apps: Flask, persons: People, facts: Facts
) -> None:
    head, agents = team(persons)
    persons.add(level="supervisor", team="二组")  # not in the close
    close(facts, head, agents, 2)
    assert rows(head) == [(1, None, True)]
    assert enter(head, sampling=Fraction(37, 40)) == 1
    assert rows(head)[-1] == (2, None, True)
    assert enter(head, actions=Fraction(7, 8)) == 1
    # 50 × 2/3 + 30 × 0.925 + 20 × 0.875 = 78.58333…
    assert rows(head)[-1] == (3, 7858, True)
    assert enter(head, actions=Fraction(14, 16)) == 0  # the same share changes nothing
    assert months.work_out(db.session(), MARCH, NOW) == 0
    assert enter(head, sampling=Fraction(0)) == 1  # nothing passed is a figure, not its absence
    assert rows(head)[-1] == (4, 5083, True)
    close(facts, head, agents, 3, revision=2)  # a corrected figure of an agent
    assert rows(head)[-1] == (5, 6750, True)
    assert [current for _n, _s, current in rows(head)].count(True) == 1
    kept = db.session.scalars(select(Entry).order_by(Entry.id)).all()
    assert [(e.kind, e.part, e.whole, e.is_current) for e in kept] == [
        ("sampling", 37, 40, False), ("actions", 7, 8, True), ("sampling", 0, 1, True),
    ]  # fmt: skip
    noted = select(AuditEntry.id).where(AuditEntry.action == "scorecards.enter")
    assert len(db.session.scalars(noted).all()) == 3


def test_a_team_of_which_nobody_is_ranked_gives_no_score(
    app: Flask, persons: People, facts: Facts
) -> None:
    head, _agents = team(persons, 0)
    enter(head, sampling=Fraction(1), actions=Fraction(1))
    close(facts, head, [], 0)
    assert rows(head) == [(1, None, True)]
    with pytest.raises(DomainError):
        entering.enter(
            db.session(), [Line(head.id, MARCH, {Kind.SAMPLING: Fraction(1)})],
            actor=type(OPERATOR)(head.id), now=NOW,
        )  # fmt: skip


def test_a_withdrawn_figure_is_no_data(app: Flask, persons: People, facts: Facts) -> None:
    head, agents = team(persons)
    close(facts, head, agents, 3)
    enter(head, sampling=Fraction(1), actions=Fraction(1))
    wrong = db.session.scalars(select(Entry).where(Entry.kind == "sampling")).one()
    entering.withdraw(db.session(), wrong.id, "wrong person", actor=OPERATOR, now=NOW)
    assert rows(head)[-1][1:] == (None, True)
    with pytest.raises(Conflict):
        entering.withdraw(db.session(), wrong.id, "twice", actor=OPERATOR, now=NOW)
    noted = select(AuditEntry).where(AuditEntry.action == "scorecards.withdraw")
    assert db.session.scalars(noted).one().reason == "wrong person"
    assert enter(head, sampling=Fraction(1)) == 1  # the same share stands anew
    assert rows(head)[-1][1:] == (10_000, True)


def test_teams_are_those_of_the_roles(app: Flask, persons: People, facts: Facts) -> None:
    """A role without a team means the own one, beside those that other roles name."""
    head, agents = team(persons)
    other = persons.add(team="二组")
    db.session.add(RoleAssignment(person_id=head.id, role="supervisor", team_id=other.team_id))
    db.session.flush()
    close(facts, head, agents, 1)
    row = db.session.scalars(select(SupervisorMonth)).one()
    assert set(row.teams) == {head.team_id, other.team_id}
    assert len(db.session.scalars(select(Team)).all()) == 2


def test_what_changes_months_goes_one_after_the_other(
    postgres_app: Flask, persons: People, facts: Facts
) -> None:
    head, agents = team(persons)
    person_id = head.id
    hr = Auth(postgres_app).login(persons.add("hr", level="manager"))
    organisation(db.session())  # its row is the lock
    close(facts, head, agents, 3)

    def share() -> int:
        with postgres_app.app_context():
            line = Line(person_id, MARCH, {Kind.ACTIONS: Fraction(1)})
            count = entering.enter(db.session(), [line], actor=OPERATOR, now=NOW)
            db.session.commit()
            return count

    def metric() -> int:
        said = Definition(
            Localized("投诉率", "Complaint rate"), [], "service", 1.0, False, {"": 0.02}
        )
        with postgres_app.app_context():
            defined.define(
                db.session(), "complaints", "ratio", "lower", said, from_month=MARCH.plus(1),
                reason="抽查发现投诉上升", actor=OPERATOR, now=NOW,
            )  # fmt: skip
            db.session.commit()
            return 1

    def worked_out() -> int:
        return hr.post("/scorecards/supervisors/2026-03/work-out").status_code

    line = Line(person_id, MARCH, {Kind.SAMPLING: Fraction(1)})
    entering.enter(db.session(), [line], actor=OPERATOR, now=NOW)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(act) for act in (share, metric, worked_out)]
        all_wait = waiting_for_a_lock(len(waiting)) and not any(one.done() for one in waiting)
        db.session.commit()  # or those that wait would do so for ever, if one did not
        assert all_wait
        assert [one.result(10) for one in waiting] == [1, 1, 303]
    assert rows(db.session.get_one(Person, person_id))[-1] == (3, 10_000, True)


@pytest.mark.parametrize("text", ["94.5945945945946%", 35 / 37])
def test_a_quotient_of_the_sheet_is_a_share(text: object) -> None:
    found = share(Cell(text), "sampling")
    assert found is not None and abs(found - Fraction(35, 37)) < Fraction(1, 10**8)
    assert found.denominator <= 10**9
    for refused, why in (("2000000001/2000000003", "thousand million"), ("100.0001%", "between")):
        with pytest.raises(DomainError, match=why):
            share(Cell(refused), "sampling")


def test_a_file_is_taken_whole_or_not_at_all(app: Flask, persons: People, facts: Facts) -> None:
    head, agents = team(persons)
    close(facts, head, agents, 3)

    def take(*lines: list[object], header: list[str] = HEADER) -> tuple[int, int]:
        return importing.take(
            db.session(),
            workbook([["主管数据"], header, *lines]),
            "s.xlsx",
            actor=OPERATOR,
            now=NOW,
        )

    with pytest.raises(RowsRefused) as refused:
        take(["S1", "2026-03", "92.5%", 0.9], ["A0", "2026-03", 1, 1],
             ["S1", "2026年3月", "37/40", None], ["S1", "2026-04", 92.5, None],
             ["S1", "2026-05", "41/40", None], ["S1", "2030-01", 0.9, None])  # fmt: skip
    assert [r.row for r in refused.value.rows] == [4, 5, 6, 7, 8]
    assert db.session.scalar(select(Entry)) is None
    assert take(["S1", "2026-03", "92.5%", 0.9]) == (1, 2)
    assert take(["S1", "2026-03", "37/40", None]) == (1, 0)  # blank: no data, nothing taken away
    assert take(["S1", "2026-03", 95], header=["staff no", "month", "sampling (%)"]) == (1, 1)
    assert rows(head)[-1] == (3, 9650, True)
    entry = db.session.scalars(select(Entry).where(Entry.is_current)).first()
    assert entry is not None and (entry.file, entry.row) == ("s.xlsx", 3)


def test_on_screen(app: Flask, persons: People, facts: Facts, auth: Auth) -> None:
    head, agents = team(persons)
    other = persons.add("supervisor", staff_no="S2", level="supervisor", team="二组")
    close(facts, head, agents, 3)
    hr = auth.login(persons.add("hr", staff_no="H1", level="manager"))
    page = hr.get("/scorecards/supervisors?month=2026-03").text
    assert "3 / 3" in page
    assert "no data: Sampling pass rate" in page
    url = f"/scorecards/supervisors/{head.id}"
    db.session.rollback()
    wrong = hr.post(url, data={"month": "2026-03", "sampling": "92.5"})
    assert wrong.status_code == 400 and "92.5" in wrong.text
    sent = {"month": "2026-03", "sampling": "92.5%", "actions": "9/10", "note": "ledger"}
    assert hr.post(url, data=sent).status_code == 303
    assert "95.75" in hr.get(url).text  # 50 + 27.75 + 18
    assert "95.75" in hr.get("/scorecards/supervisors?month=2026-03&format=csv").text
    db.session.rollback()
    content = workbook([HEADER, ["S1", "2026-03", "100%", None], ["X9", "2026-03", 1, None]])
    upload = {"file": (io.BytesIO(content), "s.xlsx")}
    refused = hr.post("/scorecards/supervisors/import", data=upload)
    assert refused.status_code == 400 and "X9 is no supervisor." in refused.text
    assert hr.get("/scorecards/supervisors/import/template").status_code == 200
    db.session.rollback()
    later = hr.post(url, data={**sent, "month": "2030-01"})
    assert later.status_code == 400 and "still to come" in later.text
    entry = db.session.scalars(
        select(Entry).where(Entry.is_current, Entry.kind == "sampling")
    ).one()
    page = f"/scorecards/supervisors/figures/{entry.id}/withdraw"
    assert page in hr.get(url).text
    db.session.rollback()
    assert hr.post(page, data={"note": " "}).status_code == 400
    assert hr.post(page, data={"note": "wrong person"}).status_code == 303
    listed = hr.get("/scorecards/supervisors?month=2026-03&format=csv").text
    assert "3,3,,90%,," in listed.replace("\r", ",")  # nothing where there is no data
    assert hr.post(page, data={"note": "wrong person"}).status_code == 400
    db.session.rollback()
    assert hr.post(url, data=sent).status_code == 303
    db.session.rollback()
    # Whoever supervises now stands beside the rows, and the month can be worked out again.
    overview = hr.get("/scorecards/supervisors?month=2026-03").text
    assert "S2" in overview and "/scorecards/supervisors/2026-03/work-out" in overview
    db.session.rollback()

    mine = auth.login(head)
    assert mine.get("/scorecards/supervisors").location == url
    assert "95.75" in mine.get(url).text
    assert mine.get(f"/scorecards/supervisors/{other.id}").status_code == 403
    db.session.rollback()
    assert mine.post(url, data=sent).status_code == 403
    db.session.rollback()
    assert auth.login(agents[0]).get(url).status_code == 403
    by_level = persons.add(level="supervisor", team="一组")
    db.session.commit()
    mine = auth.login(by_level)
    assert "/scorecards/supervisors/" in mine.get("/scorecards/mine").text
    assert mine.get(f"/scorecards/supervisors/{by_level.id}").status_code == 200
    assert mine.get(url).status_code == 403


def reference(shares: Sequence[Fraction | None], weights: Sequence[Fraction]) -> int | None:
    """By decimals written out by hand: round half up of a fraction, without our helper."""
    if any(s is None and w for s, w in zip(shares, weights, strict=True)) or not sum(weights):
        return None
    exact = sum((s or 0) * w for s, w in zip(shares, weights, strict=True)) / sum(weights) * 10_000
    low = exact.numerator // exact.denominator
    return low + (1 if exact - low >= Fraction(1, 2) else 0)


SHARES = st.none() | st.builds(
    lambda whole, part: Fraction(part % (whole + 1), whole), st.integers(1, 400), st.integers(0)
)
WEIGHTS = st.sampled_from(["0", "12.5", "20", "30", "33.3", "50"])


@given(st.tuples(SHARES, SHARES, SHARES), st.tuples(WEIGHTS, WEIGHTS, WEIGHTS))
@settings(max_examples=150, deadline=None)
def test_the_score_is_exact(shares: tuple[Fraction | None, ...], weights: tuple[str, ...]) -> None:
    names = ("met", "sampling", "actions")
    params = {f"weight_{n}": float(w) for n, w in zip(names, weights, strict=True)}
    got = supervisor_score(dict(zip(names, shares, strict=True)), params)
    assert got == reference(shares, [Fraction(w) for w in weights])


def test_an_exact_half_goes_up() -> None:
    params = SUPERVISOR.defaults()
    shares = {"met": Fraction(1, 2), "sampling": Fraction(1, 2), "actions": Fraction(1, 4000)}
    assert supervisor_score(shares, params) == 4001  # 40.005
