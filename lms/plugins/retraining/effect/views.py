"""The effect of retraining, for those who answer for it, without names; and each one's before and
after, in one's own scope."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    PER_PAGE,
    Page,
    Scope,
    access,
    chart_file,
    db,
    download,
    here,
    page_url,
    viewer,
)
from lms.plugins.retraining import words
from lms.plugins.retraining.blueprint import bp
from lms.plugins.retraining.effect import before_after
from lms.plugins.retraining.effect.judging import Effect, Judgement, effect

# A mean of fewer is nearly those people's figures.
LEAST_SHOWN = 5
_EXPORT = ("line", "people_below", "months_below", "people_above", "months_above", "difference",
           "low", "high")  # fmt: skip


@bp.get("/effect")
@access.requires("retraining.effect")
def show_effect() -> ResponseReturnValue:
    found = effect(db.session())
    kind = request.args.get("format")
    if kind and "chart" not in request.args:
        rows = [_row("cut-off", found.real), _row("placebo", found.placebo)]
        return download("retraining-effect", _EXPORT, rows, kind)
    chart = _chart(found)
    if file := chart_file("retraining-effect", {"effect": chart}):
        return file
    return render_template(
        "retraining/effect.html",
        found=found,
        chart=chart,
        here=here,
        sees_more=viewer().may("retraining.view", Scope.TEAM),
    )


@bp.get("/before-and-after")
@access.requires("retraining.view")
def show_changes() -> ResponseReturnValue:
    who, number = viewer(), max(1, request.args.get("page", 1, type=int))
    scope = who.clause("retraining.view")
    if kind := request.args.get("format"):
        rows = before_after.export(db.session(), scope)
        return download("retraining-before-after", before_after.EXPORT, rows, kind)
    shown, total = before_after.page(db.session(), scope, min(number, 10_000), PER_PAGE)
    page = Page(shown, number, max(1, -(-total // PER_PAGE)), total)
    return render_template(
        "retraining/changes.html", page=page, words=words, here=here, page_url=page_url,
        sees_more=who.may("retraining.view", Scope.TEAM),
    )  # fmt: skip


def _row(name: str, judged: Judgement) -> list[object]:
    found = judged.estimate
    return [
        name, judged.below.people, judged.below.months, judged.above.people, judged.above.months,
        *((round(v, 2) for v in (found.jump, found.low, found.high)) if found else ("", "", "")),
    ]  # fmt: skip


def _chart(found: Effect) -> dict[str, object] | None:
    """Means by distance, selected and not selected as two lines that end at the cut-off. None while
    there are too few to tell; a mean of a few people only for those who may see results anyway."""
    if found.real.estimate is None:
        return None
    least = 1 if viewer().may("results.view", Scope.ALL) else LEAST_SHOWN
    shown = [b.mean if b.people >= least else None for b in found.bins]
    if not any(mean is not None for mean in shown):
        return None
    means = [None if mean is None else round(mean, 2) for mean in shown]
    half = len(means) // 2
    known = [mean for mean in means if mean is not None]
    return {
        "type": "line",
        "labels": [
            f"{part.low:+.1f} … {part.high:+.1f} ({part.count if mean is not None else '–'})"
            for part, mean in zip(found.bins, means, strict=True)
        ],
        "series": [
            {"name": _("Sent to retraining"), "data": means[:half] + [None] * half},
            {"name": _("Just not sent"), "data": [None] * half + means[half:]},
        ],
        "min": int(min(known)) - 2,
        "max": min(100, int(max(known)) + 3),
    }
