"""What one is to practise."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms import access
from lms.cases.blueprint import bp
from lms.cases.practice import reading
from lms.db import db


@bp.get("/practice")
@access.signed_in
def practice() -> ResponseReturnValue:
    me = current_user.person
    return render_template(
        "cases/practice/practice.html",
        items=reading.of_person(db.session(), me.id),
        next=reading.next_practice(db.session(), me.id, me.channel),
    )
