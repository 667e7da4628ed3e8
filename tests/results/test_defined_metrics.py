"""Metrics that HR defines: from the column of a file to the score, from a month on."""

from datetime import date
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from lms.people.clearance import grant_clearance
from lms.people.models import ClearanceSource, Person
from lms.results import importing, months, verifying
from lms.results.closing import close_month
from lms.results.defined import services
from lms.results.defined.models import MetricVersion
from lms.results.defined.scoring import scoring_policies, scoring_policy
from lms.results.defined.services import Definition
from lms.results.evidence import evidence
from lms.results.metrics import metrics
from lms.results.models import (
    ColumnName,
    ImportRun,
    KpiRow,
    KpiValue,
    MonthClose,
    MonthResult,
)
from tests.conftest import NOW, Auth, People
from tests.counting import statements
from tests.results.files import HEADER, line, workbook

FEBRUARY, MARCH, APRIL, MAY = (Month.parse(f"2026-0{n}") for n in (2, 3, 4, 5))
COMPLAINTS = Definition(
    Localized("投诉率", "Complaint rate"), ["客诉占比"], "service", 2.0, True,
    {"": 0.02, "phone": 0.04},
)  # fmt: skip


def define(said: Definition = COMPLAINTS, from_month: Month = MARCH) -> MetricVersion:
    return services.define(
        db.session(), "complaints", "ratio", "lower", said,
        from_month=from_month, reason="抽查发现投诉上升", actor=OPERATOR, now=NOW,
    )  # fmt: skip


def agent(persons: People, staff_no: str, channel: str = "online") -> Person:
    found = persons.add(staff_no=staff_no, channel=channel)
    grant_clearance(
        db.session(), found.id, source=ClearanceSource.HISTORY, from_day=date(2025, 2, 1),
        actor=OPERATOR, now=NOW,
    )  # fmt: skip
    db.session.commit()
    return found


def bring(*rows: list[object], header: str = "客诉占比") -> ImportRun:
    content = workbook([[*HEADER, header], *rows])
    run = importing.prepare(db.session(), "kpi", content, "kpi.xlsx", actor=OPERATOR, now=NOW)
    importing.confirm(db.session(), run, accept_valid=False, actor=OPERATOR, now=NOW)
    db.session.commit()
    return run


def close(month: Month, reason: str = "") -> MonthClose:
    made = close_month(db.session(), month, assign=False, actor=OPERATOR, now=NOW, reason=reason)
    db.session.commit()
    return made


def score(made: MonthClose, person: Person) -> MonthResult:
    return db.session.get_one(MonthResult, (made.id, person.id))


def by_hand(complaints: Fraction | None) -> int:
    """30 s, 0.90, 4.5 and 90 of a target each: service full but for complaints, feedback 90."""
    service = (3 + 2 * complaints) / 5 if complaints is not None else Fraction(1)
    points = (60 * service + 20 * Fraction(9, 10)) * 100 / 80
    return int(points * 100 + Fraction(1, 2))


def test_from_its_month_on_and_not_before(both_apps: Flask, persons: People) -> None:
    online, by_phone = agent(persons, "A1"), agent(persons, "A2", "phone")
    silent = agent(persons, "A3")
    good = (30, 0.9, 4.5, 90)
    bring(line("A1", "2026-02", *good, 0.5))
    before = close(FEBRUARY)
    frozen = dict(before.policy)

    define()
    db.session.commit()
    run = bring(
        line("A1", "2026-02", *good, 0.5),
        line("A1", "2026-03", *good, 0.03), line("A2", "2026-03", 15, 0.9, 4.5, 90, 0.04),
        ["A3", "某人", "2026-03", None, None, None, None, 0.01],
    )  # fmt: skip
    told = [w["params"] for w in run.warnings if "metric" in w["params"]]
    assert [(one["month"], one["metric"]) for one in told] == [("2026-02", "客诉占比")]
    march = close(MARCH)
    shown = evidence(db.session(), online.id, MARCH)
    assert shown is not None
    figure = next(f for f in shown.figures if f.metric.code == "complaints")
    assert (figure.value, figure.target, figure.is_met) == (0.03, 0.02, False)
    assert (figure.metric.label.zh, figure.row) == ("投诉率", 3)
    assert score(march, online).score == by_hand(Fraction(2, 3))
    assert not score(march, online).kpi_met
    assert score(march, by_phone).score == by_hand(Fraction(1))
    assert score(march, by_phone).kpi_met
    # One who has none of the four figures of the handbook has no score, whatever else there is.
    assert (score(march, silent).score, score(march, silent).not_ranked) == (None, "no_score")

    stricter = Definition(**{**vars(COMPLAINTS), "targets": {"": 0.01}, "is_required": False})
    with pytest.raises(DomainError, match="closed"):
        services.change(db.session(), "complaints", 1, stricter, from_month=MARCH, reason="x",
                        actor=OPERATOR, now=NOW)  # fmt: skip
    services.change(db.session(), "complaints", 1, stricter, from_month=APRIL, reason="更严",
                    actor=OPERATOR, now=NOW)  # fmt: skip
    with pytest.raises(Conflict):
        services.retire(db.session(), "complaints", 1, from_month=MAY, reason="x",
                        actor=OPERATOR, now=NOW)  # fmt: skip
    services.retire(db.session(), "complaints", 2, from_month=MAY, reason="改用新口径",
                    actor=OPERATOR, now=NOW)  # fmt: skip
    bring(line("A1", "2026-04", *good, 0.04), line("A1", "2026-05", *good, 0.04))
    april, may = close(APRIL), close(MAY)
    assert score(april, online).score == by_hand(Fraction(1, 4))
    assert score(may, online).score == by_hand(None)
    stored = select(KpiValue.month).where(KpiValue.metric == "complaints")
    assert set(db.session.scalars(stored)) == {MARCH, APRIL}
    # What was closed before stands, and recomputes to the same.
    bring(line("A1", "2026-02", 60, 0.9, 4.5, 90, 0.5))
    again = close(FEBRUARY, "更正首响")
    assert again.policy == frozen == before.policy
    for made in (again, march, april, may):
        assert verifying.verify(db.session(), made).holds
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.like("metric%")).order_by(AuditEntry.id)
    )
    assert list(actions) == ["metric.define", "metric.change", "metric.retire"]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("names", {"names": ["满意度"]}),
        ("label_zh", {"label": Localized("工号", "Staff")}),
        ("label_en", {"label": Localized("投诉", "")}),
        ("target", {"targets": {}}),
        ("target_phone", {"targets": {"": 0.1, "phone": 1.5}}),
        ("weight", {"weight": 0}),
        ("component", {"component": "luck"}),
    ],
)
def test_what_cannot_be_defined(app: Flask, field: str, change: dict[str, object]) -> None:
    with pytest.raises(DomainError) as refused:
        define(Definition(**{**vars(COMPLAINTS), **change}))
    assert refused.value.field == field
    assert db.session.scalar(select(MetricVersion)) is None


def test_a_month_is_as_complete_as_its_own_metrics(both_apps: Flask, persons: People) -> None:
    """A figure of a metric that began in March is no figure of February's, nor lacks there."""
    someone = agent(persons, "001")
    define()
    january = MARCH.plus(-2)
    known = [m.code for m in metrics(scoring_policy(db.session(), january).params) if m.component]
    for month, codes in ((january, known), (MARCH.plus(-1), [*known[1:], "complaints"]),
                         (MARCH, [*known, "complaints"])):  # fmt: skip
        db.session.add(KpiRow(month=month, person_id=someone.id))
        db.session.add_all(
            KpiValue(month=month, person_id=someone.id, metric=code, value=1.0) for code in codes
        )
    db.session.commit()
    found = months.states(db.session(), 2026, scoring_policies(db.session()))
    assert [(s.month, s.filled, s.wanted, s.percent) for s in found] == [
        (MARCH, len(known) + 1, len(known) + 1, 100),
        (MARCH.plus(-1), len(known) - 1, len(known), round(100 - 100 / len(known))),
        (january, len(known), len(known), 100),
    ]


def test_a_header_mapped_on_screen_is_taken(app: Flask) -> None:
    db.session.add(ColumnName(kind="kpi", name="客诉 占比", code="qa"))
    with pytest.raises(DomainError, match="客诉占比") as refused:
        define()
    assert refused.value.field == "names"
    db.session.add(ColumnName(kind="kpi", name="Complaints", code=""))
    define(Definition(**{**vars(COMPLAINTS), "names": []}))
    assert db.session.scalars(select(ColumnName.code)).all() == ["qa"]  # its key means something


def test_hr_defines_changes_and_retires_on_screen(app: Flask, auth: Auth, persons: People) -> None:
    agent(persons, "A1")
    db.session.add(ColumnName(kind="kpi", name="Complaint Rate", code=""))  # ignored so far
    db.session.commit()
    hr = auth.login(persons.add("hr", level="manager"))
    new = {
        "code": "complaints", "unit": "ratio", "better": "lower", "label_zh": "投诉率",
        "label_en": "Complaint rate", "names": "客诉占比\n投诉占比", "component": "",
        "weight": "1", "target": "２%", "from_month": "2026-03", "reason": "for quality",
    }  # fmt: skip
    refused = hr.post("/results/metrics/new", data={**new, "target": "", "is_required": "y"})
    assert refused.status_code == 400
    assert "needs a target" in refused.text
    assert "客诉占比" in refused.text
    made = hr.post("/results/metrics/new", data=new)
    assert made.location == "/results/metrics/complaints"
    assert hr.post("/results/metrics/new", data=new).status_code == 400  # the key is taken
    run = bring(line("A1", "2026-03", 30, 0.9, 4.5, 90, "1.5%"), header="complaint rate")
    assert run.summary["columns"]["complaint rate"] == "complaints"
    made = close(MARCH)
    mine = auth.login(db.session.scalars(select(Person).where(Person.staff_no == "A1")).one())
    page = mine.get("/results").text
    assert "Complaint rate" in page
    assert "1.5%" in page
    assert mine.get("/results/metrics").status_code == 403
    db.session.rollback()

    hr = auth.login(db.session.scalars(select(Person).where(Person.level == "manager")).one())
    with statements() as sent:
        assert "Complaint rate" in hr.get("/results/metrics").text
    assert len(sent) <= 6
    page = hr.get("/results/metrics/complaints").text
    assert 'value="2026-04"' in page  # March is closed
    assert "target 2%" in page
    changed = {**new, "base": "1", "target": "0.01", "component": "service"}
    assert hr.post("/results/metrics/complaints", data=changed).status_code == 400  # March
    changed["from_month"] = "2026-04"
    assert hr.post("/results/metrics/complaints", data=changed).status_code == 303
    assert hr.post("/results/metrics/complaints", data=changed).status_code == 400  # saved already
    gone = {"retire-base": "2", "retire-from_month": "2026-06", "retire-reason": "not needed"}
    assert hr.post("/results/metrics/complaints/retire", data=gone).status_code == 303
    page = hr.get("/results/metrics/complaints").text
    assert "retired from 2026-06" in page
    assert "in Service, weight 1" in page
