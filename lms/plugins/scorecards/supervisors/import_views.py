"""Pages: a file of supervisors' shares, and its template."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import access, download, locale
from lms.plugins.scorecards.access import ENTER
from lms.plugins.scorecards.blueprint import bp, require_all, this_month
from lms.plugins.scorecards.file_page import file_page
from lms.plugins.scorecards.supervisors import importing


@bp.route("/supervisors/import", methods=["GET", "POST"])
@access.requires(ENTER)
def import_shares() -> ResponseReturnValue:
    require_all(ENTER)
    return file_page(
        importing.take,
        url_for(".supervisors"),
        back_label=_("Supervisors' months"),
        title=_("Import figures of supervisors"),
        template=url_for(".import_template"),
        intro=_(
            "One row per supervisor and month: sampling pass rate, improvement actions done. With "
            "a refused row nothing is stored; the same file again changes nothing."
        ),
    )


@bp.get("/supervisors/import/template")
@access.requires(ENTER)
def import_template() -> ResponseReturnValue:
    side = 0 if locale().startswith("zh") else 1
    header = [_("Staff number"), _("Month"), importing.SAMPLING[side], importing.ACTIONS[side]]
    example = ["CS00006", str(this_month().plus(-1)), "37/40", "90%"]
    return download(_("supervisors-template"), header, [example], "xlsx", names_nobody=True)
