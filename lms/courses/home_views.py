"""The start page: a hire's day, or what is under way and where one's work is."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms import access
from lms.access import viewer
from lms.cases.practice.reading import next_practice
from lms.cases.rooms.reading import mine
from lms.clock import local_date, now
from lms.courses import clearing, feedback, moments, queries, team
from lms.courses.blueprint import bp
from lms.courses.gating import Standing
from lms.courses.overview import clearance_checklist
from lms.courses.sessions.queries import next_booked
from lms.db import Localized, db
from lms.i18n import gettext as _
from lms.people import notices
from lms.people.accounts import Cleared
from lms.people.models import Channel, ClearanceSource, Level
from lms.people.organisation import zone
from lms.results import own
from lms.setup import words
from lms.setup.facts import progress

# How long the start page goes on congratulating.
_JUST_CLEARED = timedelta(days=3)


def today() -> ResponseReturnValue:
    """The home page of the signed-in person (their id decides everything shown)."""
    me, day = current_user.known, local_date(now(), zone())
    under_way = queries.active(db.session(), me.id, day)
    week = next((found for found in under_way if found.outline.grants_clearance), None)
    if week is not None:
        return _hire(week, [found for found in under_way if found is not week])
    takes_contacts = me.level in (Level.AGENT, Level.SENIOR_AGENT)
    clearance = current_user.clearance if takes_contacts else None
    if takes_contacts and not clearance and (done := clearing.waiting(db.session(), me.id)):
        week = queries.one(db.session(), done.id, day)
        reasons = clearing.refusals(db.session(), done, now())
        return _hire(week, under_way, waiting=True, reasons=reasons)
    who = viewer()
    setup = progress(db.session()) if who.may("roles.manage") else None
    return render_template(
        "courses/today.html",
        setup=setup if setup and not setup.is_over else None,
        setup_words=words,
        me=me,
        greeting=_greeting(me.name),
        under_way=under_way,
        clearance=clearance,
        every_channel=tuple(Channel),
        cleared_moment=_cleared_moment(clearance, day),
        takes_contacts=takes_contacts,
        month=own.latest(db.session(), me.id) if takes_contacts else None,
        practice=next_practice(db.session(), me.id, me.channel) if clearance else None,
        work=team.work_counts(db.session(), who, day) if who.may("people.view") else None,
    )


def more_of_today(*, as_piece: bool) -> ResponseReturnValue:
    """The piece the start page asks for, or the same as a page for browsers without scripts."""
    template = "courses/_more.html" if as_piece else "courses/more.html"
    me = current_user.known
    return render_template(
        template,
        as_piece=as_piece,
        notes=notices.latest(db.session(), me.id, limit=4),
        coming=next_booked(db.session(), me.id, now()),
        rooms=mine(db.session(), me.id, only_open=True, limit=3),
    )


def _hire(
    week: Standing,
    others: list[Standing],
    *,
    waiting: bool = False,
    reasons: Sequence[Localized] = (),
) -> ResponseReturnValue:
    me = current_user.person
    return render_template(
        "courses/today_hire.html",
        moment=None if waiting else moments.of_week(db.session(), me.id, week),
        day_done=moments.day_done(week),
        me=me,
        greeting=_greeting(me.name),
        week=week,
        others=others,
        waiting=waiting,
        reasons=reasons,
        checklist=clearance_checklist(week),
        feedback=feedback.latest(db.session(), me.id),
    )


def _greeting(name: str) -> str:
    hour = now().astimezone(zone()).hour
    if 4 <= hour < 12:
        return str(_("Good morning, %(name)s", name=name))
    if 12 <= hour < 18:
        return str(_("Good afternoon, %(name)s", name=name))
    return str(_("Good evening, %(name)s", name=name))


def _cleared_moment(clearance: Cleared | None, day: date) -> str | None:
    """The congratulation that has not been left yet."""
    if clearance is None or clearance.source != ClearanceSource.PROGRAMME:
        return None
    if day - clearance.from_day >= _JUST_CLEARED:
        return None
    moment = f"cleared-{clearance.from_day}"
    return moment if moments.is_new(db.session(), current_user.person.id, moment) else None


@bp.post("/moments/<moment>")
@access.signed_in
def leave_moment(moment: str) -> ResponseReturnValue:
    """One's own; it is not shown again."""
    moments.leave(db.session(), viewer().person_id, moment, now())
    db.session.commit()
    return redirect(url_for("web.home"), 303)
