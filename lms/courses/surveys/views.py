"""What people said about the courses: for trainers and HR."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.courses.blueprint import bp
from lms.courses.surveys import results
from lms.db import db
from lms.i18n import pick
from lms.web.lists import download, here


@bp.get("/surveys")
@access.requires("surveys.view")
def surveys() -> ResponseReturnValue:
    found = results.surveys(db.session())
    return render_template("courses/surveys/list.html", surveys=found)


@bp.get("/surveys/<programme_key>/<step_key>")
@access.requires("surveys.view")
def survey(programme_key: str, step_key: str) -> ResponseReturnValue:
    found = results.survey(db.session(), programme_key, step_key)
    if found is None:
        abort(404)
    if "format" in request.args:
        headers = [_("Question"), _("Answer"), _("Count")]
        name = f"{programme_key}-{step_key}"
        return download(name, headers, _rows(found), request.args["format"])
    return render_template("courses/surveys/survey.html", found=found, here=here)


def _rows(found: results.Survey) -> list[list[object]]:
    """One for each possible answer with its count, one for each text; none below the minimum."""
    rows: list[list[object]] = []
    for result in found.questions or ():
        asked, options = pick(result.question["text"]), result.question.get("options")
        for value, count in result.counts.items():
            rows.append([asked, pick(options[value - 1]) if options else value, count])
        rows += [[asked, text, 1] for text in result.texts]
    return rows
