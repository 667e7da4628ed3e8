"""The chat of a team: its supervisor or the admin puts in a robot's address."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    Actor,
    DomainError,
    Team,
    access,
    db,
    error_message,
    limiter,
    locale,
    now,
    viewer,
)
from lms.plugins.messaging import teams
from lms.plugins.messaging.known import known, one

bp = Blueprint(
    "messaging_teams", __name__, url_prefix="/messaging/teams", template_folder="templates"
)


def _team(team_id: int) -> Team:
    found = db.session.get(Team, team_id)
    if found is None:
        abort(404)
    if not teams.may_set(viewer(), team_id):
        abort(403)
    return found


@bp.get("")
@access.requires(teams.PERMISSION)
def index() -> ResponseReturnValue:
    session = db.session()
    found = teams.reachable(session, viewer())
    return render_template(
        "messaging/teams.html",
        teams=found,
        chats=teams.chats(session, [team.id for team in found]),
        channels=known(session),
        kinds=teams.offered(),
    )


@bp.get("/<int:team_id>")
@access.requires(teams.PERMISSION)
def team(team_id: int) -> ResponseReturnValue:
    return _page(_team(team_id))


def _page(found: Team, *, of: str = "", field: str = "", error: str = "") -> str:
    """`of`: the channel whose form was refused, with what was typed in it."""
    session = db.session()
    chats = teams.chats(session, [found.id]).get(found.id, {})
    ways = [
        to for to in known(session).values()
        if to.is_secret and (to.name in chats or not to.problem)
    ]  # fmt: skip
    return render_template(
        "messaging/team.html",
        team=found, chats=chats, ways=ways, kinds=teams.offered(), of=of, field=field,
        error=error, typed=request.form,
    )  # fmt: skip


@bp.post("/<int:team_id>/<channel>")
@limiter.limit("20 per hour")
@access.requires(teams.PERMISSION)
def save(team_id: int, channel: str) -> ResponseReturnValue:
    session, found = db.session(), _team(team_id)
    to, actor = one(session, channel), Actor(viewer().person_id)
    if not to.is_secret:
        abort(404)
    try:
        teams.save(
            session, found, to, request.form.get("address", "")[:500],
            request.form.getlist("kinds"), locale=locale(), actor=actor, now=now(),
        )  # fmt: skip
    except DomainError as error:
        session.rollback()
        why = error_message(error)
        return _page(_team(team_id), of=channel, field=error.field or "", error=why), 400
    session.commit()
    flash(_("Notices for the team go there from now on."), "success")
    return redirect(url_for(".team", team_id=team_id), 303)


@bp.post("/<int:team_id>/<channel>/remove")
@access.requires(teams.PERMISSION)
def remove(team_id: int, channel: str) -> ResponseReturnValue:
    found = _team(team_id)
    teams.remove(db.session(), found.id, channel, actor=Actor(viewer().person_id), now=now())
    db.session.commit()
    flash(_("Nothing is sent there any more."), "success")
    return redirect(url_for(".team", team_id=team_id), 303)


@bp.post("/<int:team_id>/<channel>/test")
@limiter.limit("20 per hour")
@access.requires(teams.PERMISSION)
def test(team_id: int, channel: str) -> ResponseReturnValue:
    found = _team(team_id)
    teams.send_test(db.session(), found.id, channel, actor=Actor(viewer().person_id), now=now())
    db.session.commit()
    flash(_("The test goes to the chat within seconds."), "success")
    return redirect(url_for(".team", team_id=team_id), 303)
