"""The page everybody looks at: the month's stars, the year's best, the teams' points."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.plugins.api import Month, access, db, local_date, now, page_of, page_url, zone
from lms.plugins.recognition import ledger, showing, words, years
from lms.plugins.recognition.blueprint import bp, me, month_of

_TEAMS = 10
_STARS = 12


@bp.get("")
@access.signed_in
def index() -> ResponseReturnValue:
    session = db.session()
    months = showing.months(session)
    present = Month.of(local_date(now(), zone()))
    asked = request.args.get("month")
    month = month_of(asked) if asked else months[0] if months else present
    person = me()
    found = showing.stars(session, month)
    # One's own group first: with a star for each team there may be many.
    found.sort(key=lambda star: star.person_id != person.id)
    teams = ledger.standings(session, max(month, present) if not asked else month)
    return render_template(
        "recognition/index.html", month=month, months=months, stars=page_of(found, _STARS),
        page_url=page_url, me=person, best=years.latest_held(session),
        teams=[team for place, team in enumerate(teams)
               if place < _TEAMS or team.team_id == person.team_id],
        places={team.team_id: place for place, team in enumerate(teams, 1)},
        most=max((team.year for team in teams), default=0), words=words,
        points_month=max(month, present) if not asked else month,
    )  # fmt: skip
