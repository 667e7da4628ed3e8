"""A template for each kind of file: the right headers, an example row, what may stand in cells."""

from flask import abort
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import Session
from lms.i18n import locale, pick
from lms.results import importing
from lms.results.defined.scoring import known_metrics
from lms.results.metrics import MINUTES, RATIO, SECONDS, Metric
from lms.results.words import COLUMNS, KINDS
from lms.tabular.words import required_and_optional
from lms.web.lists import download

_UNITS = {SECONDS: ("秒", "seconds"), MINUTES: ("分钟", "minutes")}
_EXAMPLES = {
    "staff_no": ("CS00001", "CS00001"),
    "name": ("李晓", "Li Xiao"),
    "month": ("2026-03", "2026-03"),
    "channel": ("在线", "online"),
    "team": ("一组", "Team 1"),
    "level": ("客服专员", "agent"),
    "employment": ("正式", "regular"),
    "hired_on": ("2026-03-02", "2026-03-02"),
    "cleared_on": ("", ""),
    "email": ("lixiao@example.com", "lixiao@example.com"),
    "first_day": ("2026-03-09", "2026-03-09"),
    "last_day": ("2026-03-13", "2026-03-13"),
    "reason": ("年假", "holiday"),
}
_FIGURES = {"frt": 18.5, "art": 3.2, "aht": 11, "csat": 4.6, "nps": 52, "contacts": 640}


def template(session: Session, kind: str) -> ResponseReturnValue:
    if kind not in KINDS:
        abort(404)
    side = 0 if locale().startswith("zh") else 1
    codes = required_and_optional(kind)
    header = [pick(COLUMNS[code]) for code in codes]
    example: list[object] = [_EXAMPLES[code][side] for code in codes]
    if kind == importing.KPI:
        known = known_metrics(session, retired=False)
        header += [_header(metric, side) for metric in known]
        example += [_figure(metric) for metric in known]
    return download(
        _("%(kind)s template", kind=pick(KINDS[kind])), header, [example], "xlsx", names_nobody=True
    )


def _header(metric: Metric, side: int) -> str:
    unit = _UNITS.get(metric.unit)
    return pick(metric.label) + (f"({unit[side]})" if unit else "")


def _figure(metric: Metric) -> object:
    return _FIGURES.get(metric.code, 0.95 if metric.unit == RATIO else 92)
