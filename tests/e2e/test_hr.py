"""HR's month, from a dropped workbook to a dossier; and what an agent sees of it."""

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lms.cli import run
from lms.db import db
from lms.people.models import Person, RoleAssignment
from tests.e2e.conftest import Site, Windows, fits

pytestmark = pytest.mark.browser
TEAM = Path(__file__).parent.parent / "data" / "team"
HR = "CS00001"


def history(site: Site) -> None:
    """Roster, leave and three closed months, by the command line."""
    kpi = [str(TEAM / f"客服KPI-2026-0{month}.xlsx") for month in (7, 8, 9)]
    commands = [
        ["people", "import", str(TEAM / "花名册.xlsx")],
        ["leave", "import", str(TEAM / "休假.csv")],
        ["kpi", "import", *kpi],
        *(["month", "close", f"2026-0{month}", "--no-assign"] for month in (7, 8, 9)),
    ]
    for command in commands:
        assert run(site.app, command) == 0
    hr = db.session.scalars(select(Person).where(Person.staff_no == HR)).one()
    db.session.add(RoleAssignment(person_id=hr.id, role="hr"))
    db.session.commit()
    db.session.remove()


def workbook_with_a_wrong_row(folder: Path) -> Path:
    """October, and below it a person nobody knows."""
    book = openpyxl.load_workbook(TEAM / "客服KPI-2026-10.xlsx")
    sheet = book.worksheets[0]
    sheet.append(["CS99999", "无此人", "2026-10", "在线"])
    path = folder / "客服KPI-2026-10.xlsx"
    book.save(path)
    return path


def test_a_month_from_the_workbook_to_the_dossier(
    office: Windows, site: Site, tmp_path: Path
) -> None:
    history(site)
    path = workbook_with_a_wrong_row(tmp_path)
    hr = office.sign_in(HR)

    # drop the workbook: the refused row by number, then the good rows alone
    hr.goto("/results/imports")
    hr.set_input_files("input[type=file]", path)
    hr.get_by_role("button", name="Read the file").click()
    expect(hr.locator("#refused")).to_contain_text("Row 242")
    expect(hr.locator("#refused")).to_contain_text("CS99999")
    assert fits(hr)
    hr.get_by_label("Take the good rows").check()
    hr.get_by_role("button", name="Import", exact=True).click()
    hr.get_by_role("link", name="To the month 2026-10").click()

    # the dry run comes first and stores nothing
    hr.get_by_role("button", name="Try the close").click()
    expect(hr.locator("h1")).to_contain_text("Trial")
    expect(hr.locator("main")).to_contain_text("weakest", ignore_case=True)
    assert fits(hr)
    hr.get_by_role("button", name="Close the month").click()
    expect(hr.locator("main")).to_contain_text("revision 1")
    expect(hr.locator("main table").first).to_be_visible()
    assert fits(hr)

    # retraining, aimed at each one's weakest figure
    hr.goto("/retraining?month=2026-10")
    expect(hr.locator("main")).to_contain_text("cut-off")
    assert fits(hr)

    # promotion, and one person's dossier
    hr.goto("/promotion?year=2026&q=CS00011")
    hr.locator("main table a[href*='/promotion/']").first.click()
    dossier = hr.locator("main")
    expect(dossier).to_contain_text("2026-08")
    expect(dossier).to_contain_text("客服KPI-2026-08.xlsx")
    assert fits(hr)

    # the agent: the same for themselves, nothing of others
    agent = office.sign_in("CS00002")
    agent.goto("/results")
    expect(agent.locator("main")).to_contain_text(re.compile(r"of 2\d\d"))
    assert fits(agent)
    agent.goto("/promotion/me")
    expect(agent.locator("main")).to_contain_text("Nearest miss")
    names = select(Person.name).where(Person.staff_no.in_(["CS00003", "CS00011"]))
    for name in db.session.scalars(names):
        assert name not in agent.content()
    stranger = db.session.scalars(select(Person.id).where(Person.staff_no == "CS00011")).one()
    db.session.remove()
    for path_of_another in (f"/promotion/{stranger}", f"/results/people/{stranger}"):
        answer = agent.goto(path_of_another)
        assert answer is not None and answer.status == 403
