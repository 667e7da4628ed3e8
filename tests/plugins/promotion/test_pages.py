"""The board, the dossier and their access; counted queries; export and command line."""

import csv
import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from lms.cli import build
from lms.db import db
from lms.people.models import Level
from lms.plugins.promotion.models import Nomination
from tests.counting import statements


@pytest.fixture
def team(app: Flask, persons, year):
    """Thirty agents in two teams; the first six are best in January to March, so rank 7 is next."""
    found = [persons.add(team="一组" if n < 20 else "二组") for n in range(30)]
    for month in ("2026-01", "2026-02", "2026-03"):
        year.good(month, [p.id for p in found], *(p.id for p in found[:6]))
    return found


@pytest.fixture
def hr(team, persons):
    return [persons.add("hr", level=Level.MANAGER, team=None) for _ in range(2)]


def test_the_board_shows_verdicts_with_few_queries(team, hr, auth) -> None:
    client = auth.login(hr[0])
    with statements() as seen:
        page = client.get("/promotion?year=2026")
    assert page.status_code == 200
    own = [statement for statement in seen if "plugin_state" not in statement]  # read by the clock
    assert len(own) <= 12, "\n\n".join(own)
    assert "Eligible" in page.text and "Not yet: 3 changes short" in page.text
    assert team[0].name in page.text and "32 entries" in page.text
    only = client.get("/promotion?year=2026&verdict=eligible").text
    assert team[0].staff_no in only and team[7].staff_no not in only
    assert "Nobody matches" in client.get("/promotion?q=zzz").text


def test_the_same_number_of_queries_for_more_people(team, hr, persons, auth) -> None:
    client = auth.login(hr[0])
    client.get("/promotion")
    with statements() as few:
        client.get("/promotion?year=2026&q=T0001")
    with statements() as many:
        client.get("/promotion?year=2026")
    kept = [[s for s in seen if "plugin_state" not in s] for seen in (few, many)]
    assert len(kept[0]) == len(kept[1])


def test_a_month_is_told_without_colour(team, hr, auth) -> None:
    """✓ for the KPI, ★ for the rank: who lacks one of them has but the other."""
    client = auth.login(hr[0])
    best = client.get(f"/promotion?year=2026&q={team[0].staff_no}").text
    other = client.get(f"/promotion?year=2026&q={team[7].staff_no}").text
    assert re.search(r"✓\d+★</span>", best)
    assert re.search(r"✓\d+</span>", other) and not re.search(r"\d★</span>", other)


def test_the_board_can_be_taken_away(team, hr, auth) -> None:
    client = auth.login(hr[0])
    rows = list(csv.DictReader(io.StringIO(client.get("/promotion?format=csv").text)))
    assert rows[0]["verdict"] == "eligible" and rows[7]["verdict"] == "not_yet"
    assert len(rows) == 32 and "satisfaction rank 7 of 30" in rows[7]["nearest_miss"]
    excel = client.get("/promotion?format=xlsx")
    assert excel.data[:2] == b"PK"
    assert client.get("/promotion?format=exe").status_code == 404


def test_each_sees_their_own_dossier_and_nobody_elses(team, hr, auth) -> None:
    client = auth.login(team[7])
    own = client.get("/promotion/me", follow_redirects=True)
    assert own.status_code == 200 and "Nearest miss" in own.text
    assert "My way to senior agent" in own.text
    assert client.get(f"/promotion/{team[0].id}").status_code == 403
    assert client.get("/promotion/99999").status_code == 404
    board = client.get("/promotion?year=2026").text
    assert team[0].staff_no not in board and team[7].staff_no in board
    assert 'href="/promotion"' not in client.get("/").text


def test_a_supervisor_sees_the_team(team, persons, auth) -> None:
    client = auth.login(persons.add("supervisor", level=Level.SUPERVISOR))
    board = client.get("/promotion?year=2026").text
    assert team[0].staff_no in board and team[25].staff_no not in board
    assert client.get(f"/promotion/{team[25].id}").status_code == 403
    assert client.post(f"/promotion/{team[25].id}/nominate", data={}).status_code == 403


def test_a_trainer_gets_nobodys_dossier(team, persons, auth) -> None:
    client = auth.login(persons.add("trainer", level=Level.MANAGER))
    assert client.get(f"/promotion/{team[0].id}").status_code == 403


def test_nominate_and_decide_in_the_browser(team, hr, auth) -> None:
    first, second = auth.login(hr[0]), auth.login(hr[1])
    url = f"/promotion/{team[0].id}/nominate?year=2026"
    assert "at least 10 characters" in first.post(url, data={"reason": "short"}).text
    first.post(url, data={"reason": "Three strong months."})
    again = first.post(url, data={"reason": "Three strong months."}, follow_redirects=True)
    assert "nominated already" in again.text
    nomination = db.session.scalars(select(Nomination)).one()
    page = first.get(f"/promotion/{team[0].id}?year=2026").text
    assert "Somebody else decides" in page and "Three strong months." in page
    own = auth.login(team[0]).get(f"/promotion/{team[0].id}?year=2026").text
    assert "You were nominated" in own and hr[0].name not in own
    waiting = second.get("/promotion?verdict=nominated").text
    assert team[0].staff_no in waiting and team[1].staff_no not in waiting
    assert "please decide" in second.get("/notifications").text
    decide = f"/promotion/nominations/{nomination.id}/decide"
    refused = first.post(
        decide, data={"reason": "I agree with it.", "approve": "1"}, follow_redirects=True
    )
    assert "Somebody else must decide" in refused.text
    done = second.post(
        decide, data={"reason": "I agree with it.", "approve": "1"}, follow_redirects=True
    )
    assert "Promoted." in done.text
    db.session.expire_all()
    assert team[0].level == Level.SENIOR_AGENT
    assert second.post("/promotion/nominations/999/decide", data={}).status_code == 404


def test_a_later_day_and_taking_it_back_in_the_browser(team, hr, auth) -> None:
    first, second = auth.login(hr[0]), auth.login(hr[1])
    reason = {"reason": "Three strong months."}
    first.post(f"/promotion/{team[0].id}/nominate?year=2026", data=reason)
    nomination = db.session.scalars(select(Nomination)).one()
    url = f"/promotion/nominations/{nomination.id}"
    past = reason | {"approve": "1", "effective_on": "2026-10-01"}
    assert "from today on" in second.post(f"{url}/decide", data=past).text
    later = reason | {"approve": "1", "effective_on": "2026-12-01"}
    done = second.post(f"{url}/decide", data=later, follow_redirects=True)
    assert "The level changes on 2026-12-01." in done.text
    own = auth.login(team[0])
    assert "From" in own.get(f"/promotion/{team[0].id}").text
    assert own.post(f"{url}/withdraw", data=reason).status_code == 403
    refused = second.post(f"{url}/withdraw", data={"reason": "short"}).text
    assert "<details open><summary>Withdraw" in refused and "at least 10" in refused
    back = second.post(f"{url}/withdraw", data=reason, follow_redirects=True)
    assert "The nomination was withdrawn." in back.text and "Withdrawn" in back.text
    assert own.post(f"{url}/probation", data=reason).status_code == 403


def test_a_year_nothing_is_known_of_is_refused(team, hr, persons, auth) -> None:
    client = auth.login(hr[0])
    boss = auth.login(persons.add("supervisor", level=Level.SUPERVISOR))
    for year in ("0", "99999", "2025"):
        sent = {"reason": "Three strong months.", "year": year, "track": "senior_agent"}
        url = f"/promotion/{team[0].id}"
        for by, where in (
            (client, f"{url}/nominate?year={year}"),
            (boss, f"{url}/recommend?year={year}"),
            (client, "/promotion/archive"),
        ):
            page = by.post(where, data=sent, follow_redirects=True)
            assert f"Nothing is known of the year {year}." in page.text


def test_an_employee_cannot_nominate_or_decide(team, auth) -> None:
    client = auth.login(team[0])
    assert client.post(f"/promotion/{team[0].id}/nominate", data={}).status_code == 403
    assert client.post("/promotion/nominations/1/decide", data={}).status_code == 403


def test_the_tracker_is_on_an_agents_home(team, auth) -> None:
    best = auth.login(team[0]).get("/more").text
    assert "Towards senior agent" in best and "3 good months in a row" in best
    assert "2026-03: rank" not in best
    other = auth.login(team[7]).get("/more").text
    assert "0 good months in a row" in other and "2026-03: rank 7, needs 6" in other


def test_the_command_line_prints_verdicts(team, capsys) -> None:
    from flask import current_app

    app = current_app._get_current_object()
    build(app).main(["promotion", "check", "--year", "2026"], standalone_mode=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "staff_no,verdict,runs"
    assert lines[1] == "T0001,eligible,2026-01" and lines[7] == "T0007,not_yet,"
