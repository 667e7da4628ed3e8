"""Who is a star, what a revision makes of it, and that the page names nobody's figure."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month
from lms.db import db
from lms.people.models import Notification
from lms.plugins.recognition import ledger, showing
from lms.plugins.recognition.policy import STARS
from lms.plugins.testing import check_plugin
from lms.policies import in_force, save
from lms.rules.models import Proposal
from tests.conftest import NOW, Auth
from tests.counting import statements
from tests.plugins.recognition.conftest import MARCH, Stars


def names(stars: Stars, month: Month = MARCH) -> list[int]:
    ids = [person.id for person in stars.people]
    return sorted(ids.index(star.person_id) for star in showing.stars(db.session(), month))


def each(what: str) -> None:
    number = in_force(db.session(), STARS).number
    save(
        db.session(), STARS, {"each": what, "least": 1}, base_number=number, reason="",
        actor=OPERATOR, now=NOW,
    )  # fmt: skip


def test_conforms(both_apps: Flask) -> None:
    assert check_plugin(both_apps, "recognition") == []


@pytest.mark.parametrize(
    ("figures", "unranked", "expected"),
    [
        ({0: (4.9, 0.8), 1: (4.8, 1.0), 2: (4.7, 1.0)}, (), [0]),  # CSAT before FCR
        ({0: (4.9, 0.8), 1: (4.9, 0.9), 2: (4.9, None)}, (), [1]),  # then FCR; none is last
        ({0: (4.9, 0.9), 1: (4.9, 0.9), 2: (4.9, 0.8)}, (), [0, 1]),  # ties share
        ({0: (4.9, 0.9), 1: (4.8, 0.9), 2: (4.7, 1), 3: (4.6, 1)}, (0,), [1]),  # ranked people
        ({0: (4.9, 0.9), 1: (4.8, 0.9), 2: (None, 1.0)}, (), []),  # too few with a figure
    ],
)
def test_the_best_is_the_star(
    stars: Stars,
    figures: dict[int, tuple[float | None, float | None]],
    unranked: tuple[int, ...],
    expected: list[int],
) -> None:
    stars.close(figures, unranked=unranked)
    assert names(stars) == expected


def test_one_for_each_team_or_channel(stars: Stars) -> None:
    figures = {0: (4.9, 0.8), 1: (4.8, 1.0), 2: (4.2, 1.0), 3: (4.1, 1.0)}
    each("team")
    stars.close(figures)
    assert names(stars) == [0, 2]
    assert {star.group for star in showing.stars(db.session(), MARCH)} == {"一组", "二组"}
    each("channel")
    stars.close(figures, month=MARCH.plus(1))
    assert names(stars, MARCH.plus(1)) == [0]


def test_a_revision_supersedes_and_is_audited(stars: Stars) -> None:
    stars.close({0: (4.9, 0.8), 1: (4.8, 1.0), 2: (4.7, 1.0)})
    stars.close({0: (4.6, 0.8), 1: (4.8, 1.0), 2: (4.7, 1.0)}, revision=2)
    assert names(stars) == [1]
    ids = [person.id for person in stars.people]
    assert (stars.outcomes[1].entered, stars.outcomes[1].left) == ([ids[1]], [ids[0]])
    assert db.session.scalar(select(func.count(Proposal.id))) == 2  # both are kept
    runs = select(AuditEntry.details).where(AuditEntry.action == "rule.run")
    assert [entry["entered"] for entry in db.session.scalars(runs)] == [[ids[0]], [ids[1]]]
    told = db.session.execute(
        select(Notification.person_id, Notification.text).order_by(Notification.id)
    ).all()
    assert [person_id for person_id, _ in told] == [ids[0], ids[0], ids[1]]
    assert "no longer" in told[1].text.en
    # The same figures once more change nothing, and tell nobody anything.
    stars.close({0: (4.6, 0.8), 1: (4.8, 1.0), 2: (4.7, 1.0)}, revision=3)
    assert (stars.outcomes[2].entered, stars.outcomes[2].left) == ([], [])
    assert db.session.scalar(select(func.count(Notification.id))) == 3


def test_history_has_stars_but_tells_nobody(stars: Stars) -> None:
    stars.close({0: (4.9, 0.8), 1: (4.8, 1.0), 2: (4.7, 1.0)}, assign=False)
    assert names(stars) == [0]
    assert db.session.scalar(select(func.count(Notification.id))) == 0


def test_the_page_names_the_stars_and_no_figure(lite_stars: Stars, auth: Auth) -> None:
    stars = lite_stars
    stars.close({0: (4.87, 0.8123), 1: (4.8, 1.0), 2: (4.7, 1.0)})
    stars.close({1: (4.91, 0.7), 2: (4.5, 1.0), 3: (4.6, 1.0)}, month=MARCH.plus(1))
    ledger.praise(db.session(), "k", stars.people[3], "very kind", actor=OPERATOR, now=NOW)
    db.session.commit()
    client = auth.login(stars.people[3])
    page = client.get("/recognition?month=2026-03").text
    db.session.rollback()
    assert "Service star of the month" in page and "March 2026" in page and "星一组" in page
    assert "/recognition?month=2026-04" in page  # months back and forth
    assert "4.87" not in page and "81" not in page.split("stars-how")[0].split("star-row")[1]
    with statements() as seen:
        page = client.get("/recognition").text
    db.session.rollback()
    assert len(seen) <= 6 and "April 2026" in page and "5 points" in page
    panel = client.get("/more").text
    assert "Service stars" in panel and "4.91" not in panel
