"""Pages: the quarters and years of people in one's scope, and of one person."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    PER_PAGE,
    Month,
    Person,
    Scope,
    access,
    chart_file,
    db,
    download,
    here,
    page_url,
    viewer,
)
from lms.plugins.scorecards.access import RESULTS
from lms.plugins.scorecards.blueprint import bp, this_month
from lms.plugins.scorecards.periods import reading, spot_checks


def _year(years: list[int]) -> int:
    asked = request.args.get("year", years[0] if years else this_month().year, type=int)
    if not 2000 <= asked <= 2100:
        abort(404)
    return asked


@bp.get("/people", endpoint="people")
@access.requires(RESULTS)
def people() -> ResponseReturnValue:
    """Who sees only themselves goes to their own page."""
    if not viewer().may(RESULTS, Scope.TEAM):
        return redirect(url_for(".mine"))
    session, text = db.session(), request.args.get("q", "").strip()[:100]
    years = reading.years(session)
    year = _year(years)
    wanted = (
        select(Person)
        .options(joinedload(Person.team))
        .where(
            viewer().clause(RESULTS),
            or_(
                Person.level.in_(("agent", "senior_agent")), Person.id.in_(reading.ranked_in(year))
            ),
            Person.left_on.is_(None) | (Person.left_on >= Month(year * 12).first_day),
        )
        .order_by(Person.staff_no)
    )
    if text:
        wanted = wanted.where(
            Person.staff_no.icontains(text, autoescape=True)
            | Person.name.icontains(text, autoescape=True)
        )
    if kind := request.args.get("format"):
        return _export(year, list(session.scalars(wanted)), kind)
    page = db.paginate(wanted, per_page=PER_PAGE, error_out=False)
    found = reading.read(session, year, [person.id for person in page.items])
    return render_template(
        "scorecards/people.html", page=page, found=found, year=year, years=years, text=text,
        here=here, page_url=page_url,
    )  # fmt: skip


def _export(year: int, people: list[Person], kind: str) -> ResponseReturnValue:
    quarters = [f"Q{n}" for n in (1, 2, 3, 4)]
    head = [_("Staff number"), _("Name"), _("Team"), *quarters, _("Year"), _("Months counted"),
            _("Spot checks")]  # fmt: skip
    rows: list[list[object]] = []
    for start in range(0, len(people), 500):
        part = people[start : start + 500]
        found = reading.read(db.session(), year, [person.id for person in part])
        for person in part:
            y = found[person.id]
            figures = [p.score / 100 if p else None for p in (*y.quarters, y.year)]
            counts = [y.year.months, y.year.others] if y.year else [0, 0]
            team = person.team.name if person.team else ""
            rows.append([person.staff_no, person.name, team, *figures, *counts])
    return download(_("scores-%(year)s", year=year), head, rows, kind)


@bp.get("/mine")
@access.requires(RESULTS)
def mine() -> ResponseReturnValue:
    return _page(db.session.get_one(Person, viewer().person_id), own=True)


@bp.get("/people/<int:person_id>")
@access.requires(RESULTS)
def person(person_id: int) -> ResponseReturnValue:
    found = access.require(RESULTS, db.session.get(Person, person_id))
    return _page(found, own=found.id == viewer().person_id)


def _page(person: Person, own: bool) -> ResponseReturnValue:
    session = db.session()
    years = reading.years(session)
    year = _year(years)
    found = reading.read(session, year, [person.id])[person.id]
    first = Month(year * 12)
    chart = {
        "labels": [str(month) for month, _score in found.months],
        "series": [
            {"name": _("Month"), "data": [_points(score) for _month, score in found.months]},
            {
                "name": _("Quarter"),
                "data": [_points(q.score if q else None) for q in found.quarters for _n in "123"],
            },
        ],
    }
    if file := chart_file(_("scores-%(year)s", year=f"{year}-{person.staff_no}"), {"year": chart}):
        return file
    return render_template(
        "scorecards/person.html", person=person, own=own, found=found, year=year, years=years,
        here=here, chart=chart, checks=spot_checks.of_person(session, person.id, first,
                                                             first.plus(11)),
    )  # fmt: skip


def _points(score: int | None) -> float | None:
    return None if score is None else score / 100
