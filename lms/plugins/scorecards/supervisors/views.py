"""Pages: all supervisors' months for HR, one's own for a supervisor, entering a share."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms.plugins.api import (
    Cell,
    DomainError,
    Month,
    Person,
    Scope,
    Team,
    access,
    chart_file,
    db,
    download,
    here,
    lock_months,
    now,
    show_on,
    viewer,
)
from lms.plugins.scorecards.access import ENTER, VIEW
from lms.plugins.scorecards.blueprint import actor, bp, month_of, require_all, this_month
from lms.plugins.scorecards.forms import SharesForm, WithdrawForm
from lms.plugins.scorecards.models import Entry, Kind, SupervisorMonth
from lms.plugins.scorecards.supervisors import entering, months, reading, words
from lms.plugins.scorecards.supervisors.months import share_of
from lms.plugins.scorecards.supervisors.shares import share


def _month() -> Month:
    """The one asked for, else the last that is over."""
    asked = request.args.get("month")
    return month_of(asked) if asked else this_month().plus(-1)


@bp.get("/supervisors", endpoint="supervisors")
@access.requires(VIEW)
def supervisors() -> ResponseReturnValue:
    if not viewer().may(VIEW, Scope.ALL):
        return redirect(url_for(".supervisor", person_id=viewer().person_id))
    month = _month()
    found = reading.of_month(db.session(), month)
    if kind := request.args.get("format"):
        head = [_("Staff number"), _("Name"), _("Month"), _("Ranked"), _("KPI met"),
                _("Sampling pass rate"), _("Improvement actions done"), _("Score")]  # fmt: skip
        rows = [
            [line.person.staff_no, line.person.name, str(month), line.ranked, line.met,
             *(words.percent(e) if share_of(e) is not None else None
               for e in (line.sampling, line.actions)),
             None if line.score is None else line.score / 100]
            for line in found
        ]  # fmt: skip
        return download(_("supervisors-%(month)s", month=str(month)), head, rows, kind)
    return render_template(
        "scorecards/supervisors.html", month=month, lines=found, words=words, here=here,
        is_closed=reading.is_closed(db.session(), month), last=this_month().plus(-1),
    )  # fmt: skip


@bp.post("/supervisors/<month>/work-out")
@access.requires(ENTER)
def work_out(month: str) -> ResponseReturnValue:
    """For a month that was closed before this plugin was there, or under other weights."""
    require_all(ENTER)
    wanted = month_of(month)
    lock_months(db.session())
    count = months.work_out(db.session(), wanted, now())
    db.session.commit()
    flash(_("Worked out; %(count)s supervisors' months are new.", count=count), "success")
    return redirect(url_for(".supervisors", month=month), 303)


@bp.route("/supervisors/<int:person_id>", methods=["GET", "POST"])
@access.requires(VIEW)
def supervisor(person_id: int) -> ResponseReturnValue:
    person = access.require(VIEW, db.session.get(Person, person_id))
    form = SharesForm(data={"month": str(_month())})
    if request.method == "POST":
        access.require(ENTER, person)
    if form.validate_on_submit() and _entered(person, form):
        return redirect(url_for(".supervisor", person_id=person_id), 303)
    rows = reading.of_person(db.session(), person_id)
    held = [row for row in rows if row.is_current]
    chart = {
        "labels": [str(row.month) for row in reversed(held)],
        "series": [
            {
                "name": _("Score"),
                "data": [None if r.score is None else r.score / 100 for r in reversed(held)],
            }
        ],
    }
    if file := chart_file(_("scores-%(no)s", no=person.staff_no), {"months": chart}):
        return file
    page = render_template(
        "scorecards/supervisor.html", person=person, rows=held, form=form, words=words,
        old=[row for row in rows if not row.is_current], chart=chart,
        entries=reading.entries(db.session(), person_id), teams=_teams(held),
    )  # fmt: skip
    return page, 400 if form.is_submitted() else 200


@bp.route("/supervisors/figures/<int:entry_id>/withdraw", methods=["GET", "POST"])
@access.requires(ENTER)
def withdraw_figure(entry_id: int) -> ResponseReturnValue:
    entry = db.session.get(Entry, entry_id)
    if entry is None:
        abort(404)
    person = access.require(ENTER, db.session.get(Person, entry.person_id))
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            entering.withdraw(db.session(), entry_id, form.note.data, actor=actor(), now=now())
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            flash(_("Withdrawn: there is no data of it now."), "success")
            return redirect(url_for(".supervisor", person_id=person.id), 303)
    page = render_template(
        "scorecards/withdraw.html", form=form, entry=entry, person=person, words=words
    )
    return page, 400 if form.is_submitted() else 200


def _entered(person: Person, form: SharesForm) -> bool:
    try:
        entering.check_supervisor(db.session(), person)
        given = {kind: share(Cell(form[kind].data), kind) for kind in Kind}
        shares = {kind: value for kind, value in given.items() if value is not None}
        if not shares:
            raise DomainError("Enter at least one of the two.", field="sampling")
        month = _parsed(form.month.data)
        count = entering.enter(
            db.session(), [entering.Line(person.id, month, shares)], note=form.note.data,
            actor=actor(), now=now(),
        )  # fmt: skip
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        show_on(form, error)
        return False
    flash(_("Stored.") if count else _("This stands already; nothing changed."), "success")
    return True


def _parsed(text: str) -> Month:
    try:
        return Month.parse(text.strip())
    except ValueError:
        raise DomainError("Write the month as 2026-03.", field="month") from None


def _teams(rows: list[SupervisorMonth]) -> dict[int, str]:
    ids = {team for row in rows for team in row.teams}
    found = db.session.execute(select(Team.id, Team.name).where(Team.id.in_(ids))) if ids else ()
    return {team_id: name for team_id, name in found}
