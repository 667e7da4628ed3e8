"""Rooms: opening one, coming in, speaking, noting, the end. Only who is in a room knows of it."""

from secrets import token_urlsafe
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.cases import drills
from lms.cases.blueprint import actor, bp
from lms.cases.rooms import ending, opening, reading, stream, talking
from lms.cases.rooms.forms import RoomForm
from lms.cases.rooms.models import Role, RoomState
from lms.clock import now
from lms.db import db
from lms.db import reading as only_reads
from lms.errors import Conflict, DomainError
from lms.people.finding import find_person
from lms.web.errors import message, show_on

_LISTED = 60


@bp.get("/drills/rooms")
@access.signed_in
def rooms() -> ResponseReturnValue:
    found = reading.mine(db.session(), viewer().person_id, only_open=False, limit=_LISTED)
    return render_template("cases/rooms/list.html", rooms=found)


@bp.route("/drills/<int:drill_id>/rooms/new", methods=["GET", "POST"])
@access.requires("drills.host")
def open_room(drill_id: int) -> ResponseReturnValue:
    session, form = db.session(), RoomForm()
    drill = drills.one(session, drill_id)
    if form.validate_on_submit():
        try:
            agent = find_person(session, form.agent.data, field="agent")
            watching = [
                find_person(session, name, field="observers") for name in form.observer_names()
            ]
            room = opening.open_room(session, drill_id, agent, watching, actor=actor(), now=now())
            session.commit()
            return redirect(url_for("cases.live_room", room_id=room.id), 303)
        except DomainError as error:
            show_on(form, error)
            drill = drills.one(session, drill_id)
    page = render_template("cases/rooms/new.html", form=form, drill=drill)
    return page, 400 if form.errors else 200


@bp.get("/drills/rooms/<int:room_id>")
@access.signed_in
def live_room(room_id: int) -> ResponseReturnValue:
    session = db.session()
    mine = reading.standing(session, room_id, viewer().person_id)
    if mine.state == RoomState.ENDED and mine.role != Role.OBSERVER:
        room = reading.room_of(session, room_id)
        return redirect(url_for("cases.result", run_id=room.run_id))
    if _is_over_for(room_id, mine):
        return redirect(url_for("cases.rooms"))
    return _page(room_id, mine)


def _is_over_for(room_id: int, mine: reading.Standing) -> bool:
    """Observers read along while it lasts; afterwards who may see the agent's runs anyway."""
    if mine.role != Role.OBSERVER or mine.state not in talking.OVER:
        return False
    agent = reading.room_of(db.session(), room_id).agent
    return not any(viewer().covers(p, agent) for p in ("progress.view", "drills.score"))


def _page(room_id: int, mine: reading.Standing, typed: str = "", error: str = "") -> str:
    view = stream.view_of(db.session(), room_id, mine, now())
    return render_template(
        "cases/rooms/room.html",
        view=view,
        client_key=token_urlsafe(12),
        typed=typed,
        error=error,
    )


@bp.post("/drills/rooms/<int:room_id>/join")
@access.signed_in
def join_room(room_id: int) -> ResponseReturnValue:
    opening.join(db.session(), room_id, viewer().person_id, now=now())
    db.session.commit()
    return redirect(url_for("cases.live_room", room_id=room_id), 303)


@bp.get("/drills/rooms/<int:room_id>/messages")
@access.signed_in
def room_news(room_id: int) -> ResponseReturnValue:
    """What came after message `after`; nothing to send (204) is the usual answer."""
    mine = reading.standing(db.session(), room_id, viewer().person_id)
    after = request.args.get("after", -1, type=int)
    if mine.last_seq <= after and mine.state == request.args.get("state"):
        return "", 204
    if _is_over_for(room_id, mine):
        return stream.over(mine, url_for("cases.rooms"))
    return stream.news(db.session(), room_id, mine, after, now())


@bp.post("/drills/rooms/<int:room_id>/messages")
@access.signed_in
def say_in_room(room_id: int) -> ResponseReturnValue:
    text = request.form.get("text", "").replace("\0", "").replace("\r\n", "\n")
    key, me = request.form.get("client_key", "").replace("\0", ""), viewer().person_id
    session, by_script = db.session(), "X-Requested-With" in request.headers
    try:
        if not key:
            raise DomainError("Reload the page and send again.", field="text")
        talking.say(session, room_id, me, text, client_key=key, now=now())
        session.commit()
    except (Conflict, DomainError) as error:
        if error.field is None and not isinstance(error, Conflict):
            raise
        session.rollback()
        return _refused(room_id, error, text, by_script=by_script)
    if not by_script:
        return redirect(url_for("cases.live_room", room_id=room_id), 303)
    return _news_since(room_id, me)


def _news_since(room_id: int, me: int) -> dict[str, Any]:
    """After the commit; what is read now keeps nobody else from writing."""
    only_reads.set(True)
    mine = reading.standing(db.session(), room_id, me)
    return stream.news(db.session(), room_id, mine, request.form.get("after", -1, type=int), now())


def _refused(
    room_id: int, error: DomainError, text: str, *, by_script: bool
) -> ResponseReturnValue:
    code = 409 if isinstance(error, Conflict) else 400
    if by_script:
        return {"error": message(error)}, code
    mine = reading.standing(db.session(), room_id, viewer().person_id)
    return _page(room_id, mine, text[: 2 * talking.MAX_TEXT], message(error)), code


@bp.post("/drills/rooms/<int:room_id>/notes")
@access.signed_in
def note_in_room(room_id: int) -> ResponseReturnValue:
    session, me = db.session(), viewer().person_id
    kind, value = request.form.get("kind", ""), request.form.get("value", -1, type=int)
    talking.note(session, room_id, me, kind, value, now=now())
    session.commit()
    if "X-Requested-With" not in request.headers:
        return redirect(url_for("cases.live_room", room_id=room_id), 303)
    return _news_since(room_id, me)


@bp.post("/drills/rooms/<int:room_id>/end")
@access.signed_in
def end_room(room_id: int) -> ResponseReturnValue:
    room = ending.end(db.session(), room_id, actor=actor(), now=now())
    run_id = room.run_id
    db.session.commit()
    if run_id is None:
        flash(_("The room is closed. Nothing was said that could be scored."), "success")
        return redirect(url_for("cases.rooms"), 303)
    flash(_("The conversation waits for scoring."), "success")
    return redirect(url_for("cases.result", run_id=run_id), 303)
