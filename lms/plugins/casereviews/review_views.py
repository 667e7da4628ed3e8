"""What a team sees: its reviews, and a review before and after one's vote."""

import secrets
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    PER_PAGE,
    Conflict,
    DomainError,
    access,
    db,
    download,
    error_message,
    here,
    now,
    open_version,
    page_url,
    pick,
    policies,
    show_on,
    viewer,
)
from lms.plugins.casereviews import access as rights
from lms.plugins.casereviews import comments, queries, voting, weeks, words
from lms.plugins.casereviews.blueprint import bp, found, me
from lms.plugins.casereviews.forms import CloseForm, CommentForm, VoteForm
from lms.plugins.casereviews.models import Review
from lms.plugins.casereviews.policy import REVIEWS


@bp.get("")
@access.signed_in
def index() -> ResponseReturnValue:
    """History, newest first; for those who hold several teams with a filter by team."""
    where = queries.visible(viewer(), me())
    team_id = request.args.get("team", type=int)
    if team_id is not None:
        where = where & (Review.team_id == team_id)
    wanted = queries.entries(me().id, where)
    if kind := request.args.get("format"):
        return _file(kind, wanted) if viewer().may(rights.HOLD) else abort(403)
    total = queries.count(db.session(), where)
    page = min(max(1, request.args.get("page", 1, type=int)), max(1, -(-total // PER_PAGE)))
    rows = db.session.execute(wanted.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return render_template(
        "casereviews/index.html",
        entries=[queries.entry(row) for row in rows],
        total=total, page=page, pages=max(1, -(-total // PER_PAGE)),
        teams=queries.teams(db.session(), viewer()) if viewer().may(rights.HOLD) else [],
        team_id=team_id, monday=weeks.this_monday(now()), state_of=_state, words=words,
        weeks=weeks, here=here, page_url=page_url,
    )  # fmt: skip


def _state(review: Review) -> voting.State:
    return voting.state_of(review, now())


def _file(kind: str, wanted: Any) -> ResponseReturnValue:
    head = [
        _("Week"), _("Team"), _("Case"), _("State"), _("Votes"), _("Members"), _("Comments"),
        _("Take-away"),
    ]  # fmt: skip
    rows = [
        (
            weeks.code(one.review.monday), one.review.team.name, pick(one.review.version.title),
            pick(words.STATES[_state(one.review)]), one.votes, one.members, one.comments,
            pick(one.review.takeaway),
        )
        for one in map(queries.entry, db.session.execute(wanted))
    ]  # fmt: skip
    return download(_("case-reviews"), head, rows, kind)


@bp.get("/<int:review_id>")
@access.signed_in
def show(review_id: int) -> ResponseReturnValue:
    return review_page(found(review_id))


@bp.post("/<int:review_id>/vote")
@access.signed_in
def vote(review_id: int) -> ResponseReturnValue:
    review = found(review_id)
    voting.require_asked(review, me())
    form = VoteForm(review.options)
    if not form.validate_on_submit():
        return review_page(review, vote_form=form), 400
    try:
        voting.cast(db.session(), review, me(), form.option.data, now())
    except Conflict as error:
        db.session.rollback()
        flash(error_message(error), "error")
    else:
        db.session.commit()
        flash(_("Your vote is cast. Here is what the others think, and what was done."), "success")
    return redirect(url_for(".show", review_id=review_id), 303)


def review_page(review: Review, **forms: Any) -> str:
    """The page as this viewer may see it: nothing of the discussion goes into the response before
    a member's vote is cast."""
    session, person, at = db.session(), me(), now()
    ballots = voting.ballots(session, review)
    mine = next((one for one in ballots if one.person_id == person.id), None)
    has_voted = mine is not None and mine.option is not None
    holds = rights.holds(viewer(), review.team_id)
    shared: dict[str, Any] = {
        "review": review, "version": review.version, "state": _state(review),
        "mine": mine if has_voted else None,
        "votes": rights.votes_in(person, review), "weeks": weeks, "words": words, "holds": holds,
        "opening": words.opening(review.version.dialogue),
    }  # fmt: skip
    policy = policies.in_force(session, REVIEWS)
    shared["names_votes"] = policy["names_votes"]
    if not voting.sees_discussion(review, person, has_voted, at):
        form = forms.get("vote_form") or VoteForm(review.options, formdata=None)
        return render_template("casereviews/vote.html", form=form, **shared)
    if shared["state"] is voting.State.PLANNED and not holds:
        return render_template("casereviews/vote.html", form=None, **shared)
    said = comments.of_review(session, review.id)
    mendable = {
        one.id for one in said
        if comments.is_mendable(one, review, person.id, policy["edit_minutes"], at)
    }  # fmt: skip
    fresh = CommentForm(formdata=None, data={"form_key": secrets.token_urlsafe(9)})
    return render_template(
        "casereviews/discussion.html",
        tally=voting.tally(
            review, ballots, person.id, least=policy["least_votes"],
            with_names=policy["names_votes"],
        ),
        least=policy["least_votes"], comments=said, mendable=mendable,
        editing=forms.get("editing") or request.args.get("edit", type=int),
        form=forms.get("form") or fresh,
        edit_form=forms.get("edit_form") or CommentForm(formdata=None),
        reason_error=forms.get("reason_error"),
        close_form=forms.get("close_form") or CloseForm(formdata=None),
        open_draft=open_version(session, review.case_id) if holds else None,
        **shared,
    )  # fmt: skip


def refused(review_id: int, form: Any, error: DomainError, /, **forms: Any) -> ResponseReturnValue:
    """The page again with what was typed and the message beside it."""
    show_on(form, error)
    return review_page(found(review_id), **forms), 409 if isinstance(error, Conflict) else 400
