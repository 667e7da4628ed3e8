"""The holder's certificates: the list, the sheet on the screen and as PDF."""

from urllib.parse import quote

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugins.api import (
    Conflict,
    access,
    db,
    limiter,
    local_date,
    now,
    printing,
    public_url,
    viewer,
    zone,
)
from lms.plugins.certificates import finding, words
from lms.plugins.certificates.blueprint import bp
from lms.plugins.certificates.forms import ReasonForm
from lms.plugins.certificates.models import Certificate
from lms.plugins.certificates.printing import bundle, qr
from lms.plugins.certificates.states import State, state_of


@bp.get("/certificates")
@access.signed_in
def mine() -> ResponseReturnValue:
    found = finding.of_person(db.session(), viewer().person_id)
    today = local_date(now(), zone())
    rows = [(one, state_of(one, today)) for one in found]
    rows.sort(key=lambda row: row[1] in {State.REVOKED, State.SUPERSEDED, State.EXPIRED})
    return render_template("certificates/mine.html", words=words, certificates=rows)


@bp.get("/certificates/<int:certificate_id>")
@access.signed_in
def show(certificate_id: int) -> ResponseReturnValue:
    """For the holder, and for those whose task the holder's certificates are."""
    certificate = seen(finding.by_id(db.session(), certificate_id))
    return page(certificate, ReasonForm(formdata=None), ReasonForm(formdata=None))


def page(
    certificate: Certificate, revoking: ReasonForm, reissuing: ReasonForm
) -> ResponseReturnValue:
    return render_template(
        "certificates/certificate.html", certificate=certificate, words=words,
        state=state_of(certificate, local_date(now(), zone())),
        is_own=certificate.person_id == viewer().person_id,
        qr=Markup(qr.as_svg(address_of(certificate))),  # noqa: S704  drawn by us
        lacking=printing.lacking(certificate.holder), revoking=revoking, reissuing=reissuing,
    )  # fmt: skip


@bp.get("/certificates/<int:certificate_id>.pdf")
@limiter.limit("60 per minute")
@access.signed_in
def pdf(certificate_id: int) -> ResponseReturnValue:
    certificate = seen(finding.to_print(db.session(), certificate_id))
    if state_of(certificate, local_date(now(), zone())) in {State.REVOKED, State.SUPERSEDED}:
        raise Conflict("This certificate holds no more, so there is nothing to print.")
    content = bundle.pdf(certificate, address_of(certificate))
    return attachment(content, bundle.file_name(certificate), "application/pdf")


@bp.get("/certificates/<int:certificate_id>/signature.png")
@access.signed_in
def signature_picture(certificate_id: int) -> ResponseReturnValue:
    """Of those who may see the certificate it stands on."""
    certificate = seen(finding.to_print(db.session(), certificate_id))
    if certificate.signature is None or certificate.signature.picture is None:
        abort(404)
    return Response(certificate.signature.picture, mimetype="image/png")


def seen(certificate: Certificate | None) -> Certificate:
    """The certificate, if this viewer may see it; 404 for none, 403 for somebody else's."""
    if certificate is None:
        abort(404)
    if certificate.person_id != viewer().person_id:
        access.require("certificates.view", certificate.person)
    return certificate


def address_of(certificate: Certificate) -> str:
    """Where anybody checks it; this is what the QR code says."""
    return public_url("certificates.verify", number=certificate.number, code=certificate.shown_code)


def attachment(content: object, name: str, kind: str) -> Response:
    response = Response(content, mimetype=kind)  # type: ignore[arg-type]
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
