"""Every route as every role: who may open what of whom, and never a server error.

Each object in the walk belongs to a stranger: somebody outside every actor's team.
"""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from lms.access import Scope, Viewer, declared_access, viewer_of
from lms.app import create_app
from lms.audit import AuditEntry
from lms.cases.models import DrillRun, RunMode, RunState
from lms.cases.scoring.reading import current
from lms.cli.site import prepare_site
from lms.clock import SettableClock
from lms.db import db
from lms.demo.services import load_demo
from lms.people.models import Person, RoleAssignment
from lms.plugins.promotion.models import Archive
from tests.conftest import NOW, Auth, _running, _settings
from tests.counting import statements
from tests.web.routes_kit import ROLES, Others, prepare
from tests.writers import writing_meanwhile

# A page asks the database six questions at most, except these: whole files about one person,
# rules tried anew, and the plugins' pages, which read the version table of each plugin.
QUERIES = {
    # A report from the case library and the plugins, and what waits.
    "courses.skill_gaps": 12,
    "promotion.board": 10,
    "promotion.dossier": 13,
    "promotion.print_dossier": 15,  # and the row that says who took it
    "people.person": 10,
    "people.me": 9,
    "people.data": 80,  # every table that has something about the person
    # What every plugin adds beside the day's work.
    "web.more": 11,
    "rules.plugin": 18,
    "rules.plugins": 15,
    # Twelve months, each read by the rule.
    "rules.rule": 64,
    "rules.rule_month": 10,
}


@pytest.fixture(scope="module")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo")
    shutil.copy(sqlite_template, home / "lms.sqlite3")
    app = create_app(_settings(home), SettableClock(NOW))
    with app.app_context():
        prepare_site()
        load_demo(db.session(), NOW, lambda _what: None)
        db.session.remove()
        with db.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return home / "lms.sqlite3"


@pytest.fixture(scope="module")
def demo(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("walk")
    shutil.copy(demo_template, home / "lms.sqlite3")
    yield from _running(create_app(_settings(home), SettableClock(NOW)))


# By page: who opens it, and what the demo shows there.
SHOWN = {
    "/": ("agent", "Recap and record · level 2.5 of 5"),
    "/drills/rooms": ("agent", "the page says"),
    "/scoring": ("trainer", "Pre-sales drill: the right plan"),
    "/cases/upkeep": ("trainer", "The 59 or the 89?"),
    "/exams/marking": ("quality", "Mark the oldest answer"),
    "/exams/mine": ("agent", "Case analysis paper"),
    "/exams/mistakes": ("agent", "Knowledge check before the peak"),
    "/exams/knowledge-check/items": ("trainer", "Is the key right?"),
    "/appeals": ("trainer", "Knowledge check before the peak, question"),
    "/recognition": ("agent", "Best satisfaction among everybody"),
    "/recognition/points": ("agent", "大促当天全员准时到岗"),
    "/recognition/qualifications": ("agent", "COPC"),
    "/recognition/qualifications/waiting": ("hr", "COPC"),
}


def test_newcomers_meet_no_empty_page_in_the_demo(demo: Flask) -> None:
    lacking = []
    for url, (role, shown) in SHOWN.items():
        page = signed_in(demo, role)[0].get(url).text
        if shown not in page:
            lacking.append(url)
    assert lacking == []


def test_the_demos_live_drill_was_timed_and_scored_by_two(demo: Flask) -> None:
    run = db.session.scalars(select(DrillRun).where(DrillRun.mode == RunMode.LIVE)).one()
    page = signed_in(demo, "agent")[0].get(f"/drills/runs/{run.id}/result").text
    assert run.state == RunState.SCORED and "77.50" in page
    assert len(current(db.session(), run.id)) == 2
    assert "1:14" in page  # the slowest reply


@pytest.fixture(scope="module")
def others(demo: Flask) -> Others:
    return prepare(demo)


def viewer_as(person: Person) -> Viewer:
    rows = select(RoleAssignment.role, RoleAssignment.team_id)
    found = db.session.execute(rows.where(RoleAssignment.person_id == person.id))
    return viewer_of(person, [(role, team_id) for role, team_id in found])


def url_of(app: Flask, rule: Rule, others: Others) -> str:
    values = {name: others.argument(rule.endpoint, name) for name in rule.arguments}
    missing = [name for name, value in values.items() if value is None]
    assert not missing, f"{rule}: tests/web/routes_kit.py has no example of {missing}"
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def rules(app: Flask, method: str) -> list[Rule]:
    found = [r for r in app.url_map.iter_rules() if method in (r.methods or ())]
    return sorted((r for r in found if not r.endpoint.endswith("static")), key=str)


def signed_in(app: Flask, role: str) -> tuple[FlaskClient, Person]:
    person = db.session.scalars(select(Person).where(Person.staff_no == ROLES[role])).one()
    return Auth(app).login(person), person


# Arguments that name no person's object.
IMPERSONAL = {
    "day",
    "moment",
    "item",
    "month",
    "number",
    "kind",
    "key",
    "name",
    "plugin",
    "case_id",
    "channel",
    "drill_id",
    "version_id",
    "other_id",
    "programme_id",
    "draft_id",
    "place",
    "year",
    "entry_id",
    "programme_key",
    "step_key",
}

# Pages of a stranger's object that any signed-in person may ask for, and who is let in.
LET_IN = {
    "appeals.show": {"trainer", "training_manager", "quality"},
    "casereviews.show": {"trainer", "training_manager"},
    # The discussion is seen by those who hold the review; the comment is not theirs to change.
    "casereviews.add_comment": {"trainer", "training_manager"},
    "casereviews.vote": set(),
    "casereviews.change_comment": set(),
    "cases.answer": {"trainer", "training_manager"},
    "cases.keep": {"trainer", "training_manager"},  # and the case's owner
    "cases.still_holds": {"trainer", "training_manager"},
    "cases.compare": {"trainer", "training_manager"},  # the second version is a draft
    "cases.picture": {"trainer", "training_manager"},  # of a draft
    "cases.result": {"trainer", "training_manager", "quality", "hr", "admin"},
    "certificates.pdf": {"training_manager", "hr"},
    "certificates.show": {"training_manager", "hr"},
    "certificates.signature_picture": {"training_manager", "hr"},
    "courses.programme": {"trainer", "training_manager", "hr", "admin"},
    "recognition.proof": {"training_manager", "hr"},
    "uploads.show": {"trainer", "training_manager"},
    # A session that is open to everybody; its roster is for those who plan or lead it.
    "courses.session": set(ROLES),
    "courses.session_book": set(ROLES),
    "courses.session_leave": set(ROLES),
    "courses.session_check_in": set(ROLES),
    "courses.session_roster": {"trainer", "training_manager"},
    "courses.session_attendance": {"trainer", "training_manager"},
    "courses.session_add": {"trainer", "training_manager"},
    "courses.session_code": {"trainer", "training_manager"},
    "mentoring_pairs.pair": {"trainer", "training_manager", "hr"},
}
# Lists of a whole month: not for those who may see their own result alone.
FROM_SCOPE = {
    "insight.company": Scope.ALL,
    "results.months": Scope.TEAM,
    "results.month": Scope.TEAM,
    "results.export_month": Scope.TEAM,
}
# A rater amends their own scoring alone; the step in the walk is no sign-off; the month has one
# revision, with nothing before it to compare; the published version shows no files; and an answer
# is marked by whoever has taken it.
NOBODY = {
    "cases.amend",
    "courses.evidence",
    "courses.preview_version_file",
    "courses.sign_off",
    "exams_manage.give_mark",
    "exams_manage.mark",
    "exams_manage.mark_media",
    "results.revision",
}


def allowed(app: Flask, rule: Rule, role: str, viewer: Viewer) -> bool:
    """Whether the role may do this with what belongs to a stranger."""
    access = declared_access(rule.endpoint)
    is_personal = not rule.arguments <= IMPERSONAL and rule.endpoint.split(".")[0] != "results"
    is_personal = is_personal or "person_id" in rule.arguments
    if access == "public":
        return True
    if rule.endpoint in NOBODY:
        return False
    if rule.endpoint in LET_IN:
        return role in LET_IN[rule.endpoint]
    if access == "signed_in":
        return not is_personal
    least = Scope.ALL if is_personal else FROM_SCOPE.get(rule.endpoint, Scope.OWN)
    return viewer.may(access, least)


# What is drawn beside its own figure in words, or is no chart.
GLYPHS = {"icon", "spark", "ring", "against"}


def lacks_figures(client: FlaskClient, page: str) -> bool:
    """Whether a chart of the page stands without a table behind it and a file of its figures."""
    loose = page
    for figure in re.findall(r'<figure class="plot.*?</figure>', page, re.DOTALL):
        loose = loose.replace(figure, "")
        link = re.search(r'class="plot-file" href="([^"]+)"', figure)
        if "<table" not in figure or link is None:
            return True
        taken = client.get(unescape(link[1]), buffered=True)
        if taken.mimetype != "text/csv" or taken.text.count("\n") < 2:
            return True
    drawn = re.findall(r'<svg class="([\w-]+)[^>]*role="img"', loose)
    return bool(set(drawn) - GLYPHS)


@pytest.mark.parametrize("role", ROLES)
def test_pages(demo: Flask, others: Others, role: str) -> None:
    client, person = signed_in(demo, role)
    viewer = viewer_as(person)
    wrong, greedy, bare = [], [], []
    for rule in rules(demo, "GET"):
        url = url_of(demo, rule, others)
        db.session.rollback()
        with writing_meanwhile(demo):
            answer = client.get(url, buffered=True)
        for value in answer.headers.values():
            value.encode("latin-1")  # as a server sends it
        status = answer.status_code
        if answer.mimetype == "text/html" and lacks_figures(client, answer.text):
            bare.append(rule.endpoint)
        if status == 200:  # once more, now that the process has kept what it keeps
            with statements() as seen:
                client.get(url, buffered=True)
            if len(seen) > QUERIES.get(rule.endpoint, 6):
                greedy.append((rule.endpoint, len(seen)))
        if declared_access(rule.endpoint) == "public" and rule.arguments:
            # A spent link, an unknown certificate; a question without a token; half of what is
            # on a certificate leads to the form for the other half.
            others_than_404 = {"duty_api.person": 401, "certificates.verify_code": 302}
            expected = {others_than_404.get(rule.endpoint, 404)}
        else:
            expected = {200, 302} if allowed(demo, rule, role, viewer) else {403, 404}
        if status not in expected:
            wrong.append((rule.endpoint, status))
    assert wrong == []
    assert greedy == []
    assert bare == []  # a chart without its table, or without the figures as a file


@pytest.mark.parametrize("role", ROLES)
def test_acts_on_what_is_not_theirs_are_refused(demo: Flask, others: Others, role: str) -> None:
    client, person = signed_in(demo, role)
    viewer = viewer_as(person)
    wrong = []
    for rule in rules(demo, "POST"):
        if not allowed(demo, rule, role, viewer):
            status = client.post(url_of(demo, rule, others)).status_code
            if status not in {403, 404}:
                wrong.append((rule.endpoint, status))
    assert wrong == []


# What HR takes away, of each kind of page.
TAKEN = (
    "/results/months/2026-09/export?format=xlsx",
    "/results/months/2026-09?chart=scores&format=csv",
    "/results/months/2026-10/missing?format=csv",
    "/retraining?month=2026-09&format=csv",
    "/retraining/before-and-after?format=csv",
    "/promotion?format=csv",
    "/promotion/archive/{archive}?format=csv",
    "/promotion/{person}/dossier.pdf",
    "/people/{person}/data.json",
    "/results/people/{person}?chart=trend&format=csv",
    "/scorecards/people?format=csv",
    "/scorecards/supervisors?format=csv",
    "/insight/company?format=csv",
    "/recognition/points?format=csv",
    "/recognition/years/2026?format=csv",
)


def test_what_hr_takes_away_is_in_the_audit_log(demo: Flask, others: Others) -> None:
    client, hr = signed_in(demo, "hr")
    hr_id, stranger = hr.id, others.values["person_id"]
    archive = db.session.scalars(select(Archive.id)).first()
    taken = select(func.count(AuditEntry.id)).where(AuditEntry.actor_id == hr_id)
    silent = []
    for url in TAKEN:
        before = db.session.scalar(taken)
        db.session.rollback()
        answer = client.get(url.format(archive=archive, person=stranger), buffered=True)
        is_file = answer.status_code == 200 and answer.mimetype != "text/html"
        if not is_file or db.session.scalar(taken) != (before or 0) + 1:
            silent.append((url, answer.status_code, answer.mimetype))
        db.session.rollback()
    assert silent == []


def test_nobody_gets_in_without_signing_in(demo: Flask, others: Others) -> None:
    client = demo.test_client()
    wrong = []
    for method in ("GET", "POST"):
        for rule in rules(demo, method):
            if declared_access(rule.endpoint) == "public":
                continue
            answer = client.open(url_of(demo, rule, others), method=method)
            sent_away = answer.status_code == 302 and "/sign-in" in answer.location
            if not (sent_away or answer.status_code == 401):
                wrong.append((rule.endpoint, method, answer.status_code))
    assert wrong == []
