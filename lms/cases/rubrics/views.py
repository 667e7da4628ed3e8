"""Pages of rubrics: the list, a version as its raters see it, the next version."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms import access
from lms.cases.blueprint import actor, bp
from lms.cases.models import Rubric
from lms.cases.rubrics import checking, following, form, versions
from lms.cases.scoring import Marks
from lms.cases.uses.rubric_form import shown
from lms.clock import now
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from lms.web.errors import message


@bp.get("/rubrics")
@access.requires("cases.author")
def rubrics() -> ResponseReturnValue:
    return render_template("cases/rubrics/list.html", found=versions.latest(db.session()))


@bp.get("/rubrics/<int:rubric_id>")
@access.requires("cases.author")
def rubric(rubric_id: int) -> ResponseReturnValue:
    shown_one = versions.one(db.session(), rubric_id)
    return render_template(
        "cases/rubrics/rubric.html", rubric=shown_one, marks=Marks({}),
        versions=versions.versions(db.session(), shown_one.key),
        behind=following.behind(db.session(), shown_one),
    )  # fmt: skip


@bp.post("/rubrics/<int:rubric_id>/drills")
@access.requires("cases.author")
def move_drills(rubric_id: int) -> ResponseReturnValue:
    chosen = set(request.form.getlist("drill", type=int))
    try:
        moved = following.move(db.session(), rubric_id, chosen, actor=actor(), now=now())
    except (Conflict, DomainError) as error:
        if not isinstance(error, Conflict) and error.field is None:
            raise
        db.session.rollback()
        flash(message(error), "error")
    else:
        db.session.commit()
        said = ngettext(
            "%(num)s drill uses this version from its next run on.",
            "%(num)s drills use this version from their next run on.",
            moved,
        )
        flash(said, "success")
    return redirect(url_for("cases.rubric", rubric_id=rubric_id), 303)


@bp.route("/rubrics/new", methods=["GET", "POST"])
@access.requires("cases.author")
def new_rubric() -> ResponseReturnValue:
    """Empty, or with `from` begun as a copy of a version of another."""
    copied = request.args.get("from", type=int)
    begun = versions.parts_of(versions.one(db.session(), copied)) if copied else form.empty()
    return _edit(begun, None)


@bp.route("/rubrics/<int:rubric_id>/edit", methods=["GET", "POST"])
@access.requires("cases.author")
def edit_rubric(rubric_id: int) -> ResponseReturnValue:
    """The next version of the rubric, begun with what this version says."""
    begun = versions.one(db.session(), rubric_id)
    return _edit(versions.parts_of(begun), begun)


def _edit(begun: dict[str, Any], of: Rubric | None) -> ResponseReturnValue:
    newest = versions.versions(db.session(), of.key)[0].rubric.number if of else 0
    if request.method == "GET":
        return _page(begun, of, versions.new_key(), newest)
    key = of.key if of else request.form.get("key", "")
    if not form.KEY.fullmatch(key):
        abort(400)
    typed, do = form.read(request.form), request.form.get("do", "save")
    based_on = request.form.get("based_on", -1, type=int)
    try:
        if form.change(typed, do):
            return _page(typed, of, key, based_on)
        if do == "preview":
            checking.check(typed)
            return _page(typed, of, key, based_on, is_preview=True)
        who = actor()
        saved = versions.save(db.session(), key, typed, based_on=based_on, actor=who, now=now())
    except DomainError as error:
        db.session.rollback()
        is_late = isinstance(error, Conflict)
        # Whoever has read the notice may save again, upon the version they were shown.
        known = int(error.params["number"]) if is_late else based_on
        return _page(typed, of, key, known, error=error), 409 if is_late else 400
    db.session.commit()
    flash(
        _("Version %(n)s is kept. Drills go on with theirs until they are moved.", n=saved.number),
        "success",
    )
    return redirect(url_for("cases.rubric", rubric_id=saved.id), 303)


def _page(
    typed: dict[str, Any], of: Rubric | None, key: str, based_on: int, *,
    error: DomainError | None = None, is_preview: bool = False,
) -> str:  # fmt: skip
    titled = typed | {"title": Localized.of(typed["title"])}
    return render_template(
        "cases/rubrics/editor.html", rubric=typed, of=of, key=key, based_on=based_on, shown=shown,
        problem=message(error) if error else "", at=error.field if error else "",
        preview=titled if is_preview else None, marks=Marks({}),
    )  # fmt: skip
