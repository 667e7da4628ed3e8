"""Cohorts of new hires, and what courses changed."""

from flask import abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    Month,
    Scope,
    access,
    db,
    download,
    here,
    local_date,
    now,
    pick,
    policies,
    viewer,
    zone,
)
from lms.plugins.insight import cohorts as hires
from lms.plugins.insight import statistics, training
from lms.plugins.insight.blueprint import asked_span, bp
from lms.plugins.insight.months import closed
from lms.plugins.insight.policy import ENOUGH
from lms.plugins.insight.words import VERDICTS

TRAINING = "insight.training"
_MONTHS_READ = 24


@bp.get("/cohorts")
@access.requires(TRAINING)
def cohorts() -> ResponseReturnValue:
    session, today = db.session(), local_date(now(), zone())
    known = closed(session, _MONTHS_READ)
    least = _least_shown()
    found = hires.cohorts(
        session, Month.of(today), asked_span(), known.closes, viewer().clause(TRAINING), today,
        least,
    )  # fmt: skip
    if kind := request.args.get("format"):
        head = [_("Start month"), _("Hired"), _("Week over"), _("Cleared in 7 days"),
                _("Still here"), _("With a CSAT at 90 days"), _("CSAT at 90 days")]  # fmt: skip
        rows = [
            [str(c.month), c.hired, c.due, c.cleared, c.stayed, c.rated,
             None if c.csat is None else round(c.csat, 2)]
            for c in found
        ]  # fmt: skip
        return download(_("cohorts"), head, rows, kind)
    labels = [str(c.month) for c in found]
    csat = {
        "labels": labels,
        "series": [{
            "name": _("CSAT at 90 days"),
            "data": [None if c.csat is None else round(c.csat, 2) for c in found],
        }],
    }  # fmt: skip
    shares = {
        "labels": labels, "unit": "%",
        "series": [{"name": _("Cleared in 7 days"), "data": [c.share for c in found]}],
    }  # fmt: skip
    return render_template(
        "insight/cohorts.html", found=found, csat=csat, shares=shares, span=asked_span(),
        least=least, here=here,
    )  # fmt: skip


def _least_shown() -> int:
    """A mean of one is that one's figure: only for those who may see results anyway."""
    if viewer().may("results.view", Scope.ALL):
        return 1
    return int(policies.in_force(db.session(), ENOUGH)["least_shown"])


@bp.get("/courses")
@access.requires(TRAINING)
def courses() -> ResponseReturnValue:
    found = [c for c in training.courses(db.session()) if c.completed]
    return render_template("insight/courses.html", found=found, retraining=_retraining())


def _retraining() -> str | None:
    """Where retraining is judged, if its plugin is there and the viewer may look."""
    place = "retraining.show_effect"
    is_there = place in current_app.view_functions and viewer().may("retraining.effect")
    return url_for(place) if is_there else None


@bp.get("/courses/<int:programme_id>")
@access.requires(TRAINING)
def course(programme_id: int) -> ResponseReturnValue:
    session = db.session()
    found = next((c for c in training.courses(session) if c.id == programme_id), None)
    if found is None:
        abort(404)
    known = closed(session, _MONTHS_READ)
    measure = known.measure(request.args.get("metric", "csat"))
    least = policies.in_force(session, ENOUGH)["least"]
    sums = training.sums(session, programme_id, known.closes, measure.code)
    effect = statistics.effect(sums, least, measure.higher)
    # Too few to tell is too few to draw: a line of two people shows the two.
    told = effect.verdict != statistics.Verdict.TOO_FEW
    beside = training.around(session, programme_id, known.closes, measure.code) if told else []
    least_shown = _least_shown()
    beside = [b for b in beside if b.least >= least_shown]
    offsets = list(range(-training.BESIDE, training.BESIDE + 1))
    means = {(b.takers, b.offset): b for b in beside}
    sides = [(_("Took the course"), True), (_("Did not (yet)"), False)]
    if kind := request.args.get("format"):
        head = [_("Group"), _("Months from completion"), _("Mean"), _("People")]
        rows = [
            [name, b.offset, measure.shown(b.mean), b.people]
            for name, took in sides for b in beside if b.takers == took
        ]  # fmt: skip
        return download(_("effect-%(metric)s", metric=measure.code), head, rows, kind)
    data = {
        "labels": [f"{k:+d}" if k else "0" for k in offsets], "unit": measure.suffix,
        "series": [
            {"name": name, "data": [
                measure.shown(means[took, k].mean) if (took, k) in means else None
                for k in offsets
            ]}
            for name, took in sides
        ],
    }  # fmt: skip
    return render_template(
        "insight/course.html", course=found, measure=measure, known=known, effect=effect,
        data=data, least=least, verdicts=VERDICTS, here=here, pick=pick,
    )  # fmt: skip
