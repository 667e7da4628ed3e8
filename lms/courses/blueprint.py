"""The blueprint; its routes are in the `…_views` modules."""

from datetime import date

from flask import Blueprint

from lms.db import Localized
from lms.i18n import date_text, locale
from lms.plugins.registry import step_type

bp = Blueprint("courses", __name__)
_WEEKDAY = {"zh_Hans": "M月d日 EEE", "en": "EEE d MMM"}
_SHORT = {"zh_Hans": "EEE d日", "en": "EEE d"}


@bp.app_template_global()
def kind_label(kind: str) -> Localized:
    """What a kind of step is called; also for kinds whose plugin is not here."""
    known = step_type(kind)
    return known.label if known else Localized("暂不可用", "Not available")


@bp.app_template_global()
def kind_icon(kind: str) -> str:
    known = step_type(kind)
    return known.icon if known else "help-circle"


@bp.app_template_filter()
def weekday(value: date) -> str:
    """A date with its day of the week: `Mon 2 Nov`, `11月2日 周一`."""
    return date_text(value, _WEEKDAY[locale()])


@bp.app_template_filter()
def short_weekday(value: date) -> str:
    """As short as a week at a glance needs: `Mon 2`, `周一 2日`."""
    return date_text(value, _SHORT[locale()])
