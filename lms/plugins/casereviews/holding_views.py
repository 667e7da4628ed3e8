"""For those who run the reviews: the teams' weeks, picking a case, closing with a take-away."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    DomainError,
    NotAllowed,
    NotFound,
    Search,
    access,
    db,
    find_cases,
    here,
    locale,
    now,
    show_on,
    viewer,
)
from lms.plugins.casereviews import access as rights
from lms.plugins.casereviews import closing, picking, queries, weeks, words
from lms.plugins.casereviews.blueprint import actor, bp, found
from lms.plugins.casereviews.forms import CloseForm, PickForm
from lms.plugins.casereviews.pick_form import fill, fresh_form, published
from lms.plugins.casereviews.review_views import refused, review_page

_MAX_QUERY = 100


@bp.get("/teams")
@access.requires(rights.HOLD)
def teams() -> ResponseReturnValue:
    monday = weeks.this_monday(now())
    board = queries.board(db.session(), viewer(), viewer().person_id, monday)
    return render_template(
        "casereviews/teams.html", board=board, monday=monday, weeks=weeks, words=words,
        rate_weeks=queries.RATE_WEEKS, following=weeks.following(monday),
    )  # fmt: skip


@bp.get("/pick")
@access.requires(rights.HOLD)
def choose() -> ResponseReturnValue:
    """Which case: offered ones, or what a search finds."""
    text = request.args.get("q", "").replace("\0", "")[:_MAX_QUERY]
    outcome = request.args.get("outcome", "")
    held = queries.teams(db.session(), viewer())
    asked = request.args.get("team", type=int)
    team_ids = [team.id for team in held if asked in (None, team.id)]
    is_search = bool(text.strip() or outcome)
    found_cases = (
        find_cases(db.session(), Search(text, outcome=outcome), locale()[:2]).versions
        if is_search
        else []
    )
    return render_template(
        "casereviews/choose.html", q=text, outcome=outcome, is_search=is_search,
        versions=found_cases, kept=words.kept(request.args), here=here, weeks=weeks,
        offered=[] if is_search else picking.suggestions(db.session(), team_ids, now()),
    )  # fmt: skip


@bp.route("/pick/<int:case_id>", methods=["GET", "POST"])
@access.requires(rights.HOLD)
def pick(case_id: int) -> ResponseReturnValue:
    version = published(db.session(), case_id)
    if version is None:
        raise NotFound("There is no such case.")
    held = queries.teams(db.session(), viewer())
    monday = weeks.this_monday(now())
    if request.method == "GET":
        form = fresh_form(version, held, request.args)
        return _pick_page(fill(form, held, monday), version)
    form = fill(PickForm(), held, monday)
    if not form.validate():
        return _pick_page(form, version), 400
    try:
        picked = picking.pick(
            db.session(), case_id, form.teams.data, weeks.parse(form.week.data) or monday,
            form.question(), form.chosen(), actor=actor(), now=now(),
        )  # fmt: skip
    except DomainError as error:
        show_on(form, error)
        return _pick_page(form, version), 400
    first = picked[0].id
    db.session.commit()
    flash(_("Picked. The team is told when its week begins."), "success")
    if len(picked) > 1:
        return redirect(url_for(".teams"), 303)
    return redirect(url_for(".show", review_id=first), 303)


def _pick_page(form: PickForm, version: object) -> str:
    return render_template(
        "casereviews/pick.html", form=form, version=version, kept=words.kept(request.args)
    )


@bp.post("/<int:review_id>/close")
@access.requires(rights.HOLD)
def close(review_id: int) -> ResponseReturnValue:
    review, form = rights.require_held(found(review_id)), CloseForm()
    if not form.validate_on_submit():
        return review_page(review, close_form=form), 400
    try:
        draft = closing.close(
            db.session(), review, form.takeaway(), into_open_draft=form.into_open_draft.data,
            actor=actor(), now=now(),
        )  # fmt: skip
    except DomainError as error:
        return refused(review_id, form, error, close_form=form)
    db.session.commit()
    if draft is None:
        flash(_("Closed. The take-away waits here: a draft of the case is open already."), "info")
    else:
        flash(_("Closed. The take-away stands in a draft of the case, for peer review."), "success")
    return redirect(url_for(".show", review_id=review_id), 303)


@bp.post("/<int:review_id>/draft")
@access.requires(rights.HOLD)
def make_draft(review_id: int) -> ResponseReturnValue:
    """Put the take-away into the case's draft, which another draft was in the way of."""
    review = rights.require_held(found(review_id))
    if review.closed_at is None:
        raise NotAllowed("Close the review first: the take-away is written then.")
    closing.to_draft(db.session(), review, actor=actor(), now=now())
    db.session.commit()
    flash(_("The take-away stands in a draft of the case, for peer review."), "success")
    return redirect(url_for(".show", review_id=review_id), 303)


@bp.post("/<int:review_id>/withdraw")
@access.requires(rights.HOLD)
def withdraw(review_id: int) -> ResponseReturnValue:
    review = rights.require_held(found(review_id))
    picking.withdraw(db.session(), review, actor=actor(), now=now())
    db.session.commit()
    flash(_("The case is withdrawn from that week."), "success")
    return redirect(url_for(".teams"), 303)
