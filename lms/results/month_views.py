"""The months: how complete, trying and making a close, the ranking, what revisions changed."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import Scope, viewer
from lms.clock import Month, local_date, now
from lms.db import db
from lms.errors import DomainError
from lms.people.organisation import zone
from lms.results import diff, month_page, months, queries, ranking, ranking_order, words
from lms.results.blueprint import actor, bp
from lms.results.closing import run_close
from lms.results.defined.scoring import scoring_policies, scoring_policy
from lms.results.forms import CloseForm
from lms.results.metrics import by_code, metrics
from lms.results.models import MonthClose
from lms.results.month_list import plugin_columns
from lms.web.errors import message, show_on
from lms.web.lists import PER_PAGE, chart_file, download, here, page_url


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        abort(404)


def _this_month() -> Month:
    return Month.of(local_date(now(), zone()))


def _require_team() -> None:
    """Lists that name people are for those who see more than themselves."""
    if not viewer().may("results.view", Scope.TEAM):
        abort(403)


@bp.get("/results/months", endpoint="months")
@access.requires("results.view")
def month_index() -> ResponseReturnValue:
    _require_team()
    years = months.years(db.session())
    year = request.args.get("year", years[0] if years else 0, int)
    states = months.states(db.session(), year, scoring_policies(db.session()))
    return render_template(
        "results/months.html",
        years=years,
        year=year,
        months=states,
        revise_next=next((state for state in states if state.waiting), None),
        this_month=_this_month(),
        next_month=months.oldest_open(db.session(), _this_month()),
        here=here,
    )


@bp.get("/results/months/<month>")
@access.requires("results.view")
def month(month: str) -> ResponseReturnValue:
    _require_team()
    wanted_month = _month(month)
    closes, waiting = queries.closes_and_waiting(db.session(), wanted_month)
    current = next((close for close in closes if close.is_current), None)
    if current is None:
        return _open_month(wanted_month)
    charts = month_page.charts(current) if viewer().may("results.view", Scope.ALL) else {}
    if file := chart_file(month, charts):
        return file
    wanted = _wanted(current)
    found = ranking.page(db.session(), current, wanted, PER_PAGE)
    return render_template(
        "results/month.html",
        month=wanted_month,
        close=current,
        closes=closes,
        found=found,
        wanted=wanted,
        teams=_teams(current),
        added=plugin_columns(current.id, [entry.person_id for entry in found.items]),
        known=by_code(metrics(current.policy)),
        waiting=queries.waiting_corrections(db.session(), wanted_month) if waiting else [],
        charts=charts,
        attained=month_page.attained(current),
        form=CloseForm(assign=True),
        sees_all=viewer().may("results.view", Scope.ALL),
        here=here,
        page_url=page_url,
        next_sort=ranking_order.next_sort,
        sorted_metrics=_sorted_metrics(current),
        metric=ranking_order.metric_of(wanted.sort),
        amount=words.amount,
        most_found=ranking.MOST_FOUND,
    )


def _teams(close: MonthClose) -> list[tuple[int, str]]:
    """The month's teams whose people the reader may see."""
    who = viewer()
    return [
        (team_id, name)
        for team_id, name in close.summary.get("teams", [])
        if who.may("results.view", Scope.ALL) or team_id in who.team_ids
    ]


def _wanted(close: MonthClose) -> ranking.Wanted:
    show = request.args.get("show", "ranked")
    return ranking.Wanted(
        scope=viewer().clause("results.view"),
        text=request.args.get("q", "").strip()[:100],
        team_id=request.args.get("team", type=int),
        show=show if show in ranking.SHOWN else "ranked",
        page=request.args.get("page", 1, int),
        sort=ranking_order.known(request.args.get("sort", ""), _sorted_metrics(close)),
    )


def _sorted_metrics(close: MonthClose) -> list[str]:
    """The metrics of which there are figures to put people in order by."""
    there = close.summary.get("metrics", [])
    return [metric.code for metric in metrics(close.policy) if metric.code in there]


def _open_month(wanted: Month) -> ResponseReturnValue:
    policy = scoring_policy(db.session(), wanted)
    state = months.open_month(db.session(), wanted, policy)
    if state is None:
        abort(404, _("There are no figures for this month."))
    is_over = wanted < _this_month()
    # Retraining is for the month just over; older ones are history that is caught up on.
    form = CloseForm(assign=wanted == _this_month().plus(-1))
    return render_template(
        "results/month_open.html", month=wanted, state=state, is_over=is_over, form=form,
        gaps=month_page.gaps(db.session(), wanted, policy) if _may_close() else None,
    )  # fmt: skip


def _may_close() -> bool:
    return viewer().may("results.close", Scope.ALL)


@bp.get("/results/months/<month>/missing")
@access.requires("results.close")
def export_missing(month: str) -> ResponseReturnValue:
    """Who lacks which required figure, as a file to send to the teams."""
    if not _may_close():
        abort(403)
    wanted = _month(month)
    policy = scoring_policy(db.session(), wanted)
    header, rows = month_page.missing(db.session(), wanted, policy)
    name = _("missing-%(month)s", month=wanted)
    return download(name, header, rows, request.args.get("format", "csv"))


@bp.post("/results/months/<month>/try")
@access.requires("results.close")
def try_close(month: str) -> ResponseReturnValue:
    """The whole close, looked at and then rolled back."""
    wanted, form = _month(month), CloseForm()
    before = queries.current_close(db.session(), wanted)
    try:
        done = run_close(
            db.session(), wanted, assign=form.assign.data, actor=actor(), now=now(),
            reason=form.reason.data or "",
        )  # fmt: skip
    except DomainError as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(url_for(".month", month=wanted), 303)
    page = render_template(
        "results/try.html", month=wanted, before=before, form=form,
        gaps=month_page.gaps(db.session(), wanted, scoring_policy(db.session(), wanted)),
        **month_page.trial(db.session(), before, done),
    )  # fmt: skip
    db.session.rollback()
    return page


@bp.post("/results/months/<month>/close")
@access.requires("results.close")
def close_month(month: str) -> ResponseReturnValue:
    wanted, form = _month(month), CloseForm()
    try:
        done = run_close(
            db.session(), wanted, assign=form.assign.data, actor=actor(), now=now(),
            reason=form.reason.data or "",
        )  # fmt: skip
        db.session.commit()
    except DomainError as error:
        show_on(form, error)
        flash(message(error), "error")
        return redirect(url_for(".month", month=wanted), 303)
    flash(
        _("%(month)s is closed: revision %(revision)s, %(count)s people ranked.",
          month=str(wanted), revision=done.close.revision, count=done.close.ranked),
        "success",
    )  # fmt: skip
    for outcome in done.outcomes:
        if outcome.error:
            flash(month_page.failed(outcome), "warning")
    return redirect(url_for(".month", month=wanted), 303)


@bp.get("/results/months/<month>/revisions/<int:number>")
@access.requires("results.view")
def revision(month: str, number: int) -> ResponseReturnValue:
    """What a revision changed against the one before; it names people, so it is for all-seers."""
    if not viewer().may("results.view", Scope.ALL):
        abort(403)
    closes = {c.revision: c for c in queries.revisions(db.session(), _month(month))}
    if number not in closes or number - 1 not in closes:
        abort(404)
    before, after = closes[number - 1], closes[number]
    changes = diff.list_changes(db.session(), before, after)
    return render_template(
        "results/revision.html",
        month=_month(month),
        before=before,
        after=after,
        moved=diff.moved(db.session(), before, after),
        changes=month_page.named(db.session(), changes),
        known=by_code(metrics(after.policy)),
        amount=words.amount,
    )


@bp.get("/results/months/<month>/export")
@access.requires("results.view")
def export_month(month: str) -> ResponseReturnValue:
    _require_team()
    close: MonthClose | None = queries.current_close(db.session(), _month(month))
    if close is None:
        abort(404)
    header, rows = month_page.export(db.session(), close, _wanted(close))
    name = _("results-%(month)s", month=month)
    return download(name, header, rows, request.args.get("format", "csv"))
