"""Pages: the programmes there are, one with its versions, and the beginning of a draft."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.audit import Actor
from lms.clock import now
from lms.courses.authoring import drafts, fields, listing
from lms.courses.authoring.own_fields import TITLE, WRITTEN_KINDS
from lms.courses.blueprint import bp
from lms.db import Localized, db
from lms.errors import Conflict, NotFound
from lms.web.errors import message
from lms.web.lists import here, page_of, page_url


def actor() -> Actor:
    return Actor(viewer().person_id)


@bp.get("/programmes")
@access.requires("programmes.author")
def programmes() -> ResponseReturnValue:
    kind, text = request.args.get("kind", ""), request.args.get("q", "")[:100]
    return render_template(
        "courses/authoring/list.html",
        page=page_of(listing.lines(db.session(), kind, text)),
        kind=kind,
        text=text,
        kinds=WRITTEN_KINDS,
        here=here,
        page_url=page_url,
    )


@bp.get("/programmes/<int:programme_id>")
@access.requires("programmes.author")
def authored(programme_id: int) -> ResponseReturnValue:
    session = db.session()
    return render_template(
        "courses/authoring/programme.html",
        version=drafts.version(session, programme_id),
        versions=listing.versions(session, programme_id),
        draft=drafts.of_programme(session, programme_id),
        kinds=WRITTEN_KINDS,
    )


@bp.route("/programmes/new", methods=["GET", "POST"])
@access.requires("programmes.author")
def new_programme() -> ResponseReturnValue:
    """Empty, or from another one (`copy`, an id)."""
    template_id = request.values.get("copy", type=int)
    if request.method == "GET":
        template = drafts.version(db.session(), template_id) if template_id else None
        return _new_page(drafts.new_key(), _copy_title(template), template_id)
    title = fields.read([TITLE], request.form).get("title", {})
    kind, key = request.form.get("kind", ""), request.form.get("key", "")[:64]
    problems = {}
    if not title:
        problems["title"] = _("Write the title in one language at least.")
    if not template_id and kind not in WRITTEN_KINDS:
        problems["kind"] = _("Choose a kind.")
    if problems:
        return _new_page(key, title, template_id, problems), 400
    try:
        draft = drafts.new(
            db.session(), key, title, kind, template_id, actor=actor(), now=now()
        )  # fmt: skip
    except Conflict as error:  # an old form, sent once more
        flash(message(error), "info")
        return redirect(url_for("courses.programmes"), 303)
    db.session.commit()
    return redirect(url_for("courses.draft", draft_id=draft.id), 303)


def _copy_title(template: object) -> dict[str, str]:
    title: Localized = getattr(template, "title", Localized())
    return {"zh": f"{title.zh}（副本）", "en": f"{title.en} (copy)"} if title else {}


def _new_page(
    key: str, title: object, template_id: int | None, problems: dict[str, str] | None = None
) -> str:
    return render_template(
        "courses/authoring/new.html",
        key=key,
        title=title,
        template_id=template_id,
        choices=[line for line in listing.lines(db.session()) if line.programme_id],
        kinds=WRITTEN_KINDS,
        kind=request.values.get("kind", ""),
        problems=problems or {},
    )


@bp.post("/programmes/<int:programme_id>/draft")
@access.requires("programmes.author")
def begin_programme_draft(programme_id: int) -> ResponseReturnValue:
    draft = drafts.begin(db.session(), programme_id, actor=actor(), now=now())
    db.session.commit()
    return redirect(url_for("courses.draft", draft_id=draft.id), 303)


@bp.post("/programmes/drafts/<int:draft_id>/give-up")
@access.requires("programmes.author")
def give_up_draft(draft_id: int) -> ResponseReturnValue:
    try:
        drafts.give_up(db.session(), draft_id, actor=actor(), now=now())
        db.session.commit()
    except NotFound:  # pressed twice
        db.session.rollback()
    flash(_("The draft is gone. What is published stays as it is."), "success")
    return redirect(url_for("courses.programmes"), 303)
