"""A person's month, with the evidence: one's own, or that of somebody one may see."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms import access
from lms.access import viewer
from lms.clock import Month, now
from lms.db import db
from lms.people.models import Person
from lms.plugins.types import MyMonth
from lms.results import appealing, words
from lms.results.blueprint import bp
from lms.results.evidence import Evidence, evidence
from lms.web.lists import chart_file


@bp.get("/results")
@access.requires("results.view")
def mine() -> ResponseReturnValue:
    return _page(current_user.person, own=True)


@bp.get("/results/people/<int:person_id>")
@access.requires("results.view")
def person(person_id: int) -> ResponseReturnValue:
    found = access.require("results.view", db.session.get(Person, person_id))
    return _page(found, own=found.id == viewer().person_id)


def _page(found: Person, own: bool) -> ResponseReturnValue:
    shown = evidence(db.session(), found.id, _chosen())
    if shown is None and _chosen() is not None:
        abort(404, _("There is no closed result for this month."))
    trend = _trend(shown) if shown else None
    if file := chart_file(_("scores-%(no)s", no=found.staff_no), {"trend": trend}):
        return file
    return render_template(
        "results/person.html",
        person=found,
        own=own,
        e=shown,
        shown=MyMonth(shown.month, shown.counted) if shown else None,
        appeals=appealing.of_month(db.session(), found.id, shown.close, now())
        if own and shown
        else None,
        trend=trend,
        amount=words.amount,
        address=lambda month: (
            url_for("results.mine", month=month)
            if own
            else url_for("results.person", person_id=found.id, month=month)
        ),
    )


def _chosen() -> Month | None:
    text = request.args.get("month")
    try:
        return Month.parse(text) if text else None
    except ValueError:
        abort(404)


def _trend(shown: Evidence) -> dict[str, Any]:
    return {
        "type": "line",
        "labels": [str(month) for month, _score in shown.scores],
        "series": [
            {
                "name": _("Score"),
                "data": [None if s is None else s / 100 for _month, s in shown.scores],
            }
        ],
        "min": _floor([s for _month, s in shown.scores if s is not None]),
        "max": 100,
    }


def _floor(scores: list[int]) -> int:
    """Where the chart begins: the round ten below the lowest score."""
    return max(0, min(scores, default=0) // 1000 * 10 - 10)
