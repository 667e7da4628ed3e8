"""For HR, training managers and supervisors: everybody's certificates within their scope."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    PER_PAGE,
    Actor,
    DomainError,
    Month,
    access,
    db,
    download,
    here,
    limiter,
    local_date,
    now,
    page_url,
    pick,
    show_on,
    viewer,
    zone,
)
from lms.plugins.certificates import finding, issuing, words
from lms.plugins.certificates.blueprint import bp
from lms.plugins.certificates.forms import ReasonForm
from lms.plugins.certificates.holder_views import address_of, attachment, page, seen
from lms.plugins.certificates.models import Certificate
from lms.plugins.certificates.printing import bundle
from lms.plugins.certificates.states import State, is_current, state_of

# Some minutes of one processor; a narrower filter brings the rest.
MOST_IN_ZIP = 1000


@bp.get("/certificates/register")
@access.requires("certificates.view")
def register() -> ResponseReturnValue:
    wanted, today = _wanted(), local_date(now(), zone())
    scope = viewer().clause("certificates.view")
    found = finding.listing(scope, wanted, today)
    if kind := request.args.get("format"):
        return download("certificates", _headers(), _rows(found), kind)
    return render_template(
        "certificates/register.html",
        page=db.paginate(found, per_page=PER_PAGE, error_out=False),
        courses=finding.courses(db.session()), wanted=wanted, today=today, words=words,
        states=State, state_of=state_of, here=here, page_url=page_url,
    )  # fmt: skip


@bp.get("/certificates/register.zip")
@limiter.limit("10 per minute")
@access.requires("certificates.view")
def register_zip() -> ResponseReturnValue:
    """Those of the list that still hold, as they are found now."""
    scope = viewer().clause("certificates.view")
    found = finding.listing(scope, _wanted(), local_date(now(), zone())).where(is_current())
    few = found.with_only_columns(Certificate.id).limit(MOST_IN_ZIP + 1)
    ids = db.session.scalars(few).all()
    if not 0 < len(ids) <= MOST_IN_ZIP:
        flash(
            _(
                "More than %(most)s certificates are too many for one file:"
                " choose a course or a month first.",
                most=MOST_IN_ZIP,
            )
            if ids
            else _("There is no certificate to download in this list."),
            "error",
        )
        same: dict[str, Any] = request.args.to_dict()
        return redirect(url_for(".register", **same))
    db.session.rollback()  # else this snapshot lasts as long as the download
    pieces = bundle.stream(db.session(), ids, address_of)
    return attachment(stream_with_context(pieces), "certificates.zip", "application/zip")


@bp.post("/certificates/<int:certificate_id>/revoke")
@access.requires("certificates.manage")
def revoke(certificate_id: int) -> ResponseReturnValue:
    certificate, form = _managed(certificate_id), ReasonForm()
    if form.validate_on_submit():
        try:
            issuing.revoke(
                db.session(), certificate_id, reason=form.reason.data, actor=_actor(), now=now()
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("The certificate is revoked; the holder has been told."), "success")
            return redirect(url_for(".show", certificate_id=certificate_id), 303)
    return page(certificate, form, ReasonForm(formdata=None))


@bp.post("/certificates/<int:certificate_id>/reissue")
@access.requires("certificates.manage")
def reissue(certificate_id: int) -> ResponseReturnValue:
    certificate, form = _managed(certificate_id), ReasonForm()
    if form.validate_on_submit():
        try:
            new = issuing.reissue(
                db.session(), certificate_id, reason=form.reason.data, actor=_actor(), now=now()
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Issued anew as %(number)s.", number=new.number), "success")
            return redirect(url_for(".show", certificate_id=new.id), 303)
    return page(certificate, ReasonForm(formdata=None), form)


def _managed(certificate_id: int) -> Certificate:
    certificate = seen(finding.by_id(db.session(), certificate_id))
    access.require("certificates.manage", certificate.person)
    return certificate


def _wanted() -> finding.Wanted:
    asked = request.args
    try:
        month = Month.parse(asked["month"]) if asked.get("month") else None
    except ValueError:
        raise DomainError("This is not a month. Write it as 2026-03.") from None
    course = asked.get("course", type=int)
    return finding.Wanted(asked.get("q", ""), asked.get("state", ""), course, month)


def _headers() -> list[str]:
    return [
        _("Number"), _("Staff number"), _("Name"), _("Team"), _("Course"), _("Issued on"),
        _("Valid until"), _("State"), _("Reason"),
    ]  # fmt: skip


def _rows(found: Any) -> Iterator[list[Any]]:
    today = local_date(now(), zone())
    for one in db.session.scalars(found):
        end = one.expires_on
        yield [
            one.number, one.person.staff_no, one.holder,
            one.person.team.name if one.person.team else "", pick(one.title),
            one.issued_on.isoformat(), end.isoformat() if end else "",
            pick(words.STATES[state_of(one, today)]), one.revoked_reason,
        ]  # fmt: skip


def _actor() -> Actor:
    return Actor(viewer().person_id)
