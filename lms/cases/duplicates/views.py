"""What is told already, and making two cases one: for those who hold `cases.author`."""

import re

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.cases.blueprint import actor, bp
from lms.cases.compare import compare as differences
from lms.cases.duplicates import merging
from lms.cases.duplicates.similar import Likeness, compare, similar
from lms.cases.forms import CaseForm
from lms.cases.models import READABLE, CaseVersion
from lms.clock import now
from lms.db import db
from lms.errors import Conflict, DomainError, NotFound
from lms.i18n import locale
from lms.web.errors import message


@bp.post("/cases/similar")
@access.requires("cases.author")
def similar_to_typed() -> ResponseReturnValue:
    """The cases like the one in the editor, as a piece of its page; nothing is stored."""
    version = db.session.get(CaseVersion, request.args.get("version", 0, type=int))
    alike = like_typed(CaseForm(), version)
    return render_template("cases/_similar.html", alike=alike, version=version)


def like_typed(form: CaseForm, version: CaseVersion | None) -> list[Likeness]:
    if not str(form.complaint_level.data).isdecimal():
        return []
    return similar(db.session(), form.content(), [version.case_id] if version else [])


@bp.get("/cases/versions/<int:version_id>/beside/<int:other_id>")
@access.requires("cases.author")
def beside(version_id: int, other_id: int) -> ResponseReturnValue:
    """A draft and a published case, side by side."""
    mine, other = _version(version_id), _version(other_id)
    if other.state not in READABLE:
        raise NotFound("There is no such case.")
    return render_template(
        "cases/beside.html",
        mine=mine,
        other=other,
        likeness=compare(mine, other),
        sections=differences(mine, other, locale()),
    )


def _version(version_id: int) -> CaseVersion:
    found = db.session.get(CaseVersion, version_id)
    if found is None:
        raise NotFound("There is no such case.")
    return found


@bp.get("/cases/<int:case_id>/duplicates")
@access.requires("cases.author")
def duplicates(case_id: int) -> ResponseReturnValue:
    """Cases like this one; and any other, by its address."""
    version, typed = merging.published(db.session(), case_id), request.args.get("other", "")
    number = re.search(r"(?:^|/cases/)(\d{1,9})(?:[/?#].*)?$", typed.strip(), re.ASCII)
    if number:
        return redirect(url_for("cases.merge", case_id=case_id, other_id=int(number[1])))
    alike = similar(db.session(), version, [case_id], limit=10)
    return render_template("cases/duplicates.html", version=version, alike=alike, typed=typed)


@bp.route("/cases/<int:case_id>/merge/<int:other_id>", methods=["GET", "POST"])
@access.requires("cases.author")
def merge(case_id: int, other_id: int) -> ResponseReturnValue:
    if request.method == "POST":
        return _merge(case_id, other_id)
    session = db.session()
    if case_id == other_id:
        return redirect(url_for("cases.duplicates", case_id=case_id))
    one, other = (merging.published(session, each) for each in (case_id, other_id))
    return render_template(
        "cases/merge.html",
        pair=[one, other],
        drills=merging.drill_counts(session, [case_id, other_id]),
        likeness=compare(one, other),
        sections=differences(one, other, locale()),
    )


def _merge(case_id: int, other_id: int) -> ResponseReturnValue:
    kept_id = request.form.get("keep", 0, type=int)
    if kept_id not in (case_id, other_id):
        flash(_("Choose which of the two stays."), "error")
        return redirect(url_for("cases.merge", case_id=case_id, other_id=other_id), 303)
    gone_id = other_id if kept_id == case_id else case_id
    seen = tuple(request.form.get(f"seen-{one}", 0, type=int) for one in (gone_id, kept_id))
    try:
        merging.merge(
            db.session(), gone_id, kept_id, seen=(seen[0], seen[1]),
            reason=request.form.get("reason", ""), actor=actor(), now=now(),
        )  # fmt: skip
        db.session.commit()
    except (Conflict, DomainError) as error:
        db.session.rollback()
        if isinstance(error, NotFound):
            raise
        flash(message(error), "error")
        return redirect(url_for("cases.case", case_id=gone_id, stay=1), 303)
    flash(_("Merged: links to the other case lead here now."), "success")
    return redirect(url_for("cases.case", case_id=kept_id), 303)
