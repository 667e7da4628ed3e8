"""Pages: enrolling one person in a course, and ending one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lms import access
from lms.access import viewer
from lms.audit import Actor
from lms.clock import local_date, now
from lms.courses import queries, single
from lms.courses.blueprint import bp
from lms.db import db
from lms.errors import DomainError
from lms.i18n import pick
from lms.people.models import Person
from lms.people.organisation import zone
from lms.web.errors import show_on


class EnrolForm(FlaskForm):  # type: ignore[misc]
    programme_id = SelectField(_l("Course"), coerce=int)
    starts_on = DateField(_l("Begins on"), [InputRequired(_l("Enter the date."))])
    reason = StringField(_l("Note to the learner"), [Optional(), Length(max=300)], default="")


class CancelForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Write the reason.")), Length(max=300)])


@bp.route("/people/<int:person_id>/enrol", methods=["GET", "POST"])
@access.requires("programmes.assign")
def enrol_person(person_id: int) -> ResponseReturnValue:
    person = access.require("programmes.assign", db.session.get(Person, person_id))
    form, today = EnrolForm(), local_date(now(), zone())
    form.programme_id.choices = [
        SelectChoice(choice.programme_id, pick(choice.title))
        for choice in single.choices(db.session())
    ]
    if form.validate_on_submit():
        try:
            made = single.assign(
                db.session(),
                person,
                form.programme_id.data,
                starts_on=form.starts_on.data,
                reason=form.reason.data or "",
                actor=Actor(viewer().person_id),
                today=today,
                now=now(),
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Enrolled; the learner is told."), "success")
            return redirect(url_for(".programme", enrolment_id=made.id), 303)
    if not form.is_submitted():
        form.starts_on.data = today
        form.programme_id.data = request.args.get("programme", type=int)
    person = db.session.get_one(Person, person_id)
    page = render_template("courses/enrol_person.html", person=person, form=form)
    return page, 400 if form.is_submitted() else 200


@bp.route("/courses/<int:enrolment_id>/cancel", methods=["GET", "POST"])
@access.requires("programmes.assign")
def cancel_course(enrolment_id: int) -> ResponseReturnValue:
    found = queries.one(db.session(), enrolment_id, local_date(now(), zone()))
    person = db.session.get(Person, found.enrolment.person_id)
    person = access.require("programmes.assign", person)
    form = CancelForm()
    if form.validate_on_submit():
        actor = Actor(viewer().person_id)
        try:
            single.cancel(
                db.session(), enrolment_id, reason=form.reason.data, actor=actor, now=now()
            )
        except DomainError as error:
            show_on(form, error)
            found = queries.one(db.session(), enrolment_id, local_date(now(), zone()))
            person = db.session.get_one(Person, found.enrolment.person_id)
        else:
            db.session.commit()
            flash(_("Cancelled; the learner is told."), "success")
            return redirect(url_for(".programme", enrolment_id=enrolment_id), 303)
    page = render_template("courses/cancel_course.html", found=found, person=person, form=form)
    return page, 400 if form.is_submitted() else 200
