"""Saying something, mending it, and taking out what should not stand there."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import DomainError, NotAllowed, access, db, error_message, now
from lms.plugins.casereviews import access as rights
from lms.plugins.casereviews import comments, voting
from lms.plugins.casereviews.blueprint import actor, bp, found, me
from lms.plugins.casereviews.forms import CommentForm
from lms.plugins.casereviews.models import Review
from lms.plugins.casereviews.review_views import refused, review_page


def _discussed(review_id: int) -> Review:
    """The review, for those who see its discussion."""
    review = found(review_id)
    mine = voting.own_vote(db.session(), review.id, me().id)
    if not voting.sees_discussion(review, me(), mine is not None, now()):
        raise NotAllowed("Vote first: the discussion opens with your vote.")
    return review


@bp.post("/<int:review_id>/comments")
@access.signed_in
def add_comment(review_id: int) -> ResponseReturnValue:
    review, form = _discussed(review_id), CommentForm()
    if not form.validate_on_submit():
        return review_page(review, form=form), 400
    try:
        text, key = form.text.data, form.form_key.data or ""
        comment = comments.add(db.session(), review, me().id, text, key, now())
    except DomainError as error:
        return refused(review_id, form, error, form=form)
    db.session.commit()
    return _back(review_id, f"c{comment.id}")


@bp.post("/<int:review_id>/comments/<int:comment_id>")
@access.signed_in
def change_comment(review_id: int, comment_id: int) -> ResponseReturnValue:
    """One's own: a new text, or gone."""
    review, form = _discussed(review_id), CommentForm()
    comment = comments.find(db.session(), review_id, comment_id)
    comments.require_own(comment, actor())
    if request.form.get("do") == "delete":
        comments.delete(db.session(), review, comment, actor=actor(), now=now())
        db.session.commit()
        flash(_("Your comment is deleted."), "success")
        return _back(review_id, "talk")
    if not form.validate_on_submit():
        return review_page(review, edit_form=form, editing=comment_id), 400
    try:
        comments.edit(db.session(), review, comment, form.text.data, actor=actor(), now=now())
    except DomainError as error:
        if error.field is None:
            raise
        return refused(review_id, form, error, edit_form=form, editing=comment_id)
    db.session.commit()
    return _back(review_id, f"c{comment_id}")


@bp.post("/<int:review_id>/comments/<int:comment_id>/remove")
@access.requires(rights.HOLD)
def remove_comment(review_id: int, comment_id: int) -> ResponseReturnValue:
    review = rights.require_held(found(review_id))
    comment = comments.find(db.session(), review_id, comment_id)
    reason = request.form.get("reason", "")
    try:
        comments.remove(db.session(), review, comment, reason, actor=actor(), now=now())
    except DomainError as error:
        db.session.rollback()
        said = (comment_id, reason, error_message(error))
        return review_page(found(review_id), reason_error=said), 400
    db.session.commit()
    flash(_("The comment is removed, and its author knows why."), "success")
    return _back(review_id, "talk")


def _back(review_id: int, anchor: str) -> ResponseReturnValue:
    return redirect(url_for(".show", review_id=review_id, _anchor=anchor), 303)
