"""Pages: what a draft would change, and publishing it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.clock import local_date, now
from lms.courses.authoring import comparing, drafts, listing, parts, publishing
from lms.courses.authoring.checking import examine
from lms.courses.authoring.labelling import labels
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.authoring.part_views import form_url
from lms.courses.authoring.parts import Part
from lms.courses.authoring.views import actor
from lms.courses.blueprint import bp
from lms.courses.content_entry import Refused
from lms.courses.deltas.forms import MajorForm
from lms.courses.deltas.preview import preview
from lms.courses.deltas.publishing import next_major
from lms.db import Localized, db
from lms.errors import DomainError, NotFound
from lms.i18n import pick
from lms.people.organisation import zone
from lms.plugins.registry import step_fields
from lms.web.errors import message


@bp.route("/programmes/drafts/<int:draft_id>/publish", methods=["GET", "POST"])
@access.requires("programmes.author")
def publish_draft(draft_id: int) -> ResponseReturnValue:
    try:
        draft = drafts.one(db.session(), draft_id)
    except NotFound:
        if request.method == "GET":
            raise
        flash(_("This draft was published already, or given up."), "info")  # pressed twice
        return redirect(url_for("courses.programmes"), 303)
    if request.method == "GET":
        return _page(draft)
    form = _major(draft)
    if form is not None and ("look" in request.form or not form.validate()):
        return _page(draft, form=form), 200 if "look" in request.form else 400
    try:
        made = publishing.publish(
            db.session(),
            draft_id,
            edit_count=request.form.get("edit_count", -1, type=int),
            latest=request.form.get("latest", -1, type=int),
            delta=form.delta(_today()) if form else None,
            actor=actor(),
            now=now(),
        )
    except Refused as refused:  # the page says what is left to do
        db.session.rollback()
        return _page(drafts.one(db.session(), draft_id), message(refused.why)), 400
    except NotFound:
        raise
    except DomainError as error:
        db.session.rollback()
        return _page(drafts.one(db.session(), draft_id), message(error)), 409
    number, programme_id = made.number, made.programme_id
    db.session.commit()
    flash(
        _("Version %(number)s is published: whoever begins from now on gets it.", number=number),
        "success",
    )
    return redirect(url_for("courses.authored", programme_id=programme_id), 303)


def _today() -> date:
    return local_date(now(), zone())


def _major(draft: ProgrammeDraft) -> MajorForm | None:
    """What is asked of those cleared before; none for a draft that clears nobody or is new."""
    if draft.programme_id is None or not draft.document.get("grants_clearance"):
        return None
    steps = {
        step["key"]: Localized.of(step.get("title")) for _, step in parts.steps(draft.document)
    }
    return MajorForm(steps, _today())


def _page(draft: ProgrammeDraft, problem: str = "", form: MajorForm | None = None) -> str:
    session = db.session()
    old = drafts.version(session, draft.programme_id) if draft.programme_id else None
    examined = examine(draft.document, draft.files)
    form = form or _major(draft)
    asked = None
    if form and old:
        major = next_major(session, old.programme_id)
        asked = preview(session, old.programme_id, major, form.due_days(_today()), _today())
    lines = listing.versions(session, old.programme_id) if old else []
    return render_template(
        "courses/authoring/publish.html",
        draft=draft,
        old=old,
        learning=sum(line.learning for line in lines),
        examined=examined,
        changes=comparing.compare(
            drafts.shown(old) if old else None,
            drafts.Shown(draft.document, draft.files),
            lambda kind: step_fields(session, kind) or (),
        ),
        problem=problem,
        labels=labels(session, draft.document, examined.problems),
        major=form,
        asked=asked,
        part_url=form_url,
        part_title=_title,
        message=message,
    )


def _title(document: Mapping[str, Any], part: Part) -> str:
    return pick(parts.content(document, part).get("title")) or _("Without a title")
