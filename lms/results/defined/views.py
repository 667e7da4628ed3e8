"""Pages: every metric there is, defining one, its versions, retiring it."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.clock import Month, local_date, now
from lms.db import db
from lms.errors import DomainError, NotFound
from lms.people.organisation import zone
from lms.results import words
from lms.results.blueprint import actor, bp
from lms.results.defined import services
from lms.results.defined.forms import FromForm, MetricForm, NewMetricForm, filled
from lms.results.defined.models import MetricVersion
from lms.results.defined.scoring import known_metrics
from lms.results.defined.words import said
from lms.results.metrics import by_code
from lms.web.errors import show_on


def _from() -> str:
    """The month a change begins with unless told otherwise: the first that is open."""
    month = services.first_open(db.session()) or Month.of(local_date(now(), zone()))
    return str(month)


@bp.get("/results/metrics")
@access.requires("policies.edit")
def metrics() -> ResponseReturnValue:
    session = db.session()
    defined = {version.code: version for version in services.newest(session)}
    return render_template(
        "results/metrics.html", metrics=known_metrics(session), defined=defined, words=words,
    )  # fmt: skip


@bp.route("/results/metrics/new", methods=["GET", "POST"])
@access.requires("policies.edit")
def new_metric() -> ResponseReturnValue:
    form = NewMetricForm(data={"from_month": _from(), "weight": "1"})
    if form.validate_on_submit() and _saved(form, lambda: services.define(
        db.session(), form.code.data, form.unit.data, form.better.data, form.definition(),
        from_month=form.month(), reason=form.reason.data, actor=actor(), now=now(),
    )):  # fmt: skip
        return redirect(url_for(".metric", code=form.code.data), 303)
    page = render_template("results/metric_new.html", form=form, words=words)
    return page, 400 if form.is_submitted() else 200


@bp.route("/results/metrics/<code>", methods=["GET", "POST"])
@access.requires("policies.edit")
def metric(code: str) -> ResponseReturnValue:
    versions = _history(code)
    form = MetricForm(data={**filled(versions[0]), "from_month": _from()})
    if form.validate_on_submit() and _saved(form, lambda: services.change(
        db.session(), code, form.base_number(), form.definition(),
        from_month=form.month(), reason=form.reason.data, actor=actor(), now=now(),
    )):  # fmt: skip
        return redirect(url_for(".metric", code=code), 303)
    page = _page(versions, form, FromForm(formdata=None, prefix="retire", data=_begin(versions)))
    return page, 400 if form.is_submitted() else 200


@bp.post("/results/metrics/<code>/retire")
@access.requires("policies.edit")
def retire_metric(code: str) -> ResponseReturnValue:
    versions, form = _history(code), FromForm(prefix="retire")
    if form.validate_on_submit() and _saved(form, lambda: services.retire(
        db.session(), code, form.base_number(),
        from_month=form.month(), reason=form.reason.data, actor=actor(), now=now(),
    )):  # fmt: skip
        return redirect(url_for(".metric", code=code), 303)
    change = MetricForm(formdata=None, data={**filled(versions[0]), "from_month": _from()})
    return _page(versions, change, form), 400


def _begin(versions: list[MetricVersion]) -> dict[str, str]:
    return {"base": str(versions[0].number), "from_month": _from()}


def _history(code: str) -> list[MetricVersion]:
    try:
        return services.history(db.session(), code)
    except NotFound:
        abort(404)


def _page(versions: list[MetricVersion], form: MetricForm, retiring: FromForm) -> str:
    known = by_code(known_metrics(db.session()))
    return render_template(
        "results/metric.html", versions=versions, newest=versions[0], form=form,
        retiring=retiring, words=words, said=said, metric=known[versions[0].code],
    )  # fmt: skip


def _saved(form: FromForm, save: Callable[[], MetricVersion]) -> bool:
    try:
        version = save()
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        show_on(form, error)
        return False
    flash(_("Version %(number)s holds from %(month)s.", number=version.number,
            month=str(version.from_month)), "success")  # fmt: skip
    return True
