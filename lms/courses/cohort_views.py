"""The cohort board, on screen and as a file."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.clock import local_date, now
from lms.courses import cohort, stuck, team
from lms.courses.blueprint import bp
from lms.db import db
from lms.i18n import pick
from lms.people.organisation import zone
from lms.web.lists import download, here, page_url


@bp.get("/progress")
@access.requires("people.view")
def board() -> ResponseReturnValue:
    who = viewer()
    if not who.may("progress.view", access.Scope.TEAM):
        abort(403)
    scope, today, choice = who.clause("progress.view"), local_date(now(), zone()), _choice()
    if kind := request.args.get("format"):
        rows = cohort.everybody(db.session(), scope, choice, now(), today)
        return download("progress", _headers(), _lines(rows), kind)
    page = max(1, request.args.get("page", 1, type=int))
    return render_template(
        "courses/board.html",
        found=cohort.board(db.session(), scope, choice, now(), today, page),
        choice=choice,
        words=team.STATE_WORDS,
        advice=stuck.advice,
        here=here,
        page_url=page_url,
    )


def _choice() -> cohort.Choice:
    show = request.args.get("show", "")
    try:
        week = date.fromisoformat(request.args["week"]) if request.args.get("week") else None
    except ValueError:
        week = None
    wanted = show if show in ("overdue", "stuck") else ""
    return cohort.Choice(request.args.get("team", type=int), week, wanted)


def _headers() -> list[str]:
    return [
        _("Staff number"), _("Name"), _("Team"), _("Course"), _("Start date"), _("Due"),
        _("Day of the course"),
        _("Steps done"), _("Steps"), _("Next step"), _("Not passed"), _("Waits for somebody"),
        _("Overdue"), _("Stuck since"),
    ]  # fmt: skip


def _lines(rows: Iterable[cohort.HireRow]) -> Iterator[list[Any]]:
    for row in rows:
        s = row.standing
        yield [
            row.person.staff_no, row.person.name, row.team or "", pick(s.outline.title),
            s.enrolment.starts_on.isoformat(), s.enrolment.due_on.isoformat(), max(s.day, 0),
            s.done, s.total, pick(s.next.step.title) if s.next else "", _titles(row, "failed"),
            _titles(row, "waiting"), _("yes") if s.is_overdue else "",
            local_date(row.stuck_since, zone()).isoformat() if row.stuck_since else "",
        ]  # fmt: skip


def _titles(row: cohort.HireRow, state: str) -> str:
    return "; ".join(pick(s.step.title) for s in row.standing.steps if s.state == state)
