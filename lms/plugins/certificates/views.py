"""The holder's certificates, and the public page on which anybody can check one."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.plugins.api import access, db, organisation, viewer
from lms.plugins.certificates import services

bp = Blueprint(
    "certificates",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/certificates/static",
)


@bp.get("/certificates")
@access.signed_in
def mine() -> ResponseReturnValue:
    found = services.of_person(db.session(), viewer().person_id)
    return render_template("certificates/mine.html", certificates=found)


@bp.get("/certificates/<int:certificate_id>")
@access.signed_in
def show(certificate_id: int) -> ResponseReturnValue:
    """For the holder, and for those who may see the holder."""
    certificate = services.by_id(db.session(), certificate_id) or abort(404)
    is_own = certificate.person_id == viewer().person_id
    if not is_own:
        access.require("people.view", certificate.person)
    return render_template(
        "certificates/certificate.html",
        certificate=certificate,
        is_own=is_own,
        issuer=organisation(db.session()).name,
    )


@bp.get("/verify")
@access.public
def verify_form() -> ResponseReturnValue:
    code = request.args.get("code", "").strip()
    if code:
        return redirect(url_for("certificates.verify", code=code))
    return render_template("certificates/verify.html", code="", certificate=None)


@bp.get("/verify/<code>")
@access.public
def verify(code: str) -> ResponseReturnValue:
    certificate = services.by_code(db.session(), code)
    page = render_template("certificates/verify.html", code=code, certificate=certificate)
    return page, 200 if certificate else 404
