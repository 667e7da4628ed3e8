"""For HR: who signs, and which courses earn a certificate for how long."""

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import Actor, DomainError, Localized, access, db, now, show_on, viewer
from lms.plugins.certificates import signing, terms
from lms.plugins.certificates.blueprint import bp
from lms.plugins.certificates.forms import SignatureForm, TermsForm
from lms.plugins.certificates.models import Signature
from lms.plugins.certificates.policy import KINDS


@bp.route("/certificates/signature", methods=["GET", "POST"])
@access.requires("certificates.manage")
def signature() -> ResponseReturnValue:
    present = signing.present(db.session())
    form = SignatureForm(data=_shown(present))
    if form.validate_on_submit():
        upload = form.picture.data.read(signing.MOST_BYTES + 1) if form.picture.data else None
        try:
            signing.change(
                db.session(),
                name=Localized(form.name_zh.data.strip(), form.name_en.data.strip()),
                office=Localized(form.office_zh.data.strip(), form.office_en.data.strip()),
                upload=upload, keep_picture=not form.without_picture.data,
                actor=Actor(viewer().person_id), now=now(),
            )  # fmt: skip
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Certificates issued from now on carry this signature."), "success")
            return redirect(url_for(".signature"), 303)
    return render_template("certificates/signature.html", form=form, present=present)


def _shown(present: Signature | None) -> dict[str, str]:
    if present is None:
        return {}
    name, office = present.name, present.office
    return {
        "name_zh": name.zh, "name_en": name.en, "office_zh": office.zh, "office_en": office.en,
    }  # fmt: skip


@bp.get("/certificates/signature.png")
@access.requires("certificates.manage")
def present_picture() -> ResponseReturnValue:
    present = signing.present(db.session())
    if present is None or present.picture is None:
        abort(404)
    return Response(present.picture, mimetype="image/png")


@bp.get("/certificates/courses")
@access.requires("certificates.manage")
def courses() -> ResponseReturnValue:
    return render_template(
        "certificates/courses.html", rows=terms.of_all(db.session()), kinds=KINDS
    )


@bp.route("/certificates/courses/<int:programme_id>", methods=["GET", "POST"])
@access.requires("certificates.manage")
def course(programme_id: int) -> ResponseReturnValue:
    found = terms.named(db.session(), programme_id)
    form = TermsForm(data={"own": found.own, "months": found.terms.months})
    if form.validate_on_submit():
        terms.change(
            db.session(), programme_id, own=form.own.data, months=form.months.data or 0,
            actor=Actor(viewer().person_id), now=now(),
        )  # fmt: skip
        db.session.commit()
        flash(_("This holds for certificates issued from now on."), "success")
        return redirect(url_for(".courses"), 303)
    return render_template("certificates/course.html", form=form, found=found)
