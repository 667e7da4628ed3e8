"""The pages of results: HR's way from a file to a closed month, and who may see what."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month
from lms.db import db
from lms.people.clearance import grant_clearance
from lms.people.models import Clearance, ClearanceSource, Person
from lms.policies import PolicyVersion
from lms.results import importing
from lms.results.closing import close_month
from lms.results.models import ColumnName, ImportRun, KpiValue, MonthClose, MonthResult
from lms.results.scoring_policy import SCORING
from lms.tabular import read_sheets
from tests.conftest import NOW, Auth, People
from tests.counting import statements
from tests.results.files import HEADER, line, workbook

MARCH = Month.parse("2026-03")
IMPORTS = "/results/imports"


def cleared(person: Person) -> Person:
    grant_clearance(
        db.session(), person.id, source=ClearanceSource.HISTORY, from_day=date(2025, 2, 1),
        actor=OPERATOR, now=NOW,
    )  # fmt: skip
    db.session.commit()
    return person


@pytest.fixture
def hr(auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add("hr", staff_no="HR1", level="manager"))


@pytest.fixture
def agents(persons: People) -> list[Person]:
    return [
        cleared(persons.add(staff_no=f"A{i:02}", name=f"某{i}", team="一组" if i % 2 else "二组"))
        for i in range(1, 13)
    ]


def rows(count: int = 12) -> list[list[object]]:
    return [line(f"A{i:02}", "2026-03", 20 + i, 0.95, 4.6, 92) for i in range(1, count + 1)]


def upload(client: FlaskClient, content: bytes, name: str = "kpi.xlsx", kind: str = "kpi"):
    data = {"kind": kind, "file": (io.BytesIO(content), name)}
    return client.post(IMPORTS, data=data, content_type="multipart/form-data")


def stored(content: bytes, name: str = "kpi.xlsx", kind: str = "kpi") -> ImportRun:
    """Imported without the pages."""
    session = db.session()
    run = importing.prepare(session, kind, content, name, actor=OPERATOR, now=NOW)
    importing.confirm(session, run, accept_valid=False, actor=OPERATOR, now=NOW)
    session.commit()
    return run


def closed() -> MonthClose:
    stored(workbook([HEADER, *rows()]))
    close = close_month(db.session(), MARCH, assign=False, actor=OPERATOR, now=NOW)
    db.session.commit()
    return close


# from the file to the closed month


def test_from_the_file_to_the_closed_month(hr: FlaskClient, agents: list[Person]) -> None:
    answer = upload(hr, workbook([HEADER, *rows(), line("ZZ9"), line("合计", None)]))
    assert answer.status_code == 303
    preview = hr.get(answer.location).text
    assert "Nobody has the staff number ZZ9." in preview
    assert "Row 15" in preview
    assert db.session.scalars(select(KpiValue)).first() is None

    refused = hr.post(answer.location + "/confirm")
    assert refused.status_code == 400
    assert "2 rows are refused" in refused.text
    back = hr.get(answer.location + "/refused").data.decode("utf-8-sig")
    header, first, second = csv.reader(io.StringIO(back))
    assert header[2:] == HEADER
    assert (first[0], second[2]) == ("14", "合计")

    done = hr.post(answer.location + "/confirm", data={"accept_valid": "y"}, follow_redirects=True)
    assert "48 entries stored." in done.text
    again = hr.post(answer.location + "/confirm", data={"accept_valid": "y"}, follow_redirects=True)
    assert "imported or discarded already" in again.text
    assert len(db.session.scalars(select(KpiValue)).all()) == 48

    assert "2026-03 can be closed" in hr.get("/results/months").text
    assert "Try the close" in hr.get("/results/months/2026-03").text
    trial = hr.post("/results/months/2026-03/try", data={"assign": "y"})
    assert trial.status_code == 200
    assert "Retraining" in trial.text
    assert db.session.scalars(select(MonthClose)).first() is None

    for _twice in range(2):
        hr.post("/results/months/2026-03/close", data={"assign": "y"})
    close = db.session.scalars(select(MonthClose)).one()
    assert (close.revision, close.ranked) == (1, 12)
    page = hr.get("/results/months/2026-03").text
    assert "Closed, revision 1" in page
    assert page.index("某1<") < page.index("某12<")


def test_a_double_click_on_the_upload_makes_one_preview(
    hr: FlaskClient, agents: list[Person]
) -> None:
    content = workbook([HEADER, *rows()])
    assert upload(hr, content).location == upload(hr, content).location


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"hello", "kpi.xlsx", "not an Excel workbook"),
        (b"", "kpi.csv", "is empty"),
        (b"PK\x03\x04 cut off", "kpi.xlsx", "incomplete or damaged"),
        ("姓名,CSAT\n某,4\n".encode(), "kpi.csv", "No row with the column headers"),
        (workbook([HEADER]), "kpi.xlsx", "no row below"),
    ],
)
def test_a_bad_upload_is_answered_beside_the_field(
    hr: FlaskClient, content: bytes, name: str, message: str
) -> None:
    answer = upload(hr, content, name)
    assert answer.status_code == 400
    assert message in answer.text
    assert db.session.scalars(select(ImportRun)).first() is None


def test_no_file_and_an_unknown_kind(hr: FlaskClient) -> None:
    assert "Choose a file." in hr.post(IMPORTS, data={"kind": "kpi"}).text
    assert upload(hr, b"a,b", "x.csv", kind="salary").status_code == 400


def test_a_file_too_large_is_an_error_page(hr: FlaskClient) -> None:
    body = b"x" * (21 * 1024 * 1024)
    kind = "multipart/form-data; boundary=x"
    assert hr.post(IMPORTS, data=body, content_type=kind).status_code == 413


def test_what_hr_says_of_a_column_is_remembered(hr: FlaskClient, agents: list[Person]) -> None:
    table = [["工号", "月份", "一把搞定率", "编号"], ["A01", "2026-03", 92.3, 7]]
    stored_rows = [["工号", "月份", "CSAT"], ["A01", "2026-03", 4.5]]
    answer = upload(hr, workbook([[*table[0], "CSAT"], [*table[1], 4.5]]))
    assert "一把搞定率" in hr.get(answer.location).text
    chosen = hr.post(
        answer.location + "/again",
        data={"column-0": "fcr", "percent": "fcr"},
        follow_redirects=True,
    )
    assert "read again" in chosen.text
    assert db.session.scalars(select(ColumnName)).one().code == "fcr"
    hr.post(answer.location + "/confirm")
    figures = {v.metric: v.value for v in db.session.scalars(select(KpiValue))}
    assert figures == {"fcr": 0.923, "csat": 4.5}
    upload(hr, workbook(stored_rows))
    later = upload(hr, workbook([table[0], ["A02", "2026-03", "88%", 7]]))
    hr.post(later.location + "/confirm")
    assert 0.88 in db.session.scalars(select(KpiValue.value).where(KpiValue.metric == "fcr")).all()


def test_a_column_told_wrongly_is_told_anew(hr: FlaskClient, agents: list[Person]) -> None:
    head = ["工号", "月份", "CSAT", "一把搞定率", "好评"]
    first = upload(hr, workbook([head, ["A01", "2026-03", 4.5, 0.9, 88]])).location
    hr.post(f"{first}/again", data={"column-0": "escalation", "column-1": "feedback"})

    later = upload(hr, workbook([head, ["A02", "2026-03", 4.4, 0.8, 77]])).location
    page = hr.get(later).text
    assert "Column “一把搞定率”, as you said" in page
    assert '<option value="escalation" selected>' in page
    hr.post(f"{later}/again", data={"column-0": "fcr", "column-1": ""})
    hr.post(f"{later}/confirm")
    figures = {v.metric: v.value for v in db.session.scalars(select(KpiValue))}
    assert figures == {"csat": 4.4, "fcr": 0.8}
    told = {row.name: row.code for row in db.session.scalars(select(ColumnName))}
    assert told == {"一把搞定率": "fcr", "好评": ""}


def test_a_discarded_file_stays_out(hr: FlaskClient, agents: list[Person]) -> None:
    answer = upload(hr, workbook([HEADER, *rows()]))
    hr.post(answer.location + "/discard")
    hr.post(answer.location + "/confirm")
    assert db.session.scalars(select(KpiValue)).first() is None
    assert db.session.scalars(select(ImportRun)).one().content is None


ROSTER = ["工号", "姓名", "团队", "渠道", "职级", "用工类型", "入职日期", "上岗日期"]


def test_roster_and_leave_come_in_the_same_way(hr: FlaskClient) -> None:
    person = ["X1", "新来", "一组", "在线", "客服专员", "正式", "2026-01-05", "2026-01-12"]
    roster = upload(hr, workbook([ROSTER, person]), "花名册.xlsx", "roster")
    hr.post(roster.location + "/confirm")
    assert db.session.scalars(select(Clearance)).one().from_day == date(2026, 1, 12)
    leave = upload(
        hr, "工号,开始日期,结束日期\nX1,2026-02-02,2026-02-03\n".encode(), "休假.csv", "leave"
    )
    assert "1 entry stored." in hr.post(leave.location + "/confirm", follow_redirects=True).text


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
@pytest.mark.parametrize("kind", ["kpi", "roster", "leave"])
def test_a_template_is_read_by_its_own_importer(
    hr: FlaskClient, persons: People, kind: str, locale: str
) -> None:
    persons.add(staff_no="CS00001")
    with hr.session_transaction() as session:
        session["locale"] = locale
    content = hr.get(f"{IMPORTS}/templates/{kind}").data
    assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row == 2
    run = importing.prepare(db.session(), kind, content, "template.xlsx", actor=OPERATOR, now=NOW)
    assert (run.refused, run.summary["unknown"], len(run.rows)) == ([], [], 1)
    assert len(read_sheets(content, "template.xlsx")) == 1


# revisions


def test_a_correction_a_trial_and_the_difference(hr: FlaskClient, agents: list[Person]) -> None:
    closed()
    stored(workbook([HEADER, line("A01", "2026-03", 60, 0.5, 2, 10)]), "correction.xlsx")
    assert "4 corrections wait in 2026-03" in hr.get("/results/months").text  # what to do next
    page = hr.get("/results/months/2026-03").text
    assert "4 corrections wait" in page
    assert "First response time: 21 s → 60 s" in page and "Scoring policy: as delivered" in page
    no_reason = hr.post("/results/months/2026-03/try", follow_redirects=True)
    assert "A new revision needs a reason." in no_reason.text
    data = {"reason": "late answers", "assign": "y"}
    trial = hr.post("/results/months/2026-03/try", data=data).text
    assert "Make revision 2 now" in trial
    assert "21 s → 60 s" in trial
    assert len(db.session.scalars(select(MonthClose)).all()) == 1
    hr.post("/results/months/2026-03/close", data=data)
    difference = hr.get("/results/months/2026-03/revisions/2").text
    assert "late answers" in difference
    assert "某1<" in difference
    assert "21 s → 60 s" in difference
    assert "某2<" not in difference
    assert hr.get("/results/months/2026-03/revisions/1").status_code == 404
    assert hr.get("/results/months/2026-03/revisions/3").status_code == 404
    assert "correction wait" not in hr.get("/results/months").text
    reasons = db.session.scalars(
        select(AuditEntry.reason).where(AuditEntry.action == "month.close")
    ).all()
    assert reasons == ["", "late answers"]


def test_a_channel_unlike_the_rosters_is_said_in_words(
    hr: FlaskClient, agents: list[Person]
) -> None:
    answer = upload(hr, workbook([[*HEADER, "渠道"], [*line("A01"), "邮件"]]))
    assert "Row 2: A01: the channel “邮件” differs from the roster (Online)" in (
        hr.get(answer.location).text.replace("&#34;", '"')
    )


# lists


def test_search_filter_pages_and_exports(hr: FlaskClient, agents: list[Person]) -> None:
    closed()
    url = "/results/months/2026-03"
    assert "某7<" in hr.get(url + "?q=A07").text
    assert "某8<" not in hr.get(url + "?q=A07").text
    assert "Nobody found" in hr.get(url + "?q=nobody").text
    team = agents[0].team_id
    assert "某2<" not in hr.get(f"{url}?team={team}").text
    assert "Level is not ranked" in hr.get(url + "?show=not_ranked").text
    assert hr.get(url + "?page=99").status_code == 200
    assert hr.get(url + "?show=x&team=x&page=x").status_code == 200
    exported = hr.get(f"{url}/export?team={team}").data.decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(exported))
    assert header[:2] == ["Staff number", "Name"]
    assert "Retraining" in header
    assert len(lines) == 6
    book = openpyxl.load_workbook(io.BytesIO(hr.get(f"{url}/export?format=xlsx&show=all").data))
    assert book.active.max_row == 14


@pytest.mark.parametrize("month", ["2026-13", "x", "2020-01"])
def test_no_such_month(hr: FlaskClient, month: str) -> None:
    assert hr.get(f"/results/months/{month}").status_code == 404


# who may see what


def test_an_agent_sees_their_own_result_and_nobody_elses(auth: Auth, agents: list[Person]) -> None:
    closed()
    me, other = agents[0], agents[1]
    client = auth.login(me)
    page = client.get("/results").text
    assert "1 of 12" in page
    assert "kpi.xlsx, row 2" in page
    assert not any(a.name + "<" in page for a in agents[1:])
    assert f"{IMPORTS}/" not in page
    assert client.get(f"/results/people/{me.id}").status_code == 200
    assert client.get("/results?month=2026-02").status_code == 404
    assert client.get("/results?month=nonsense").status_code == 404
    for url in (
        f"/results/people/{other.id}",
        "/results/months",
        "/results/months/2026-03",
        "/results/months/2026-03/export",
        "/results/months/2026-03/revisions/2",
        IMPORTS,
        f"{IMPORTS}/1",
        f"{IMPORTS}/1/refused",
    ):
        assert client.get(url).status_code == 403, url
    for url in ("/results/months/2026-03/close", "/results/months/2026-03/try",
                f"{IMPORTS}/1/confirm", f"{IMPORTS}/1/discard"):  # fmt: skip
        assert client.post(url).status_code == 403, url


def test_a_supervisor_sees_the_own_team_only(
    auth: Auth, persons: People, agents: list[Person]
) -> None:
    closed()
    client = auth.login(persons.add("supervisor", team="一组", level="supervisor"))
    page = client.get("/results/months/2026-03").text
    assert "某1<" in page
    assert "某2<" not in page
    exported = client.get("/results/months/2026-03/export").data.decode("utf-8-sig")
    assert "某2" not in exported
    assert client.get(f"/results/people/{agents[0].id}").status_code == 200
    assert client.get(f"/results/people/{agents[1].id}").status_code == 403
    assert client.post("/results/months/2026-03/close").status_code == 403
    assert client.get("/results/months/2026-03/revisions/2").status_code == 403


def test_an_agents_start_page_shows_the_month_in_brief(auth: Auth, agents: list[Person]) -> None:
    client = auth.login(agents[0])
    assert "My month:" not in client.get("/").text
    closed()
    page = client.get("/").text
    result = db.session.scalars(
        select(MonthResult).where(MonthResult.person_id == agents[0].id)
    ).one()
    assert "My month: 2026-03" in page and f"{result.score / 100:.2f}" in page
    assert f"{result.rank} of {len(agents)}" in page
    others = db.session.scalars(select(Person.name).where(Person.id != agents[0].id))
    assert not any(f"{name}<" in page for name in others)


def test_before_the_first_close_the_page_says_so(auth: Auth, agents: list[Person]) -> None:
    assert "No closed month yet" in auth.login(agents[0]).get("/results").text


def test_a_partial_score_names_what_is_missing(auth: Auth, agents: list[Person]) -> None:
    closed()
    assert "no figure for Exam score, Case analysis" in auth.login(agents[0]).get("/results").text


def test_importing_clearance_history_needs_the_right_to_it(
    app: Flask, hr: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = ["X1", "新来", "一组", "在线", "客服专员", "正式", "2026-01-05", "2026-01-12"]
    roster = upload(hr, workbook([ROSTER, person]), "花名册.xlsx", "roster")
    known = app.extensions["lms_permissions"]
    theirs = replace(known["clearance.override"], grants={})
    monkeypatch.setitem(known, "clearance.override", theirs)
    monkeypatch.setitem(app.extensions, "lms_scopes", {})
    assert "needs HR’s right" in hr.get(roster.location).text
    for action in ("confirm", "retry"):
        assert hr.post(f"{roster.location}/{action}").status_code == 403


def test_a_scoring_policy_shows_whose_results_move_before_it_is_saved(
    hr: FlaskClient, agents: list[Person]
) -> None:
    closed()
    form = {
        n: "y" if v is True else str(v) for n, v in SCORING.defaults().items() if v is not False
    }
    wanted = {**form, "target_frt_online": "5", "base": "0", "preview": "1"}
    page = hr.post("/policies/results.scoring", data=wanted).text
    assert "Results that move" in page and "2026-03" in page and 'value="5"' in page
    page = hr.post(
        "/policies/results.scoring", data={**wanted, "target_frt_online": "30", "tenure": "120"}
    ).text
    assert "Results that move" in page and 'value="120"' in page
    assert db.session.scalars(select(MonthClose.revision)).all() == [1]
    assert db.session.scalars(select(PolicyVersion)).all() == []


# bounded queries


PAGES: dict[str, tuple[Callable[[list[Person]], str], int]] = {
    "months": (lambda _: "/results/months", 8),
    "month": (lambda _: "/results/months/2026-03?show=all", 11),
    "imports": (lambda _: IMPORTS, 5),
    "import": (lambda _: f"{IMPORTS}/1", 5),
    "person": (lambda agents: f"/results/people/{agents[0].id}", 5),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_a_bounded_number_of_questions(
    hr: FlaskClient, agents: list[Person], name: str
) -> None:
    address, most = PAGES[name]
    closed()
    url = address(agents)
    hr.get(url)
    with statements() as asked:
        assert hr.get(url).status_code == 200
    assert len(asked) <= most, "\n".join(asked)
