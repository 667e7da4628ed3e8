"""Trends: one's own, a team's, the company's."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.plugins.api import Person, Scope, Team, access, db, download, here, pick, viewer
from lms.plugins.insight import trends
from lms.plugins.insight.blueprint import asked_channel, asked_months, asked_span, bp
from lms.plugins.insight.months import Closed, Measure, span
from lms.plugins.insight.trends import Point
from lms.plugins.insight.words import CHANNELS

VIEW = "insight.view"
_BESIDE_COMPANY = 4


@bp.get("")
@access.requires(VIEW)
def index() -> ResponseReturnValue:
    who = viewer()
    if who.may(VIEW, Scope.ALL):
        return redirect(url_for(".company"))
    if who.may(VIEW, Scope.TEAM) and who.team_ids:
        return redirect(url_for(".team", team_id=min(who.team_ids)))
    return redirect(url_for(".person", person_id=who.person_id))


@bp.get("/people/<int:person_id>")
@access.requires(VIEW)
def person(person_id: int) -> ResponseReturnValue:
    me = current_user.person
    found = me if person_id == me.id else db.session.get(Person, person_id)
    found = access.require(VIEW, found)
    known = asked_months(db.session())
    measure = known.measure(request.args.get("metric", ""))
    points = trends.of_person(db.session(), person_id, known.closes, measure.code)
    name = _("Figure") if person_id == viewer().person_id else found.name
    return _page(known, measure, [(name, points)], found.name, found.channel, person_id=person_id)


@bp.get("/teams/<int:team_id>")
@access.requires(VIEW)
def team(team_id: int) -> ResponseReturnValue:
    if not viewer().may(VIEW, Scope.ALL) and not (
        viewer().may(VIEW, Scope.TEAM) and team_id in viewer().team_ids
    ):
        abort(403)
    found = db.session.get(Team, team_id) or abort(404)
    known = asked_months(db.session())
    measure = known.measure(request.args.get("metric", ""))
    channel = asked_channel()
    points = trends.of_teams(db.session(), known.closes, measure.code, [team_id], channel)
    series = [(_named(found.name, channel), points)]
    return _page(known, measure, series, found.name, channel, team_id=team_id)


@bp.get("/company")
@access.requires(VIEW)
def company() -> ResponseReturnValue:
    """Everybody's mean, and up to four teams beside it."""
    if not viewer().may(VIEW, Scope.ALL):
        abort(403)
    session = db.session()
    known = asked_months(session)
    measure = known.measure(request.args.get("metric", ""))
    names = dict(trends.teams_in(session, known.closes))
    chosen = [i for i in request.args.getlist("team", type=int) if i in names][:_BESIDE_COMPANY]
    channel = asked_channel()
    wanted: list[tuple[str, list[int] | None]] = [(_("Company"), None)]
    wanted += [(names[i], [i]) for i in chosen]
    series = [
        (_named(name, channel),
         trends.of_teams(session, known.closes, measure.code, teams, channel))
        for name, teams in wanted
    ]  # fmt: skip
    return _page(known, measure, series, _("Company"), channel, names=names, chosen=chosen)


def _named(name: str, channel: str | None) -> str:
    return f"{name} · {pick(CHANNELS[channel])}" if channel else name


def _each(measure: Measure) -> str:
    """Each channel's target, in words; empty where they are all alike."""
    return " · ".join(f"{pick(word)} {target}" for word, target in measure.targets)


def _page(
    known: Closed,
    measure: Measure,
    series: list[tuple[str, list[Point]]],
    title: str,
    channel: str | None,
    **shown: Any,
) -> ResponseReturnValue:
    months = span(known.closes)
    values = [(name, {p.month: p for p in points}) for name, points in series]
    if kind := request.args.get("format"):
        head = [_("Month"), _("Measure"), _("Of"), _("Value"), _("People")]
        rows = [
            [str(month), pick(measure.label), name, measure.shown(at[month].value),
             at[month].people]
            for name, at in values for month in months if month in at
        ]  # fmt: skip
        return download(_("trend-%(metric)s", metric=measure.code), head, rows, kind)
    target = measure.target(channel)
    data = {
        "labels": [str(month) for month in months],
        "series": [
            {
                "name": name,
                "data": [measure.shown(at[m].value) if m in at else None for m in months],
            }
            for name, at in values
        ],
        "unit": measure.suffix,
        "target": target,
        "target_label": _("Target %(value)s", value=f"{target:g}{measure.suffix}")
        if target is not None
        else None,
    }
    return render_template(
        "insight/trend.html", data=data, measure=measure, known=known, title=title,
        values=values, months=months, span=asked_span(), here=here,
        own=shown.get("person_id") == viewer().person_id, person_id=shown.get("person_id"),
        team_id=shown.get("team_id"), names=shown.get("names"), chosen=shown.get("chosen", ()),
        channels=CHANNELS, channel=channel, targets=None if channel else _each(measure),
    )  # fmt: skip
