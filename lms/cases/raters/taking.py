"""The figures behind the pages of rater science, as files."""

from collections.abc import Iterable

from flask import Response
from flask_babel import gettext as _

from lms.cases.raters.reading import RaterSeverity, RubricAgreement
from lms.i18n import pick
from lms.web.lists import download


def agreement(found: Iterable[RubricAgreement], kind: str) -> Response:
    head = [
        _("Rubric"),
        _("Rubric criterion"),
        _("Coefficient"),
        _("Figure"),
        _("Runs"),
        _("Raters"),
    ]
    rows = [
        [
            pick(rubric.title),
            pick(c.title),
            None if c.value is None else round(c.value, 3),
            _("Cohen’s kappa, quadratic weights")
            if c.is_kappa
            else _("Krippendorff’s alpha, ordinal"),
            c.runs,
            c.raters,
        ]
        for rubric in found
        for c in rubric.criteria
    ]
    return download(_("agreement"), head, rows, kind)


def severities(found: Iterable[RaterSeverity], kind: str) -> Response:
    head = [_("Rater"), _("Month"), _("Points against the others"), _("Runs")]
    rows = [
        [r.rater.name, str(month), round(one.points, 2), one.runs]
        for r in found
        for month, one in r.months.items()
    ]
    return download(_("severity"), head, rows, kind)
