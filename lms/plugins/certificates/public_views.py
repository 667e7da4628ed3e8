"""The page on which anybody can check a certificate that they were shown."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.plugins.api import access, db, limiter, local_date, now, policies, zone
from lms.plugins.certificates import finding, words
from lms.plugins.certificates.blueprint import bp
from lms.plugins.certificates.policy import ISSUING
from lms.plugins.certificates.states import state_of


@bp.get("/verify")
@access.public
def verify_form() -> ResponseReturnValue:
    number, code = (request.args.get(name, "").strip() for name in ("number", "code"))
    if number and code:
        return redirect(url_for("certificates.verify", number=number, code=code))
    return render_template("certificates/verify.html", number=number, code=code, certificate=None)


@bp.get("/verify/<code>")
@access.public
def verify_code(code: str) -> ResponseReturnValue:
    """The address on certificates printed before the number was asked for as well."""
    return redirect(url_for("certificates.verify_form", code=code))


@bp.get("/verify/<number>/<code>")
@limiter.limit("30 per minute; 300 per hour")
@access.public
def verify(number: str, code: str) -> ResponseReturnValue:
    certificate = finding.by_print(db.session(), number, code)
    if certificate is None:
        page = render_template(
            "certificates/verify.html", number=number, code=code, certificate=None, is_wrong=True
        )
        return page, 404
    shown = policies.in_force(db.session(), ISSUING)["name_shown"]
    return render_template(
        "certificates/verify.html", certificate=certificate, words=words,
        state=state_of(certificate, local_date(now(), zone())),
        name=words.shown_name(certificate.holder, shown),
    )  # fmt: skip
