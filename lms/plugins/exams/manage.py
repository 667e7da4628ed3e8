"""The trainers' pages: exams with their results and item analysis, question banks."""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms.plugins.api import access, chart_file, db, here, page_of, page_url
from lms.plugins.exams import analysis
from lms.plugins.exams.models import Bank, Exam
from lms.plugins.exams.statistics import figures as statistics
from lms.plugins.exams.types import KINDS

bp = Blueprint("exams_manage", __name__, url_prefix="/exams", template_folder="templates")


@bp.get("/")
@access.requires("exams.manage")
def index() -> ResponseReturnValue:
    return render_template("exams/index.html", exams=analysis.exams(db.session()))


@bp.get("/<key>")
@access.requires("exams.manage")
def exam(key: str) -> ResponseReturnValue:
    (figures,) = analysis.exams(db.session(), key) or abort(404)
    page = db.paginate(analysis.sittings(figures.exam.id), per_page=25, error_out=False)
    return render_template(
        "exams/exam.html", figures=figures, exam=figures.exam, page=page, page_url=page_url
    )


@bp.get("/<key>/items")
@access.requires("exams.manage")
def items(key: str) -> ResponseReturnValue:
    found = _exam(key)
    figures = statistics.analysis(db.session(), found.id)
    only_flagged = request.args.get("show") == "flagged"
    items = [i for i in figures.items if i.flags or not only_flagged] if figures else []
    bands = {
        "labels": [f"{10 * n}–{10 * n + 10}%" for n in range(10)],
        "series": [{"name": _("People"), "data": figures.bands if figures else []}],
    }
    if file := chart_file(key, {"bands": bands if figures else None}):
        return file
    return render_template(
        "exams/items.html",
        exam=found,
        figures=figures,
        bands=bands,
        page=page_of(items, per_page=15),
        page_url=page_url,
        flags=statistics.FLAGS,
        enough=statistics.ENOUGH,
    )


@bp.get("/banks")
@access.requires("exams.manage")
def banks() -> ResponseReturnValue:
    return render_template("exams/banks.html", banks=analysis.banks(db.session()))


@bp.get("/banks/<key>")
@access.requires("exams.manage")
def bank(key: str) -> ResponseReturnValue:
    found = db.session.scalar(select(Bank).where(Bank.key == key)) or abort(404)
    words, tag = request.args.get("q", "").strip(), request.args.get("tag", "")
    difficulty, kind = request.args.get("difficulty", None, int), request.args.get("type", "")
    wanted = analysis.bank_questions(found.id, words, tag, difficulty, kind)
    return render_template(
        "exams/bank.html",
        bank=found,
        page=db.paginate(wanted, per_page=15, error_out=False),
        tags=analysis.tags(db.session(), found.id),
        words=words,
        tag=tag,
        difficulty=difficulty,
        kind=kind,
        kinds=KINDS,
        here=here,
        page_url=page_url,
        media_url=media_url,
    )


def media_url(_position: int | None, sha256: str) -> str:
    """For pages of those who write questions: whatever the question."""
    return url_for("exams_manage.media_file", sha256=sha256)


def _exam(key: str) -> Exam:
    return db.session.scalar(select(Exam).where(Exam.key == key)) or abort(404)
