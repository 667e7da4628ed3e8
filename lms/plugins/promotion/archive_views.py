"""The yearly archive: freezing a year's verdicts, looking at one, and proving it."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    Actor,
    DomainError,
    Scope,
    access,
    db,
    download,
    local_date,
    now,
    show_on,
    viewer,
    zone,
)
from lms.plugins.promotion import archive, verdicts
from lms.plugins.promotion.blueprint import bp
from lms.plugins.promotion.forms import DecisionForm
from lms.plugins.promotion.models import Archive
from lms.plugins.promotion.policy import TRACKS, track_named


@bp.get("/archive")
@access.requires("promotion.decide")
def archives() -> ResponseReturnValue:
    return _archives(DecisionForm(formdata=None))


def _archives(form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    this_year = local_date(now(), zone()).year
    return render_template(
        "promotion/archives.html", archives=archive.every(db.session()), form=form,
        tracks=TRACKS, years=verdicts.known_years(db.session(), this_year),
        year=request.values.get("year", type=int) or this_year,
        track=request.values.get("track", ""),
    ), status  # fmt: skip


@bp.post("/archive")
@access.requires("promotion.decide")
def freeze() -> ResponseReturnValue:
    year = request.form.get("year", 0, type=int)
    try:
        made = archive.freeze(
            db.session(), year, track_named(request.form.get("track")),
            reason=request.form.get("reason", ""), actor=Actor(viewer().person_id), now=now(),
        )  # fmt: skip
    except DomainError as error:
        db.session.rollback()
        form = DecisionForm()
        show_on(form, error)
        return _archives(form, 400)
    db.session.commit()
    flash(_("The verdicts of %(year)s are frozen.", year=year), "success")
    return redirect(url_for(".archived", archive_id=made.id))


@bp.get("/archive/<int:archive_id>")
@access.requires("promotion.decide")
def archived(archive_id: int) -> ResponseReturnValue:
    """What was frozen; `?prove=1` computes it again."""
    found = db.session.get(Archive, archive_id)
    if found is None or not viewer().may("promotion.decide", Scope.ALL):
        abort(404)
    if kind := request.args.get("format"):
        name = f"promotion-{found.target}-{found.year}-{found.number}"
        return download(name, archive.EXPORT, archive.export(db.session(), found), kind)
    proof = archive.prove(db.session(), found) if "prove" in request.args else None
    return render_template(
        "promotion/archived.html", archive=found, track=TRACKS[found.target], proof=proof,
        eligible=archive.eligible(db.session(), found), months=archive.months_of(found),
    )  # fmt: skip
