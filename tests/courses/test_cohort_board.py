"""The cohort board: every step's state in words, cohorts, the stuck, the file, and 200 hires."""

import csv
import io
from datetime import date

import pytest

from lms.clock import SettableClock
from lms.courses.models import StepState
from tests.conftest import Auth, People
from tests.counting import statements

from .conftest import School


def test_each_step_says_its_state(
    school: School, persons: People, auth: Auth, clock: SettableClock
) -> None:
    enrolment = school.enrol(persons.add())
    school.set(enrolment, 0)
    school.set(enrolment, 1, StepState.FAILED)
    page = auth.login(persons.add("hr")).get("/progress").get_data(as_text=True)
    for state, word in (("done", "done"), ("failed", "not passed"), ("locked", "locked")):
        assert f'<td class="hm-{state}' in page and f"<i>{word}</i></td>" in page
    assert '<th scope="col" title="three">' in page and 'scope="colgroup" colspan="2"' in page
    assert f'/courses/{enrolment.id}">1/4</a>' in page


def test_cohorts_and_teams(school: School, persons: People, auth: Auth) -> None:
    school.enrol(persons.add(name="上周的"), starts=date(2026, 10, 29))
    school.enrol(persons.add(name="本周的"), starts=date(2026, 11, 2))
    other = persons.add(name="别组的", team="二组")
    school.enrol(other, starts=date(2026, 11, 4))
    client = auth.login(persons.add("hr"))

    def shown(query: str) -> set[str]:
        page = client.get(f"/progress?{query}").get_data(as_text=True)
        return {name for name in ("上周的", "本周的", "别组的") if f">{name}<" in page}

    assert shown("week=2026-10-26") == {"上周的"}
    assert shown("week=2026-11-02") == {"本周的", "别组的"}
    assert shown(f"week=2026-11-02&team={other.team_id}") == {"别组的"}
    assert shown("week=nonsense") == {"上周的", "本周的", "别组的"}
    boss = auth.login(persons.add("supervisor"))
    assert "别组的" not in boss.get("/progress?week=2026-11-02").get_data(as_text=True)
    assert "别组的" not in boss.get(f"/progress?team={other.team_id}").get_data(as_text=True)


def test_the_stuck_are_those_who_could_go_on(
    school: School, persons: People, auth: Auth, clock: SettableClock
) -> None:
    _, waits, active = (
        school.enrol(persons.add(name=name)) for name in ("停住的", "等人的", "在学的")
    )
    clock.advance(days=1)
    for place in range(3):
        school.set(waits, place)
    school.set(waits, 3, StepState.SUBMITTED)
    clock.advance(days=1, hours=1)
    school.set(active, 0)
    client = auth.login(persons.add("hr"))
    page = client.get("/progress?show=stuck").get_data(as_text=True)
    assert "停住的" in page and "Mon 2 Nov" in page and "Stands before" in page
    assert "Ask what is missing" in page
    assert "等人的" not in page and "在学的" not in page
    clock.advance(days=2)
    assert "等人的" not in client.get("/progress?show=stuck").get_data(as_text=True)


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_the_file_has_everybody_within_the_scope(
    school: School, persons: People, auth: Auth, locale: str
) -> None:
    for number in range(22):
        school.set(school.enrol(persons.add(name=f"甲{number}")), 0)
    school.enrol(persons.add(name="乙", team="二组"))
    client = auth.login(persons.add("supervisor"), locale)
    with statements() as seen:
        answer = client.get("/progress?format=csv")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert len(rows) == 23 and len(seen) <= 6
    assert rows[0][0] == ("Staff number" if locale == "en" else "工号")
    assert rows[1][7:9] == ["1", "4"]


def test_two_hundred_hires_cost_no_more_questions(
    school: School, persons: People, auth: Auth, clock: SettableClock
) -> None:
    for _ in range(200):
        school.enrol(persons.add())
    clock.advance(days=3)
    client = auth.login(persons.add("hr"))
    for query in ("", "?page=10", "?show=stuck", "?show=overdue"):
        client.get(f"/progress{query}")
        with statements() as seen:
            assert client.get(f"/progress{query}").status_code == 200
        assert len(seen) <= 6, "\n".join(seen)
