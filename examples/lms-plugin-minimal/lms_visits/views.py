"""The page: the year's report, the visits, and the form that records one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from lms.plugins.api import (
    PER_PAGE,
    Actor,
    DomainError,
    Panel,
    Person,
    access,
    db,
    download,
    here,
    local_date,
    now,
    page_url,
    show_on,
    viewer,
    zone,
)
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from lms_visits import queries, services

bp = Blueprint("visits", __name__, url_prefix="/visits", template_folder="templates")


class VisitForm(FlaskForm):  # type: ignore[misc]
    staff_no = StringField(_l("Staff number"), validators=[InputRequired(), Length(max=40)])
    visited_on = DateField(_l("Day of the visit"), validators=[InputRequired()])
    score = IntegerField(_l("Score (0-100)"), validators=[InputRequired(), NumberRange(0, 100)])
    note = TextAreaField(_l("What happened"), validators=[Length(max=2000)])


@bp.get("")
@access.requires("visits.view")
def index() -> ResponseReturnValue:
    year = request.args.get("year", type=int) or local_date(now(), zone()).year
    lines = queries.report(db.session(), viewer().clause("visits.view"), year)
    if kind := request.args.get("format"):
        rows = [(x.person.staff_no, x.person.name, x.count, f"{x.mean:.1f}") for x in lines]
        return download(f"visits-{year}", ["staff_no", "name", "visits", "mean"], rows, kind)
    return _page(year, lines, VisitForm(formdata=None))


@bp.post("")
@access.requires("visits.record")
def record() -> ResponseReturnValue:
    form, today = VisitForm(), local_date(now(), zone())
    if form.validate_on_submit():
        try:
            services.record(
                db.session(),
                form.staff_no.data.strip(),
                visited_on=form.visited_on.data,
                score=form.score.data,
                note=(form.note.data or "").strip(),
                actor=Actor(viewer().person_id),
                now=now(),
                today=today,
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("The visit is recorded."), "success")
            return redirect(url_for(".index"))
    lines = queries.report(db.session(), viewer().clause("visits.view"), today.year)
    return _page(today.year, lines, form), 422


def _page(year: int, lines: list[queries.Line], form: VisitForm) -> str:
    found = queries.visits(viewer().clause("visits.view"))
    return render_template(
        "visits/index.html",
        year=year,
        lines=lines,
        form=form if viewer().may("visits.record") else None,
        page=db.paginate(found, per_page=PER_PAGE, error_out=False),
        here=here,
        page_url=page_url,
    )


def panel(person: Person) -> list[Panel] | None:
    found = queries.visits(Person.id == person.id).limit(5)
    visits = db.session.scalars(found).all()
    if not visits:
        return None
    return [Panel(render_template("visits/_person.html", visits=visits), order=80)]
